"""Names, reasons and dates of birth as people really type them, and as attackers do."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.domain.errors import Invalid
from booking.domain.people import (
    NAME_MAX,
    Findings,
    many_lines,
    one_line,
    read_birth_iso,
    read_birth_parts,
    read_name,
    read_reason,
)

TODAY = date(2026, 1, 12)


def name_of(text: str) -> tuple[str, list[str]]:
    found = Findings()
    name = read_name(text, found)
    return name, [error.code for error in found.errors]


def birth(day: str, month: str, year: str) -> tuple[date | None, list[str]]:
    found = Findings()
    read = read_birth_parts({"day": day, "month": month, "year": year}, found, today=TODAY)
    return read, [error.code for error in found.errors]


def birth_iso(text: str) -> tuple[date | None, list[str]]:
    found = Findings()
    read = read_birth_iso(text, found, today=TODAY)
    return read, [error.code for error in found.errors]


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien-Ñúñez",
        "Siobhán O’Brien",
        "王小明",
        "Đặng Thị Ngọc-Ánh",
        "محمد بن عبد الله",
        "می‌خواهم",
        "क्षत्रिय",
        "กิตติศักดิ์",
        "Ng",
        "X Æ A-12",
        "Madonna 🌻",
        "Jean-Luc, Comte d’Ô (fils) & Cie.",
        "Robert'); DROP TABLE patients;--",
        "{{ 7*7 }} <b>Ann</b>",
    ],
)
def test_a_name_is_kept_as_it_is_written(name: str) -> None:
    assert name_of(name) == (name, [])


def test_a_name_is_kept_in_one_spelling_without_blanks_around_it() -> None:
    decomposed = unicodedata.normalize("NFD", "Zoë Ångström")
    assert name_of(f"  \u00a0{decomposed}\u3000 ") == ("Zoë Ångström", [])


@pytest.mark.parametrize("number", [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029])
def test_a_control_character_in_a_name_is_refused_not_removed(number: int) -> None:
    assert name_of(f"Ann{chr(number)}Lee") == ("", ["control_characters"])


@pytest.mark.parametrize("text", ["Ann\r\nBcc: all@clinic.example", "Ann\n", "\tAnn", "\x00"])
def test_a_line_break_or_tab_in_a_name_is_refused(text: str) -> None:
    assert name_of(text) == ("", ["control_characters"])


@pytest.mark.parametrize("text", ["Ann\ud800", "\udfff", "\ud83d \ude00"])
def test_half_a_character_is_refused(text: str) -> None:
    assert name_of(text) == ("", ["control_characters"])


@pytest.mark.parametrize(
    "mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
)
def test_marks_that_turn_the_reading_direction_are_removed(mark: str) -> None:
    assert name_of(f"{mark}Ann{mark} Lee{mark}") == ("Ann Lee", [])


@pytest.mark.parametrize("mark", "\u200b\u2060\ufeff")
def test_characters_without_width_are_removed(mark: str) -> None:
    assert name_of(f"A{mark}nn") == ("Ann", [])


@pytest.mark.parametrize("joiner", "\u200c\u200d")
def test_the_joiners_that_persian_and_indic_names_need_are_kept(joiner: str) -> None:
    assert name_of(f"می{joiner}خ") == (f"می{joiner}خ", [])


def test_a_pile_of_combining_marks_is_capped() -> None:
    name, errors = name_of("Z" + "\u0301\u0316" * 40 + "algo")
    assert errors == []
    assert name.endswith("algo")
    assert sum(unicodedata.combining(character) > 0 for character in name) <= 4


@pytest.mark.parametrize("mark", "\u0488\u0489\u20dd\u20e0")
def test_a_pile_of_enclosing_marks_is_capped(mark: str) -> None:
    name, _ = name_of("Z" + mark * 40 + "algo")
    assert name.count(mark) <= 4


@pytest.mark.parametrize("text", ["Ann\u0378", "Ann\ufdd0", "Ann\uffff"])
def test_what_is_no_character_is_refused(text: str) -> None:
    assert name_of(text) == ("", ["control_characters"])


@pytest.mark.parametrize("text", ["", "   ", "\u00a0", "\u200b\u202e"])
def test_a_name_of_nothing_is_missing(text: str) -> None:
    assert name_of(text) == ("", ["missing"])


@pytest.mark.parametrize("text", ["12345", "---", "🌻🌻", "\u0301\u0301"])
def test_a_name_without_a_letter_is_none(text: str) -> None:
    assert name_of(text) == ("", ["no_letters"])


@pytest.mark.parametrize("text", ["A" * 201, "王" * 10_000, "A" + "\u200d" * 10_000])
def test_a_name_that_does_not_fit_is_refused_not_cut(text: str) -> None:
    assert name_of(text) == ("", ["too_long"])


def test_a_name_of_exactly_the_longest_length_is_kept() -> None:
    assert name_of("王" * NAME_MAX) == ("王" * NAME_MAX, [])


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=200, deadline=None)
def test_a_line_that_was_read_once_reads_the_same_again(text: str) -> None:
    line = one_line(text)
    if line is not None:
        assert one_line(line) == line
        assert unicodedata.is_normalized("NFC", line)
        assert len(line.splitlines()) <= 1
        line.encode()


@pytest.mark.parametrize("text", ["one\ntwo", "one\r\ntwo"])
def test_a_reason_may_have_several_lines(text: str) -> None:
    found = Findings()
    assert read_reason(text, found) == "one\ntwo"
    assert found.errors == []


def test_a_reason_may_be_left_out() -> None:
    assert many_lines("  \n ") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x00b", "control_characters"),
        ("a\x0bb", "control_characters"),
        ("a\rb", "control_characters"),
        ("x" * 501, "too_long"),
    ],
)
def test_a_reason_that_is_no_text_or_too_long_is_refused(text: str, code: str) -> None:
    found = Findings()
    assert read_reason(text, found) == ""
    assert [(error.field, error.code) for error in found.errors] == [("reason", code)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("14", "3", "1990"), date(1990, 3, 14)),
        ((" 01 ", "01", "2000"), date(2000, 1, 1)),
        (("29", "2", "2024"), date(2024, 2, 29)),
        (("12", "1", "2026"), TODAY),
        (("1", "1", "1896"), date(1896, 1, 1)),
        (("١٤", "٣", "١٩٩٠"), date(1990, 3, 14)),
        (("१४", "३", "१९९०"), date(1990, 3, 14)),
        (("１４", "３", "１９９０"), date(1990, 3, 14)),
    ],
)
def test_a_date_of_birth_is_read_in_any_scripts_digits(
    parts: tuple[str, str, str], expected: date
) -> None:
    assert birth(*parts) == (expected, [])


@pytest.mark.parametrize(
    "parts",
    [
        ("31", "2", "1990"),
        ("29", "2", "2023"),
        ("0", "1", "1990"),
        ("1", "13", "1990"),
        ("1", "1", "0000"),
        ("1", "1", "90"),
        ("1", "1", "19900"),
        ("-1", "1", "1990"),
        ("1.5", "1", "1990"),
        ("1e1", "1", "1990"),
        ("²", "1", "1990"),
        ("四", "1", "1990"),
        ("NaN", "1", "1990"),
        ("1" * 40, "1", "1990"),
        ("1", "1", "9" * 40),
        ("\ud800", "1", "1990"),
        ("1\x00", "1", "1990"),
        ("1", "March", "1990"),
    ],
)
def test_a_date_of_birth_that_does_not_exist_is_refused(parts: tuple[str, str, str]) -> None:
    assert birth(*parts) == (None, ["impossible"])


def test_a_date_of_birth_in_the_future_is_refused() -> None:
    assert birth("13", "1", "2026") == (None, ["in_future"])


def test_nobody_is_older_than_people_get() -> None:
    assert birth("31", "12", "1895") == (None, ["too_long_ago"])


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("", "3", "1990"), "a day"),
        (("14", "", "1990"), "a month"),
        (("14", "3", " "), "a year"),
        (("", "", "1990"), "a day and a month"),
    ],
)
def test_what_is_missing_of_a_date_of_birth_is_named(
    parts: tuple[str, str, str], words: str
) -> None:
    found = Findings()
    day, month, year = parts
    assert read_birth_parts({"day": day, "month": month, "year": year}, found, today=TODAY) is None
    assert [(error.field, error.code) for error in found.errors] == [
        ("date_of_birth", "incomplete")
    ]
    assert words in found.errors[0].message


def test_a_date_of_birth_that_was_left_out_is_missing() -> None:
    assert read_birth_parts({}, found := Findings(), today=TODAY) is None
    assert [error.code for error in found.errors] == ["missing"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1990-03-14", (date(1990, 3, 14), [])),
        (" 2024-02-29 ", (date(2024, 2, 29), [])),
        ("", (None, ["missing"])),
        ("1990-02-31", (None, ["impossible"])),
        ("1990-3-14", (None, ["impossible"])),
        ("14-03-1990", (None, ["impossible"])),
        ("19900314", (None, ["impossible"])),
        ("1990-03-14T00:00", (None, ["impossible"])),
        ("-1990-03-14", (None, ["impossible"])),
        ("1990--3-14", (None, ["impossible"])),
        ("9" * 40, (None, ["impossible"])),
        ("2026-01-13", (None, ["in_future"])),
        ("1800-01-01", (None, ["too_long_ago"])),
    ],
)
def test_a_date_of_birth_in_one_piece_is_year_month_day(
    text: str, expected: tuple[date | None, list[str]]
) -> None:
    assert birth_iso(text) == expected


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=50))
@settings(max_examples=100, deadline=None)
def test_whatever_is_typed_as_a_date_of_birth_is_read_or_refused(
    day: str, month: str, year: str
) -> None:
    for read, errors in (birth(day, month, year), birth_iso(f"{year}-{month}-{day}")):
        assert (read is None) == (len(errors) == 1)


def test_all_findings_are_told_at_once() -> None:
    found = Findings()
    read_name("", found)
    read_birth_iso("never", found, today=TODAY)
    assert [error.field for error in Invalid(found.errors).errors] == ["name", "date_of_birth"]
