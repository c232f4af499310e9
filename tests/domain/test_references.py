"""References: what a patient reads out on the phone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.domain import references

ALL = len(references.ALPHABET) ** references.LENGTH


@given(st.integers(0, ALL - 1))
@settings(max_examples=100, deadline=None)
def test_a_reference_is_found_again_however_it_is_typed(number: int) -> None:
    reference = references.from_number(number)
    shown = references.show(reference)
    assert len(shown) == 9
    spellings = [shown, shown.lower(), f" {shown} ", shown.replace("-", " – "), " ".join(shown)]
    assert {references.normalise(text) for text in spellings} == {reference}


def test_two_numbers_never_share_a_reference() -> None:
    made = [references.from_number(number) for number in (0, 1, 21, 22, 23, ALL // 2, ALL - 1)]
    assert len(set(made)) == len(made)


@given(st.integers(0, 2**256 - 1))
@settings(max_examples=50, deadline=None)
def test_any_random_number_makes_a_reference(number: int) -> None:
    made = references.from_number(number)
    assert references.normalise(made) == made


def test_nothing_in_a_reference_is_read_as_something_else_or_makes_a_word() -> None:
    assert not set("0O1IL5S2Z8B") & set(references.ALPHABET)
    assert not set("AEIOU") & set(references.ALPHABET)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "K7QM",
        "K7QM-34DXX",
        "K7QM-34D0",
        "K7QM-34DI",
        "K7QM_34DX",
        "\ud800",
        "K" * 10_000,
        "٣٤٦٧٩٣٤٦",
    ],
)
def test_what_cannot_be_a_reference_is_none(text: str) -> None:
    assert references.normalise(text) is None
