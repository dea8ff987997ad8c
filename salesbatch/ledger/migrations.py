"""How books of any earlier version become books of this version: ordered functions, one transaction.

A migration never touches the values of chained rows; new columns are added blank, and old blocks of the hash
chain keep the list of columns that they were made with.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateColumn

from salesbatch.ledger import schema


class NewerBooksError(Exception):
    """The books were written by a newer version of the program; this one must not touch them."""


class ForeignDatabaseError(Exception):
    """The file holds a database, but not one of this program."""


def create_tables(connection: Connection) -> None:
    """Version 1: all tables, indexes and triggers."""
    schema.METADATA.create_all(connection)
    schema.create_triggers(connection)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (create_tables,)
"""Entry n brings the books from version n to n + 1."""


def stored_version(connection: Connection) -> tuple[int, str]:
    """Version and fingerprint of the books; (0, "") while there are no tables at all."""
    existing = inspect(connection).get_table_names()
    if schema.SCHEMA_VERSIONS.name not in existing:
        if existing:
            raise ForeignDatabaseError("this database was not made by salesbatch")
        return 0, ""
    version = connection.scalar(select(func.max(schema.SCHEMA_VERSIONS.c.version))) or 0
    found = select(schema.SCHEMA_VERSIONS.c.fingerprint).where(schema.SCHEMA_VERSIONS.c.version == version)
    return int(version), str(connection.scalar(found) or "")


def is_current(connection: Connection) -> bool:
    """Whether nothing has to be done; raises NewerBooksError for books of a later program."""
    version, fingerprint = stored_version(connection)
    if version > len(MIGRATIONS):
        raise NewerBooksError(
            f"the books have schema version {version}, this program knows {len(MIGRATIONS)}: install a newer salesbatch"
        )
    return version == len(MIGRATIONS) and fingerprint == schema.fingerprint()


def bring_up_to_date(connection: Connection) -> None:
    """Run the migrations that are missing, add declared columns that are missing, and note the version."""
    version, _ = stored_version(connection)
    for migrate in MIGRATIONS[version:]:
        migrate(connection)
    add_declared_columns(connection)
    connection.execute(schema.SCHEMA_VERSIONS.delete())
    connection.execute(
        schema.SCHEMA_VERSIONS.insert().values(version=len(MIGRATIONS), fingerprint=schema.fingerprint())
    )


def add_declared_columns(connection: Connection) -> None:
    """Create tables and add blank columns that a sheet or ledger table has gained.

    Columns that this program does not know mean that a newer one was here: NewerBooksError.
    """
    schema.METADATA.create_all(connection)
    schema.create_triggers(connection)
    found = inspect(connection)
    for table in schema.METADATA.sorted_tables:
        existing = {column["name"] for column in found.get_columns(table.name)}
        unknown = existing - {column.name for column in table.columns}
        if unknown:
            raise NewerBooksError(
                f"the books hold columns of a newer program: {table.name}.{sorted(unknown)[0]}"
            )
        for column in table.columns:
            if column.name not in existing:
                blank = (
                    "" if column.nullable else " DEFAULT ''" if str(column.type) == "TEXT" else " DEFAULT 0"
                )
                declared = str(CreateColumn(column).compile(dialect=connection.dialect))
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {declared}{blank}")
