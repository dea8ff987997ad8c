"""An invoice on paper: all that the law asks for is there, in one language, in the same bytes each time."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from salesbatch.core.documents import Letterhead, Party, PrintedDocument, PrintedLine, PrintedVat
from salesbatch.core.glyphs import DRAWABLE
from salesbatch.writers import font_cache
from salesbatch.writers.figures import (
    format_amount,
    format_date,
    format_iban,
    format_money,
    format_number,
    format_price,
)
from salesbatch.writers.font_cache import UndrawableTextError, check_fpdf2, load_face
from salesbatch.writers.invoice_pdf import draw_invoice
from salesbatch.writers.page import text_width, wrap_text
from salesbatch.writers.texts import ENGLISH, SWEDISH, Texts, country_name, texts_for

pypdf = pytest.importorskip("pypdf")

SELLER = Letterhead(
    party=Party(
        name="Fjordglas Handel AB",
        address="Hamngatan 3",
        post_code="411 06",
        city="Göteborg",
        country_code="SE",
        registration_no="556036-0793",
        vat_registration_no="SE556036079301",
    ),
    registered_office="Göteborg",
    f_tax=True,
    e_mail="ekonomi@fjordglas.example",
    phone="031-12 34 56",
    website="www.fjordglas.example",
    bankgiro="5050-1055",
    plusgiro="90 01 22-3",
    iban="SE4550000000058398257466",
    bic="ESSESESS",
    swish_no="123 456 78 90",
)
BUYER = Party(
    name="Öbergs Bygg & Måleri AB",
    address="Verkstadsvägen 9",
    post_code="582 77",
    city="Linköping",
    country_code="SE",
    registration_no="556703-7485",
    vat_registration_no="SE556703748501",
)


def line(
    description: str, *, quantity: int = 1, amount_minor: int = 10_000, **changes: object
) -> PrintedLine:
    values: dict[str, object] = {
        "type": "item",
        "no": "1000",
        "description": description,
        "quantity_e5": quantity * 100_000,
        "unit_of_measure": "st",
        "unit_price_e5": amount_minor * 1000 // quantity,
        "line_amount_minor": amount_minor,
        "vat_percent_e5": 2_500_000,
        "vat_identifier": "S25",
    }
    return PrintedLine(**(values | changes))  # type: ignore[arg-type]


def document(**changes: object) -> PrintedDocument:
    """An ordinary Swedish invoice: two lines, two VAT rates, rounded to the krona."""
    values: dict[str, object] = {
        "document_type": "invoice",
        "no": "103001",
        "language": "sv",
        "seller": SELLER,
        "customer_no": "C-10020",
        "bill_to": BUYER,
        "ship_to": None,
        "posting_date": date(2026, 11, 22),
        "document_date": date(2026, 11, 22),
        "due_date": date(2026, 12, 22),
        "delivery_date": date(2026, 11, 20),
        "currency_code": "SEK",
        "minor_digits": 2,
        "prices_including_vat": False,
        "payment_terms": "30 dagar netto",
        "payment_reference": "1030014",
        "order_no": "SO-2211",
        "external_document_no": "PO-88123",
        "your_reference": "Karin Öberg",
        "our_reference": "Per Ek",
        "corrects_no": "",
        "lines": (
            line("Fönsterglas 4 mm", quantity=3, amount_minor=1_234_500),
            line(
                "Kaffe",
                no="2000",
                quantity_e5=250_000,
                unit_of_measure="kg",
                amount_minor=24_975,
                unit_price_e5=9_990_000,
                vat_percent_e5=1_200_000,
                vat_identifier="S12",
            ),
        ),
        "vat": (
            PrintedVat("S25", 2_500_000, 1_234_500, 308_625),
            PrintedVat("S12", 1_200_000, 24_975, 2_997),
        ),
        "net_minor": 1_259_475,
        "vat_minor": 311_622,
        "rounding_minor": 3,
        "total_minor": 1_571_100,
    }
    return PrintedDocument(**(values | changes))  # type: ignore[arg-type]


def english(**changes: object) -> PrintedDocument:
    return document(**({"language": "en", "payment_terms": "30 days net"} | changes))


def read_pages(data: bytes) -> list[str]:
    """The text of each page with plain single spaces, so that figures can be looked for as typed."""
    reader = pypdf.PdfReader(BytesIO(data))
    return [" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in reader.pages]


def read(data: bytes) -> str:
    return " ".join(read_pages(data))


def test_every_field_that_the_vat_act_asks_for_is_printed() -> None:  # ML 2023:200 chapter 17
    text = read(draw_invoice(document()))
    for fact in (
        "Faktura",
        "Fakturanummer 103001",
        "Fakturadatum 2026-11-22",
        "Leveransdatum 2026-11-20",
        "Momsreg.nr SE556036079301",  # the seller's
        "Ert momsreg.nr SE556703748501",  # the buyer's
        "Fjordglas Handel AB",
        "Hamngatan 3",
        "411 06 Göteborg",
        "Öbergs Bygg & Måleri AB",
        "Verkstadsvägen 9",
        "582 77 Linköping",
        "Fönsterglas 4 mm",
        "Kaffe",
        "2,5 kg 99,90 12 249,75",  # quantity, unit, price, rate, amount
        "3 st 4 115,00 25 12 345,00",
        "25 12",  # the rates of the summary, then their bases and their VAT
        "12 345,00 249,75",
        "3 086,25 29,97",
        "Summa exkl. moms 12 594,75",
        "Moms 3 116,22",
        "Öresavrundning 0,03",
        "Att betala 15 711,00 SEK",
    ):
        assert fact in text


def test_what_a_payer_and_a_bookkeeper_need_is_printed() -> None:
    text = read(draw_invoice(document()))
    for fact in (
        "Förfallodatum 2026-12-22",
        "OCR-nummer 1030014",
        "Bankgiro 5050-1055",
        "Plusgiro 90 01 22-3",
        "IBAN SE45 5000 0000 0583 9825 7466",
        "BIC ESSESESS",
        "Swish 123 456 78 90",
        "Kundnummer C-10020",
        "Betalningsvillkor 30 dagar netto",
        "Er referens Karin Öberg",
        "Vår referens Per Ek",
        "Ert ordernummer PO-88123",
        "Vårt ordernummer SO-2211",
        "Valuta SEK",
    ):
        assert fact in text


def test_an_english_invoice_says_the_same_in_english() -> None:
    text = read(draw_invoice(english()))
    for fact in (
        "Invoice no. 103001",
        "Invoice date 22 Nov 2026",
        "Due date 22 Dec 2026",
        "Delivery date 20 Nov 2026",
        "Your VAT no. SE556703748501",
        "VAT no. SE556036079301",
        "Total excl. VAT 12,594.75",
        "VAT 3,116.22",
        "Rounding 0.03",
        "Amount due SEK 15,711.00",
        "Registered office Göteborg",
        "Approved for F-tax",
        "Page 1 of 1",
    ):
        assert fact in text


@pytest.mark.parametrize(("language", "own", "other"), [("en", ENGLISH, SWEDISH), ("sv", SWEDISH, ENGLISH)])
def test_no_word_of_the_other_language_slips_in(language: str, own: object, other: object) -> None:
    plain = document(
        language=language, payment_terms="", lines=(line("Glas", line_discount_percent_e5=500_000),)
    )
    pages = read_pages(draw_invoice(plain)) + read_pages(
        draw_invoice(replace(plain, document_type="credit_memo", corrects_no="103000"))
    )
    words = set(re.findall(r"[\w.%]+", " ".join(pages)))
    own_words, foreign = (
        {w for f in fields(t) if isinstance(v := getattr(t, f.name), str) for w in re.findall(r"[\w.%]+", v)}
        for t in (own, other)
    )
    assert words & (foreign - own_words) == set()
    assert len(words & (own_words - foreign)) > 30


def test_the_footer_of_every_page_names_the_company_in_law() -> None:
    many = document(lines=tuple(line(f"Vara {number}") for number in range(60)))
    pages = read_pages(draw_invoice(many))
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        for fact in (
            "Fjordglas Handel AB",
            "Org.nr 556036-0793",
            "Momsreg.nr SE556036079301",
            "Säte Göteborg",
            "Godkänd för F-skatt",
            "Telefon 031-12 34 56",
            "ekonomi@fjordglas.example",
            f"Sida {number} av 3",
        ):
            assert fact in page


def test_a_company_without_f_tax_does_not_claim_it() -> None:
    text = read(draw_invoice(document(seller=replace(SELLER, f_tax=False))))
    assert "F-skatt" not in text


def test_sixty_lines_go_over_sheets_without_losing_one_and_repeat_the_heading() -> None:
    lines = tuple(
        line(f"Vara-{number:02d}", no=f"N{number:02d}", amount_minor=100_000 + number) for number in range(60)
    )
    pages = read_pages(draw_invoice(document(lines=lines)))
    text = " ".join(pages)
    for number in range(60):
        assert text.count(f"Vara-{number:02d}") == 1
        assert text.count(f"N{number:02d} ") == 1
        assert text.count(f"1 000,{number:02d}") >= 1
    for page in pages:
        assert "Artikelnr Benämning Antal Enhet À-pris Moms % Belopp" in page
        assert "103001" in page
    assert [("Fortsätter" in page, "Att betala" in page) for page in pages] == [
        (True, False),
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("count", range(8, 30))
def test_the_total_never_stands_alone_on_a_sheet(count: int) -> None:
    lines = tuple(line(f"Vara-{number:02d}") for number in range(count))
    pages = read_pages(draw_invoice(document(lines=lines)))
    assert "Vara-" in pages[-1]
    assert sum(page.count("Vara-") for page in pages) == count


def test_a_description_longer_than_a_sheet_goes_on_over_the_next() -> None:
    words = [f"ord{number}" for number in range(900)]
    pages = read_pages(draw_invoice(document(lines=(line("Före"), line(" ".join(words)), line("Efter")))))
    text = " ".join(pages)
    assert len(pages) >= 3
    assert re.findall(r"ord\d+", text) == words
    assert "Efter" in pages[-1]


def test_a_long_description_wraps_between_its_number_and_its_figures() -> None:
    long = (
        "Specialtillverkat isolerglas med säkerhetsfilm, måttbeställt och levererat på pall till byggplatsen"
    )
    text = read(draw_invoice(document(lines=(line(long, amount_minor=777_700),))))
    assert long in text
    assert f"1000 {long} 1 st 7 777,00 25 7 777,00" in text


def test_the_discount_column_is_there_only_when_a_line_has_a_discount() -> None:
    without = read(draw_invoice(document()))
    with_one = read(
        draw_invoice(document(lines=(line("Glas", line_discount_percent_e5=1_250_000), line("Kitt"))))
    )
    assert "Rabatt %" not in without
    assert "Rabatt %" in with_one
    assert "st 100,00 12,5 25 100,00" in with_one


def test_comment_lines_print_their_text_and_no_figures() -> None:
    text = read(
        draw_invoice(document(lines=(line("Glas"), PrintedLine("comment", "X9", "Ring före leverans."))))
    )
    assert "Ring före leverans." in text
    assert "X9" not in text
    assert "0,00" not in text.replace("100,00", "")


def test_a_ledger_account_number_stays_in_the_house() -> None:
    text = read(draw_invoice(document(lines=(line("Montering", type="gl_account", no="30417"),))))
    assert "Montering" in text
    assert "30417" not in text
    assert "Artikelnr" not in text


def test_the_rounding_line_of_the_ledger_stands_in_the_totals_only() -> None:
    lines = (line("Glas"), line("Avrundad", type="rounding", no="3740", amount_minor=3))
    text = read(draw_invoice(document(lines=lines)))
    assert "Avrundad" not in text
    assert "Öresavrundning 0,03" in text


def test_the_document_comment_is_printed_with_its_line_breaks() -> None:
    data = draw_invoice(document(comment="Tack för ordern!\nFrågor? Ring oss."))
    lines = pypdf.PdfReader(BytesIO(data)).pages[0].extract_text().splitlines()
    assert "Tack för ordern!" in [entry.strip() for entry in lines]
    assert "Frågor? Ring oss." in [entry.strip() for entry in lines]


def test_a_credit_memo_names_the_invoice_that_it_changes_and_asks_for_no_money() -> None:  # ML 17:22
    credit = document(document_type="credit_memo", no="K-77", corrects_no="103001", payment_reference="")
    text = read(draw_invoice(credit))
    assert "Kreditfaktura K-77" in text
    assert "Avser faktura 103001" in text
    assert "Denna kreditfaktura ändrar faktura 103001." in text
    assert "Att kreditera 15 711,00 SEK" in text
    for payment in ("Att betala", "Förfallodatum", "Bankgiro", "IBAN", "OCR"):
        assert payment not in text
    in_english = read(draw_invoice(replace(credit, language="en")))
    assert "This credit memo corrects invoice 103001." in in_english
    assert "Amount credited SEK 15,711.00" in in_english


def test_a_buyer_abroad_gets_the_clause_both_vat_numbers_and_vat_in_kronor() -> None:
    clause = "Omvänd betalningsskyldighet, artikel 196 / Reverse charge"
    buyer = Party("Müller & Søn GmbH", "", "Hauptstraße 1", "", "10115", "Berlin", "DE", "", "DE123456788")
    lines = (line("Support", vat_percent_e5=0, vat_identifier="EU"),)
    foreign = document(
        currency_code="EUR",
        bill_to=buyer,
        lines=lines,
        vat=(PrintedVat("EU", 0, 10_000, 0, clause), PrintedVat("S25", 2_500_000, 10_000, 2_500, "")),
        vat_lcy=(("EU", 0), ("S25", 28_755)),
        net_minor=20_000,
        vat_minor=2_500,
        rounding_minor=0,
        total_minor=22_500,
    )
    text = read(draw_invoice(foreign))
    assert clause in text
    assert "Ert momsreg.nr DE123456788" in text
    assert "SE556036079301" in text
    assert "TYSKLAND" in text
    assert "SVERIGE" in text
    assert "Moms i SEK 0,00 287,55" in text
    assert "Att betala 225,00 EUR" in text
    assert "Öresavrundning" not in text
    assert "Bankgiro" not in text  # A giro takes kronor.
    assert "IBAN" in text
    assert "GERMANY" in read(draw_invoice(replace(foreign, language="en")))


def test_the_same_clause_is_printed_once() -> None:
    vat = (PrintedVat("A", 0, 100, 0, "Undantagen."), PrintedVat("B", 0, 200, 0, "Undantagen."))
    assert read(draw_invoice(document(vat=vat))).count("Undantagen.") == 1


def test_clauses_too_long_for_the_last_sheet_are_not_lost() -> None:
    clause = " ".join(f"skäl{number}" for number in range(600))
    text = read(draw_invoice(document(vat=(PrintedVat("A", 0, 100, 0, clause),))))
    assert re.findall(r"skäl\d+", text) == clause.split()


def test_a_possible_cash_discount_is_offered_in_a_sentence() -> None:
    offer = {"discount_date": date(2026, 12, 2), "discount_minor": 31_422}
    in_swedish = read(draw_invoice(document(**offer)))
    assert (
        "Vid betalning senast 2026-12-02 får ni dra av 314,22 SEK i kassarabatt och betala 15 396,78 SEK."
        in in_swedish
    )
    in_english = read(draw_invoice(english(**offer)))
    assert (
        "If you pay by 2 Dec 2026 you may deduct a cash discount of SEK 314.22 and pay SEK 15,396.78."
        in in_english
    )


def test_prices_with_vat_say_so() -> None:
    text = read(draw_invoice(document(prices_including_vat=True)))
    assert "À-pris inkl. moms" in text
    assert "Belopp inkl. moms" in text
    assert "Summa exkl. moms 12 594,75" in text


def test_a_delivery_address_is_printed_when_it_differs() -> None:
    elsewhere = Party("Bygget Ekholmen", address="Ekholmsvägen 1", post_code="589 25", city="Linköping")
    text = read(draw_invoice(document(ship_to=elsewhere)))
    assert "Leveransadress Bygget Ekholmen Ekholmsvägen 1 589 25 Linköping" in text
    assert "Leveransadress" not in read(draw_invoice(document(ship_to=BUYER)))


def test_blank_fields_leave_no_label_behind() -> None:
    bare = document(
        your_reference="",
        our_reference="",
        order_no="",
        external_document_no="",
        delivery_date=None,
        payment_reference="",
        payment_terms="",
        bill_to=Party("Kund"),
        seller=Letterhead(Party("Säljare")),
    )
    text = read(draw_invoice(bare))
    for label in (
        "Er referens",
        "Vår referens",
        "order",
        "Leverans",
        "OCR",
        "villkor",
        "momsreg",
        "IBAN",
        "Säte",
    ):
        assert label not in text
    assert "Att betala 15 711,00 SEK" in text


def test_an_invoice_without_lines_or_with_nothing_to_pay_is_still_drawn() -> None:
    text = read(draw_invoice(document(lines=(), total_minor=0, rounding_minor=0)))
    assert "Att betala 0,00 SEK" in text
    assert "Bankgiro" not in text


def test_amounts_of_any_size_stay_on_the_sheet_and_apart() -> None:
    huge = 99_999_999_999_999
    big = line("Kraftverk med turbin", amount_minor=huge, quantity_e5=123_456_789_012, no="ART-" + "X" * 30)
    data = draw_invoice(document(lines=(big,), net_minor=huge, total_minor=huge, payment_reference="1" * 25))
    text = read(data)
    assert "999 999 999 999,99" in text
    assert "1 234 567,89012" in text
    assert "Kraftverk med turbin" in text
    assert "1" * 25 in text


def test_drawing_again_gives_the_same_bytes_in_another_process_too() -> None:
    first = draw_invoice(document())
    assert draw_invoice(document()) == first
    code = (
        "import sys, hashlib; sys.path[:0] = sys.argv[1:];"
        "from test_invoice_pdf import document, draw_invoice;"
        "print(hashlib.sha256(draw_invoice(document())).hexdigest())"
    )
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
    done = subprocess.run(
        [sys.executable, "-c", code, *paths],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert done.stdout.strip() == hashlib.sha256(first).hexdigest()


def test_a_document_leaves_no_trace_in_the_next() -> None:
    other = english(no="9", lines=(line("Žluťoučký kůň ŁÓDŹ ≥ €"),), bill_to=Party("ÑÇß & Co"))
    alone = draw_invoice(document())
    draw_invoice(other)
    assert draw_invoice(document()) == alone
    with pytest.raises(UndrawableTextError):
        draw_invoice(document(comment="寿司"))
    assert draw_invoice(document()) == alone


def test_the_dates_inside_the_file_are_the_documents_own() -> None:
    data = draw_invoice(document())
    assert b"/CreationDate (D:20261122000000Z)" in data
    assert data.count(b"D:20") == 1
    ids = re.search(rb"/ID \[<([0-9A-F]{32})><([0-9A-F]{32})>\]", data)
    assert ids is not None
    assert ids[1] == ids[2]
    assert ids[1] not in draw_invoice(document(no="103002"))


def test_the_file_says_what_it_is_and_holds_nothing_that_acts() -> None:
    reader = pypdf.PdfReader(BytesIO(draw_invoice(document())))
    assert reader.metadata is not None
    assert reader.metadata.title == "Faktura 103001"
    assert reader.metadata.author == "Fjordglas Handel AB"
    assert reader.trailer["/Root"]["/Lang"] == "sv-SE"
    names = set()
    for number in range(1, int(reader.trailer["/Size"])):
        names |= set(re.findall(r"/[A-Za-z0-9]+", repr(reader.get_object(number))))
    assert "/FontFile2" in names
    assert names & {"/JS", "/JavaScript", "/Launch", "/URI", "/Annots", "/AcroForm", "/EmbeddedFile"} == set()


def test_both_faces_are_embedded_with_figures_of_one_width() -> None:
    reader = pypdf.PdfReader(BytesIO(draw_invoice(document())))
    fonts = reader.pages[0]["/Resources"]["/Font"]
    assert {font.get_object()["/BaseFont"] for font in fonts.values()} == {
        "/SALESB+NotoSans-Regular",
        "/SALESB+NotoSans-Bold",
    }
    for bold in (False, True):
        assert len({load_face(bold).width(digit) for digit in "0123456789−"}) == 1


def test_a_character_that_the_font_lacks_is_named_never_dropped() -> None:
    with pytest.raises(UndrawableTextError, match=r"U\+5BFF"):
        draw_invoice(document(lines=(line("寿司"),)))


def test_decomposed_letters_and_invisible_signs_print_as_their_letter() -> None:
    text = read(draw_invoice(document(bill_to=Party("A\u030asa\u200b O\u0308berg\ufeff"))))
    assert "Åsa Öberg" in text


def test_parentheses_and_backslashes_are_only_text() -> None:
    text = read(draw_invoice(document(bill_to=Party(r"Bolaget (del) \ Ett) Tj ET"))))
    assert r"Bolaget (del) \ Ett) Tj ET" in text


def test_a_changed_fpdf2_is_refused_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    check_fpdf2()

    def changed(self: object, images: object) -> None: ...

    monkeypatch.setattr(font_cache.OutputProducer, "_add_fonts", changed)
    with pytest.raises(RuntimeError, match="fpdf2 is not supported"):
        check_fpdf2()


def test_only_two_fonts_of_ours_can_go_into_a_document() -> None:
    pdf = font_cache.FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    with pytest.raises(TypeError, match="not a shared font"):
        pdf.output(output_producer_class=font_cache.SharedFontProducer)


@pytest.mark.parametrize(
    ("amount_minor", "digits", "swedish", "in_english"),
    [
        (0, 2, "0,00", "0.00"),
        (5, 2, "0,05", "0.05"),
        (123_456_789, 2, "1 234 567,89", "1,234,567.89"),
        (-123_450, 2, "−1 234,50", "−1,234.50"),
        (1_234, 0, "1 234", "1,234"),
        (1_234_567, 3, "1 234,567", "1,234.567"),
        (10**15 + 1, 2, "10 000 000 000 000,01", "10,000,000,000,000.01"),
    ],
)
def test_money_has_all_its_decimals_and_the_signs_of_the_language(
    amount_minor: int, digits: int, swedish: str, in_english: str
) -> None:
    assert format_money(amount_minor, digits, SWEDISH) == swedish.replace(" ", "\u00a0")
    assert format_money(amount_minor, digits, ENGLISH) == in_english


def test_quantities_have_no_needless_decimals_and_prices_at_least_those_of_the_currency() -> None:
    assert [format_number(n, SWEDISH) for n in (300_000, 250_000, 1, -150_000, 0)] == [
        "3",
        "2,5",
        "0,00001",
        "−1,5",
        "0",
    ]
    assert format_number(1_200_000_000, ENGLISH) == "12,000"
    assert [format_price(n, 2, ENGLISH) for n in (1_250_000, 12_345, 0)] == ["12.50", "0.12345", "0.00"]
    assert format_price(1_250_000, 0, ENGLISH) == "12.5"


def test_currencies_dates_and_ibans_follow_the_language() -> None:
    assert format_amount(150, 2, "EUR", SWEDISH) == "1,50\u00a0EUR"
    assert format_amount(150, 2, "EUR", ENGLISH) == "EUR\u00a01.50"
    assert format_date(date(2026, 3, 4), SWEDISH) == "2026-03-04"
    assert format_date(date(2026, 3, 4), ENGLISH) == "4\u00a0Mar\u00a02026"
    assert format_iban("SE45 5000 00000583") == "SE45\u00a05000\u00a00000\u00a00583"
    assert country_name("DE", SWEDISH) == "Tyskland"
    assert country_name("Q9", ENGLISH) == "Q9"
    assert texts_for("sv-SE") is SWEDISH
    assert texts_for("xx") is ENGLISH


@pytest.mark.parametrize("texts", [ENGLISH, SWEDISH])
def test_our_own_words_and_all_country_names_can_be_drawn(texts: Texts) -> None:
    from babel import Locale

    own = [value for f in fields(texts) if isinstance(value := getattr(texts, f.name), str)]
    countries = [code for code in Locale("en").territories if len(code) == 2 and code.isalpha()]
    for text in [*own, *(country_name(code, texts) for code in countries)]:
        assert set(text) | set(text.upper()) <= DRAWABLE


def test_wrapped_lines_fit_and_lose_nothing() -> None:
    text = "Glas och ram, obehandlad " * 9 + "X" * 120
    lines = wrap_text(text, 50, 9)
    assert all(text_width(entry, 9) <= 50 for entry in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert wrap_text("ett\n\ntvå", 50, 9) == ["ett", "", "två"]
    assert wrap_text("minst 1\u00a0000 st", 17, 9) == ["minst", "1\u00a0000 st"]
    assert wrap_text("", 50, 9) == []
