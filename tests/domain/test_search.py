"""How patients are looked for: accents, order, ends of numbers, ways to write a date."""

from datetime import date

import pytest

from booking.domain.search import (
    Sought,
    looks_the_same,
    name_words,
    phone_word,
    plain,
    read_births,
    read_query,
)

TODAY = date(2026, 1, 12)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ann O’Brien", {"ann", "obrien", "o", "brien"}),
        ("Núñez-Müller, José", {"nunez", "muller", "jose"}),
        ("Łukasz Øster", {"lukasz", "oster"}),
        ("王小明", {"王小明"}),
        ("Straße", {"strasse"}),
    ],
)
def test_a_name_is_found_by_its_words_without_accents_and_case(name: str, words: set[str]):
    assert name_words(name) == words


def test_accents_typed_in_either_form_are_the_same():
    assert plain("Nu\u0301n\u0303ez") == plain("NÚÑEZ") == "nunez"


def test_a_number_is_found_by_its_end():
    assert phone_word("12025550143").startswith(phone_word("5550143"))


@pytest.mark.parametrize(
    "text",
    [
        "14 3 1990",
        "14.03.1990",
        "14/3/90",
        "3/14/1990",
        "1990-03-14",
        "14 March 1990",
        "March 14, 1990",
        "14031990",
        "19900314",
    ],
)
def test_a_date_of_birth_may_be_written_in_many_ways(text: str):
    assert date(1990, 3, 14) in read_births(text, today=TODAY)


def test_a_date_that_reads_both_ways_means_both():
    assert read_births("3/4/1980", today=TODAY) == (date(1980, 4, 3), date(1980, 3, 4))


@pytest.mark.parametrize("text", ["31 2 1990", "14 3", "1 1 2030", "ann maria jo", "99999999"])
def test_what_is_no_date_of_birth_is_none(text: str):
    assert read_births(text, today=TODAY) == ()


def test_what_is_too_short_finds_nobody():
    for text in ("", " ", "a", "%", "123", "_", "''"):
        assert read_query(text, today=TODAY) == Sought()
    assert read_query("王", today=TODAY).words == ("王",)


def test_a_reference_is_seen_in_any_form():
    assert read_query("k7qm-24dx", today=TODAY).reference is None
    assert read_query("k7qm-34dx", today=TODAY).reference == "K7QM34DX"


def test_people_of_one_birthday_are_likely_one_by_number_or_by_name():
    def same(name: str, phone: str | None) -> bool:
        return looks_the_same("Ann O’Brien", "+1 202-555-0143", other_name=name, other_phone=phone)

    assert same("OBRIEN Ann".replace("OB", "O'B"), None)
    assert same("A. Brien", "+12025550143")
    assert not same("Ann Smith", "+1 202-555-0144")
    assert not same("Bob", None)
