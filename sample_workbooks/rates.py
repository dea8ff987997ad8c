"""Exchange rates: kronor for one unit, once a week. Invented; the setup brings those of July, each month its own."""

from __future__ import annotations

from sample_workbooks.tables import Row, rows_of

EXCHANGE_RATES = """
Currency Code | Starting Date | Rate
EUR | @2026-07-24 | #11.0985
EUR | @2026-07-31 | #11.1250
NOK | @2026-07-24 | #0.9580
NOK | @2026-07-31 | #0.9610
"""
RATES_OF_MONTHS = {
    "2026-08": """
Currency Code | Starting Date | Rate
EUR | @2026-08-03 | #11.1420
EUR | @2026-08-10 | #11.1865
EUR | @2026-08-17 | #11.2310
EUR | @2026-08-24 | #11.1930
EUR | @2026-08-31 | #11.0875
NOK | @2026-08-03 | #0.9622
NOK | @2026-08-10 | #0.9574
NOK | @2026-08-17 | #0.9531
NOK | @2026-08-24 | #0.9498
NOK | @2026-08-31 | #0.9545
""",
    "2026-09": """
Currency Code | Starting Date | Rate
EUR | @2026-09-07 | #11.0540
EUR | @2026-09-14 | #11.0265
EUR | @2026-09-21 | #11.0915
EUR | @2026-09-28 | #11.1420
NOK | @2026-09-07 | #0.9590
NOK | @2026-09-14 | #0.9637
NOK | @2026-09-21 | #0.9685
NOK | @2026-09-28 | #0.9661
""",
    "2026-10": """
Currency Code | Starting Date | Rate
EUR | @2026-10-05 | #11.1985
EUR | @2026-10-12 | #11.2440
EUR | @2026-10-19 | #11.2075
EUR | @2026-10-26 | #11.1610
NOK | @2026-10-05 | #0.9612
NOK | @2026-10-12 | #0.9558
NOK | @2026-10-19 | #0.9503
NOK | @2026-10-26 | #0.9527
""",
}


def rate_rows(name: str) -> list[Row]:
    """The exchange rates that a month drops."""
    return rows_of(RATES_OF_MONTHS[name])
