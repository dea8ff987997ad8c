"""Who is named on a document, frozen as JSON at posting, so that it prints the same for ever."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd

from salesbatch.core.company import Company
from salesbatch.core.documents import Party
from salesbatch.core.findings import Finding, finding
from salesbatch.core.tables import look_up
from salesbatch.rules.json_rows import dump, json_rows

_FIELDS = (
    "name",
    "name_2",
    "address",
    "address_2",
    "post_code",
    "city",
    "country_code",
    "registration_no",
    "vat_registration_no",
)


def seller_texts(company: Company, currency_codes: pd.Series, logo: str) -> pd.Series:
    """The letterhead of documents in these currencies as JSON: the fields of `core.documents.Letterhead`."""
    place, codes = pd.factorize(currency_codes)
    texts = pd.array([_seller_text(company, code, logo) for code in codes], dtype="str")
    return pd.Series(texts[place], index=currency_codes.index)


def _seller_text(company: Company, currency_code: str, logo: str) -> str:
    settings = company.settings
    party = Party(
        **{
            name: getattr(settings, name)
            for name in (
                "name",
                "address",
                "post_code",
                "city",
                "country_code",
                "registration_no",
                "vat_registration_no",
            )
        }
    )
    rest = {
        name: getattr(settings, name)
        for name in (
            "registered_office",
            "f_tax",
            "e_mail",
            "phone",
            "website",
            "bankgiro",
            "plusgiro",
            "iban",
            "bic",
            "swish_no",
        )
    }
    shown = {"logo": logo} if logo else {}
    return dump({"party": asdict(party), **rest, **_own_account(company, currency_code), **shown})


def _own_account(company: Company, currency_code: str) -> dict[str, str]:
    """IBAN and BIC to pay a foreign currency to: those of the one bank account that is kept in it.

    The company's BIC goes with an IBAN of its own bank only: SEPA payments need none (Regulation 260/2012 art. 5).
    """
    if currency_code in ("", company.settings.local_currency_code):
        return {}
    accounts = company.table("bank_accounts")
    ibans = accounts.loc[(accounts["currency_code"] == currency_code) & (accounts["iban"] != ""), "iban"]
    if len(ibans) != 1:
        return {}
    same_bank = _bank_of(ibans.iloc[0]) == _bank_of(company.settings.iban)
    return {"iban": ibans.iloc[0], "bic": company.settings.bic if same_bank else ""}


def _bank_of(iban: str) -> str:
    """Country and the first three digits after the check digits, which name the bank in most countries."""
    compact = "".join(iban.split()).upper()
    return compact[:2] + compact[4:7]


def warn_seller(company: Company, logo: str) -> tuple[Finding, ...]:
    """What the company's own details lack for an invoice, and where to pay. logo: the picture that was found.

    ML 17 kap. 24 §, Directive 2006/112/EC art. 226.
    """
    settings = company.settings
    wanted = {
        "Name": settings.name,
        "Address": settings.address,
        "City": settings.city,
        "VAT Registration No.": settings.vat_registration_no,
    }
    lacking = ", ".join(caption for caption, value in wanted.items() if not value)
    found = [finding("seller-incomplete", missing=lacking)] if lacking else []
    if not (settings.bankgiro or settings.plusgiro or settings.iban):
        found.append(finding("payment-account-missing"))
    if settings.logo and not logo:
        found.append(finding("logo-missing", value=settings.logo))
    return tuple(found)


def customer_texts(company: Company, numbers: pd.Series) -> pd.Series:
    """The party of each customer number as JSON; made once per distinct customer."""
    customers = company.table("customers")
    wanted = customers[customers["no"].isin(numbers.unique())]
    said = {name: (wanted[name] != "").to_numpy() for name in _FIELDS}
    texts = json_rows({name: wanted[name] for name in _FIELDS}, said)
    return look_up(numbers, pd.Series(texts, index=wanted["no"], dtype="str"))


def ship_to_texts(headers: pd.DataFrame) -> pd.Series:
    """The ship-to address as JSON, '' where the goods go to the customer."""
    names = {
        "ship_to_name": "name",
        "ship_to_address": "address",
        "ship_to_post_code": "post_code",
        "ship_to_city": "city",
        "ship_to_country_code": "country_code",
    }
    result = np.full(len(headers), "", dtype=object)
    given = np.zeros(len(headers), dtype=bool)
    for column in names:
        given |= (headers[column] != "").to_numpy()
    for position in np.flatnonzero(given):  # Few documents have an address of their own.
        row = headers.iloc[position]
        result[position] = dump({field: row[column] for column, field in names.items() if row[column]})
    return pd.Series(result, index=headers.index, dtype="str")
