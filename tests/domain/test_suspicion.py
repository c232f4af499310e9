"""Which bookings need a proven e-mail address."""

from datetime import timedelta

import pytest

from booking.domain.suspicion import (
    BOOKINGS_FROM_NETWORK,
    CONTACTS_FROM_NETWORK,
    OPEN_BOOKINGS,
    ConfirmEmail,
    Signs,
    Verdict,
    decide,
    is_hasty,
)

ENOUGH = (
    Signs(trap_filled=True),
    Signs(work_missing=True),
    Signs(bookings_from_network=BOOKINGS_FROM_NETWORK),
    Signs(open_bookings=OPEN_BOOKINGS),
    Signs(hasty=True, contacts_from_network=CONTACTS_FROM_NETWORK),
)
NOT_ENOUGH = (
    Signs(),
    Signs(hasty=True),
    Signs(contacts_from_network=CONTACTS_FROM_NETWORK + 9),
    Signs(
        hasty=True,
        bookings_from_network=BOOKINGS_FROM_NETWORK - 1,
        contacts_from_network=CONTACTS_FROM_NETWORK - 1,
        open_bookings=OPEN_BOOKINGS - 1,
    ),
)


def verdict(signs: Signs, setting: str = "suspicious", *, has_email: bool = True) -> Verdict:
    return decide(signs, setting=ConfirmEmail(setting), has_email=has_email)


@pytest.mark.parametrize("signs", ENOUGH)
def test_what_looks_like_a_machine_must_prove_its_address(signs: Signs):
    assert verdict(signs) is Verdict.ASK


@pytest.mark.parametrize("signs", NOT_ENOUGH)
def test_whoever_is_quick_or_one_of_many_simply_books(signs: Signs):
    assert verdict(signs) is Verdict.BOOK


@pytest.mark.parametrize("signs", [*ENOUGH, *NOT_ENOUGH])
def test_a_clinic_that_always_asks_asks_everybody_who_gave_an_address(signs: Signs):
    assert verdict(signs, "always") is Verdict.ASK


@pytest.mark.parametrize("setting", ["suspicious", "always"])
@pytest.mark.parametrize("signs", [ENOUGH[0], ENOUGH[2], NOT_ENOUGH[0]])
def test_whoever_gave_no_address_is_never_asked_to_prove_one(signs: Signs, setting: str):
    assert verdict(signs, setting, has_email=False) is Verdict.BOOK


def test_a_phone_number_alone_that_has_had_enough_is_asked_to_call():
    taken = Signs(open_bookings=OPEN_BOOKINGS)
    assert verdict(taken, has_email=False) is Verdict.CALL
    assert verdict(taken, "never", has_email=False) is Verdict.BOOK


@pytest.mark.parametrize("signs", [ENOUGH[0], ENOUGH[2], ENOUGH[3], ENOUGH[4], *NOT_ENOUGH])
def test_a_clinic_that_never_asks_books(signs: Signs):
    assert verdict(signs, "never") is Verdict.BOOK


def test_work_that_no_address_can_replace_stays_due():
    missing = Signs(work_missing=True)
    assert verdict(missing, "never") is Verdict.WORK
    assert verdict(missing, has_email=False) is Verdict.WORK


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(None, True), (-5, True), (0, True), (1.9, True), (2, False), (86_400, False), (86_401, True)],
)
def test_a_form_comes_back_after_it_was_read_and_within_a_day(
    seconds: float | None, *, expected: bool
):
    age = None if seconds is None else timedelta(seconds=seconds)
    assert is_hasty(age) is expected
