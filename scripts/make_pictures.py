"""Makes the pictures of the README from real output: `python scripts/make_pictures.py [FOLDER]`.

Needs LibreOffice (soffice) and poppler-utils (pdftoppm). Runs the demo in a passing folder, or takes FOLDER, where it
ran before; renders an invoice, the summary of a ledger workbook, a to-fix workbook and a payment review with its
answers, and puts them into docs/pictures.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
WANTED = {
    "invoice": ("outbox/2026-10", "Invoice *.pdf", 1, 75, 1.0),
    "summary": ("ledgers", "Ledger 2026-10.xlsx", 1, 85, 0.84),
    "to-fix": ("rejected", "*/Order* - to fix.xlsx", 2, 125, 0.6),
    "review": ("processed", "*/Payment Review *.xlsx", 2, 125, 0.6),
}
"""Picture -> folder below the demo, file, page, dots per inch, how much of the page from its top."""


def main(arguments: Sequence[str]) -> int:
    """Make every picture whose file the demo produced; says which are missing."""
    for tool in ("soffice", "pdftoppm"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not installed")
    PICTURES.mkdir(parents=True, exist_ok=True)
    missing = 0
    with tempfile.TemporaryDirectory() as scratch:
        demo = Path(*arguments[:1]) if arguments else Path(scratch) / "demo"
        if not arguments:
            subprocess.run([sys.executable, "-m", "salesbatch", "demo", str(demo)], check=True, cwd=ROOT)
        for name, (folder, pattern, page, dots, share) in WANTED.items():
            found = sorted((demo / folder).glob(pattern), key=lambda path: path.stat().st_size)
            if not found:
                print(f"{name}: the demo made no {folder}/{pattern}", file=sys.stderr)
                missing += 1
                continue
            draw(found[-1], PICTURES / f"{name}.png", page, dots, share, Path(scratch))
    return 1 if missing else 0


def draw(source: Path, target: Path, page: int, dots: int, share: float, scratch: Path) -> None:
    """One page of a PDF or workbook as PNG, its empty margins cut off."""
    pdf = source
    if source.suffix != ".pdf":
        profile = f"-env:UserInstallation={(scratch / 'office').as_uri()}"  # Nobody's own settings.
        to_pdf = ["--headless", "--convert-to", "pdf", "--outdir", str(scratch)]
        subprocess.run(["soffice", profile, *to_pdf, str(source)], check=True, capture_output=True)
        pdf = scratch / f"{source.stem}.pdf"
    stem = scratch / target.stem
    pages = ["-r", str(dots), "-f", str(page), "-l", str(page)]
    subprocess.run(["pdftoppm", *pages, "-singlefile", "-png", str(pdf), str(stem)], check=True)
    crop(stem.with_suffix(".png"), target, share)


def crop(source: Path, target: Path, share: float) -> None:
    """Cut what is below the share of the page and white margins, keep a little air."""
    from PIL import Image, ImageChops

    picture = Image.open(source).convert("RGB")
    picture = picture.crop((0, 0, picture.width, int(picture.height * share)))
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    left, top, right, bottom = box or (0, 0, *picture.size)
    air = 12
    cut = (
        max(left - air, 0),
        max(top - air, 0),
        min(right + air, picture.width),
        min(bottom + air, picture.height),
    )
    picture.crop(cut).quantize(160).save(target, optimize=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
