"""The logo: a picture in the drop that the Company sheet names, on every invoice that is posted from then on."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from office import Office
from PIL import Image
from pypdf import PdfReader

from salesbatch import batch
from salesbatch.writers.page import Page
from salesbatch.writers.pictures import on_paper

BLUE, RED = (20, 110, 160), (200, 30, 30)
LINE = "No. | Customer No. | Posting Date | Item No. | Quantity\n{} | C1 | 2026-10-15 | A1 | 2"


def picture(colour: tuple[int, int, int], kind: str = "PNG", size: tuple[int, int] = (600, 150)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, kind)
    return content.getvalue()


def shown(office: Office, number: str) -> list[tuple[int, int, int]]:
    """The colour in the middle of every picture on an invoice."""
    [path] = (office.root / "outbox").rglob(f"Invoice {number}.pdf")
    images = [image.image.convert("RGB") for page in PdfReader(path).pages for image in page.images]
    return [image.getpixel((image.width // 2, image.height // 2)) for image in images]


def test_the_invoice_shows_the_picture_that_the_setup_names(office: Office) -> None:
    office.settings(Logo="Märke.png")
    office.put("setup/märke.PNG", picture(BLUE))
    office.drop("Invoices.xlsx", Invoices=LINE.format("I1"))
    result = office.run(pdf=True)
    assert [(item.code, item.place.source) for item in result.findings] == [
        ("picture-kept", "setup/märke.PNG")
    ]
    assert shown(office, "103001") == [BLUE]
    assert (office.root / "processed" / "000002" / "setup" / "märke.PNG").exists()


def test_an_invoice_keeps_the_logo_that_it_was_posted_with(office: Office) -> None:
    office.settings(Logo="logo.png")
    office.put("logo.png", picture(BLUE))
    office.drop("Invoices.xlsx", Invoices=LINE.format("I1"))
    office.run(pdf=True)
    office.put("logo.png", picture(RED))
    office.drop("Invoices.xlsx", Invoices=LINE.format("I2"))
    office.run(pdf=True)
    assert (shown(office, "103001"), shown(office, "103002")) == ([BLUE], [RED])
    [path] = (office.root / "outbox").rglob("Invoice 103001.pdf")
    before = path.read_bytes()
    path.unlink()
    batch.write_outputs(office.root, 2)
    assert path.read_bytes() == before


def test_a_picture_that_comes_later_is_shown_from_then_on_and_until_then_is_asked_for(office: Office) -> None:
    office.settings(Logo="logo.jpg")
    office.drop("Invoices.xlsx", Invoices=LINE.format("I1"))
    assert [item.code for item in office.run(pdf=True).findings] == ["logo-missing"]
    office.put("logo.jpg", picture(BLUE, "JPEG"))
    assert office.run().exit_code == 0
    office.drop("Invoices.xlsx", Invoices=LINE.format("I2"))
    assert office.run(pdf=True).findings == []
    assert (len(shown(office, "103001")), len(shown(office, "103002"))) == (0, 1)


def test_a_picture_that_nobody_names_is_kept_and_not_shown(office: Office) -> None:
    office.put("semester.png", picture(RED))
    office.drop("Invoices.xlsx", Invoices=LINE.format("I1"))
    assert [item.severity for item in office.run(pdf=True).findings] == ["notice"]
    assert shown(office, "103001") == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (picture(BLUE)[:200], "picture-damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "picture-damaged"),
        (b"\xff\xd8\xff", "picture-damaged"),
        (picture(BLUE, size=(9000, 1)), "file-too-large"),
        (picture(BLUE) + bytes(6 * 2**20), "file-too-large"),
    ],
)
def test_a_bad_picture_is_rejected_and_stops_nobody(office: Office, content: bytes, code: str) -> None:
    office.settings(Logo="logo.png")
    office.put("logo.png", content)
    office.drop("Invoices.xlsx", Invoices=LINE.format("I1"))
    result = office.run(pdf=True)
    assert result.exit_code == 3
    assert sorted(item.code for item in result.findings) == sorted((code, "logo-missing"))
    assert (office.root / "rejected" / "000002" / "logo.png").read_bytes() == content
    assert office.balance()["1510"] == "2500.00"


def test_an_invoice_whose_archive_was_taken_away_is_drawn_without_its_logo(office: Office) -> None:
    office.settings(Logo="logo.png")
    office.put("logo.png", picture(BLUE))
    office.drop("Invoices.xlsx", Invoices=LINE.format("I1"))
    office.run()
    (office.root / "processed" / "000002" / "logo.png").unlink()
    office.run(pdf=True)
    batch.write_outputs(office.root, 2)
    assert shown(office, "103001") == []


def test_paper_is_white_where_a_picture_lets_it_through_and_no_finer_than_print() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (3000, 1000), (200, 0, 0, 0)).save(content, "PNG")
    made = on_paper(content.getvalue(), 600, 160)
    assert (made.size, made.getpixel((5, 5))) == ((480, 160), (255, 255, 255))


def test_sharing_a_picture_between_documents_gives_what_fpdf2_draws_by_itself() -> None:
    content = picture(BLUE, size=(300, 90))

    def page() -> Page:
        made = Page(title="T", author="A", language="en", created=date(2026, 10, 1), identity="1")
        made.start_sheet()
        return made

    ours, again = page(), page()
    heights = [made.picture(20, 12, 60, 16, content) for made in (ours, again)]
    plain = page()
    plain._pdf.image(on_paper(content, 708, 188), 20, 12, 160 / 3, 16)
    assert heights == [pytest.approx(16.0)] * 2
    assert ours.finish() == again.finish() == plain.finish()


def test_the_path_of_a_logo_never_leaves_the_archive(office: Office, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture(RED))
    office.settings(Logo="../../secret.png")
    office.drop("Invoices.xlsx", Invoices=LINE.format("I1"))
    assert [item.code for item in office.run(pdf=True).findings] == ["logo-missing"]
    assert shown(office, "103001") == []
