"""E-mail addresses and phone numbers as people type them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from booking.domain.people import Findings
from booking.formats.contacts import (
    dial_link,
    read_contacts,
    read_email,
    read_phone,
    show_phone,
)


def email(text: str) -> tuple[str | None, list[str]]:
    found = Findings()
    return read_email(text, found), [error.code for error in found.errors]


def phone(text: str, country: str = "US") -> tuple[str | None, list[str]]:
    found = Findings()
    return read_phone(text, found, country=country), [error.code for error in found.errors]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ann@patient.example", "ann@patient.example"),
        ("  ann@patient.example ", "ann@patient.example"),
        ("Ann.O'Brien+clinic@Patient.Example", "Ann.O'Brien+clinic@patient.example"),
        ("ann@münchen.example", "ann@xn--mnchen-3ya.example"),
        ("ann@patient.test", "ann@patient.test"),
        ("\u200bann@patient.example", "ann@patient.example"),
    ],
)
def test_an_address_is_kept_as_mail_servers_know_it(typed: str, kept: str) -> None:
    assert email(typed) == (kept, [])


@pytest.mark.parametrize("typed", ["", "  "])
def test_no_address_is_no_mistake(typed: str) -> None:
    assert email(typed) == (None, [])


@pytest.mark.parametrize(
    "typed",
    [
        "ann",
        "ann@",
        "@patient.example",
        "ann@patient",
        "ann@@patient.example",
        "ann @patient.example",
        "ann@patient..example",
        "ann@patient.example\r\nBcc: all@clinic.example",
        "ann@patient.example\n",
        "ann@patient.example, bob@patient.example",
        "Ann <ann@patient.example>",
        "ann@patient.example?bcc=x",
        "ann@[127.0.0.1]",
        '"ann"@patient.example',
        "ann\x00@patient.example",
        "ann\ud800@patient.example",
        "ann@" + "a" * 250 + ".example",
        "\u200b",
        "a" * 10_000,
    ],
)
def test_an_impossible_address_is_refused(typed: str) -> None:
    assert email(typed) == (None, ["impossible"])


def test_an_address_that_most_mail_servers_cannot_reach_is_refused_with_its_own_words() -> None:
    assert email("jürgen@patient.example") == (None, ["not_ascii"])


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("202 555 0142", "US", "+1 202-555-0142"),
        ("(202) 555-0142", "US", "+1 202-555-0142"),
        ("+44 20 7946 0958", "US", "+44 20 7946 0958"),
        ("020 7946 0958", "GB", "+44 20 7946 0958"),
        ("030 901820", "DE", "+49 30 901820"),
        ("２０２ ５５５ ０１４２", "US", "+1 202-555-0142"),
        ("٢٠٢ ٥٥٥ ٠١٤٢", "US", "+1 202-555-0142"),
        ("+999 123 4567", "US", "+999 123 4567"),
    ],
)
def test_a_number_is_kept_in_the_form_that_can_be_dialled_from_anywhere(
    typed: str, country: str, kept: str
) -> None:
    assert phone(typed, country) == (kept, [])


@pytest.mark.parametrize("typed", ["", " "])
def test_no_number_is_no_mistake(typed: str) -> None:
    assert phone(typed) == (None, [])


@pytest.mark.parametrize(
    "typed",
    [
        "12",
        "not a number",
        "+",
        "+1",
        "1" * 41,
        "+999" + "1" * 30,
        "202 555 0142\r\nX: y",
        "202\x00555",
        "\ud800",
        "=cmd|' /C calc'!A0",
        "+999 <script>",
    ],
)
def test_an_impossible_number_is_refused(typed: str) -> None:
    assert phone(typed) == (None, ["impossible"])


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=150, deadline=None)
@example("+" + "٣" * 17)
def test_whatever_is_typed_is_kept_on_one_line_of_bounded_length_or_refused(text: str) -> None:
    for read, longest in ((email, 254), (phone, 40)):
        kept, errors = read(text)
        if kept is None:
            assert bool(errors) == bool(text.strip())
        else:
            assert errors == []
            assert 0 < len(kept) <= longest
            assert len(kept.splitlines()) == 1
            kept.encode()


def test_one_way_to_reach_somebody_is_needed() -> None:
    found = Findings()
    assert read_contacts(" ", "", found, country="US") == (None, None)
    assert [(error.field, error.code) for error in found.errors] == [("email", "missing")]


def test_either_way_is_enough() -> None:
    found = Findings()
    assert read_contacts("ann@patient.example", "", found, country="US")[0]
    assert read_contacts("", "202 555 0142", found, country="US")[1]
    assert found.errors == []


def test_mistakes_in_both_are_told_at_once() -> None:
    found = Findings()
    read_contacts("ann", "12", found, country="US")
    assert [error.field for error in found.errors] == ["email", "phone"]


@pytest.mark.parametrize(
    ("number", "country", "shown"),
    [
        ("+1 202-555-0142", "US", "(202) 555-0142"),
        ("+1 202-555-0142", "GB", "+1 202-555-0142"),
        ("+44 20 7946 0958", "GB", "020 7946 0958"),
        ("no number", "US", "no number"),
    ],
)
def test_a_number_is_shown_as_people_there_know_it(number: str, country: str, shown: str) -> None:
    assert show_phone(number, country) == shown


def test_a_number_can_be_dialled_from_the_page() -> None:
    assert dial_link("+1 202-555-0142") == "tel:+12025550142"
    assert dial_link("(202) 555-0142") == "tel:2025550142"
