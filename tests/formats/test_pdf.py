"""PDFs: whatever somebody is called can be read on paper, and nothing is cut off."""

import logging
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from booking.formats import pdf
from booking.formats.pages import FONTS, Pages
from booking.formats.sheets import Line, Sheet
from booking.formats.slips import Slip
from booking.formats.weeks import Visit, Week

NINE = datetime(2026, 1, 13, 9, 0, tzinfo=UTC)
NAMES = ("Łukasz Ñúñez", "Nguyễn Thị Ánh", "Дмитрий Щербаков", "محمد علي", "فاطمہ ہے", "王小明")


def letters_of(path: Path) -> set[int]:
    with TTFont(path) as font:
        return set(font.getBestCmap())


LETTERS = [letters_of(path) for path in FONTS.glob("*.ttf")]


def sheet(names: tuple[str, ...] | list[str]) -> Sheet:
    lines = [
        Line(
            start=NINE + number * timedelta(minutes=15),
            name=name,
            reference="K7QM-24DX",
            phone="(202) 555-0145",
            kind="Consultation",
            practitioner="Dr. Ahmed",
            to_review=2,
            to_call=True,
            adjustments=["Interpreter: Polski"],
        )
        for number, name in enumerate(names)
    ]
    return Sheet("Skin Clinic", date(2026, 1, 13), NINE, lines)


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


def words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def letters(text: str) -> list[str]:
    """In no order: readers differ on what right-to-left text looks like in a file."""
    return sorted(one for one in text if not one.isspace())


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_out_of_the_file(name: str):
    with_it, without = (letters(words(pdf.sheet(sheet([one])))) for one in (name, ""))
    for one in without:
        with_it.remove(one)
    assert with_it == letters(name)


def drawn(text: str, *, bold: bool = False) -> list[tuple[str, str]]:
    """The letters in the order in which they are drawn, from left to right, with their shapes."""
    pages = Pages("x", made_at=NINE)
    pages.add()
    pages.write(0, 0, text, size=9, bold=bold)
    found = [
        ("".join(map(chr, glyph.unicode)), glyph.glyph_name)
        for font in pages._pdf.fonts.values()
        for glyph, _ in font.subset.items()
        if glyph.unicode not in {(0,), (32,)}
    ]
    pages.save()
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bold", [False, True])
def test_every_letter_has_a_shape(name: str, bold: bool):
    shapes = drawn(name, bold=bold)
    assert set("".join(letter for letter, _ in shapes)) == set(name) - {" "}
    assert ".notdef" not in {shape for _, shape in shapes}
    # What the fonts themselves say.
    assert all(any(ord(one) in font for font in LETTERS) for one in name)


def test_arabic_letters_are_joined_and_run_from_right_to_left():
    word = "سعيد"
    shapes = drawn(word)
    assert [letter for letter, _ in shapes] == list(reversed(word))
    alone = {shape for letter in word for _, shape in drawn(letter)}
    assert not alone & {shape for _, shape in shapes}
    assert [letter for letter, _ in drawn("Said")] == list("Said")


def test_a_letter_that_no_font_has_is_marked_and_not_logged(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        assert "\ufffd" in words(pdf.sheet(sheet(["Ann \U00013000"])))
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING]


def test_a_full_day_is_one_page_and_a_longer_one_says_which_of_how_many():
    full = pdf.sheet(sheet([NAMES[number % len(NAMES)] for number in range(30)]))
    assert len(read(full).pages) == 1
    assert "1 of 1" in words(full)
    long = read(pdf.sheet(sheet([f"Ann{number:02}" for number in range(50)])))
    first, second = (page.extract_text() for page in long.pages)
    assert "1 of 2" in first
    assert "2 of 2" in second
    assert all(f"Ann{number:02}" in first + second for number in range(50))


def test_the_files_own_title_names_no_patient():
    about = read(pdf.sheet(sheet(["Ann O’Brien"]))).metadata
    assert about is not None
    assert about.title == "Tuesday 13 January 2026 – Skin Clinic"
    assert "Ann" not in str(about)


def test_a_week_lies_across_and_loses_nobody():
    days = [
        (
            date(2026, 1, 12 + day),
            [Visit(NINE, f"Ann{day}{one:02}", ["Dr. Ahmed"]) for one in range(40)],
        )
        for day in range(6)
    ]
    content = pdf.week(Week("Skin Clinic", days, NINE))
    found = read(content)
    assert {page.mediabox.width > page.mediabox.height for page in found.pages} == {True}
    text = words(content)
    assert all(visit.name in text for _, visits in days for visit in visits)


@pytest.mark.parametrize("language", ["en", "ar", "ur"])
def test_a_slip_is_one_small_page_in_its_language(language: str):
    slip = Slip(
        language=language,
        clinic="Skin Clinic",
        day="Tuesday 13 January 2026",
        clock="9:00 am",
        zone="Eastern Time",
        where_label="Where",
        where="12 Elm Street, a long address with a yard and a second yard behind it, Washington",
        practitioner="Dr. Ahmed",
        reference="K7QM-24DX",
        phone="(202) 555-0142",
        manage_url=f"https://clinic.example/manage/{'x' * 43}?lang={language}",
        made_at=NINE,
    )
    (page,) = read(pdf.slip(slip)).pages
    assert "K7QM-24DX" in page.extract_text()
    assert ("Reference" in page.extract_text()) is (language == "en")
    assert "\ufffd" not in page.extract_text()


def test_the_fonts_come_with_their_licences():
    assert {path.suffix for path in FONTS.iterdir()} == {".ttf", ".txt"}
    families = {path.stem.split("-")[0] for path in FONTS.glob("*.ttf")}
    for family in families:
        assert [one for one in FONTS.glob("LICENSE-*") if family.startswith(one.stem[8:])], family
