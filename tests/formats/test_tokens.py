"""Tokens: unguessable, made again from what is stored, revoked by their generation."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.formats.tokens import DeviceMarks, ManageKeys, purpose_key, random_token, token_hash

OLD, NEW, OTHER = ("old " * 10, "new " * 10, "other " * 10)
UID = "0f9b1b3c-1111-4222-8333-444455556666@clinic.example"


def test_a_random_token_has_256_bits_and_fits_an_address() -> None:
    made = {random_token() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in made)


def test_a_manage_token_has_256_bits_and_fits_an_address() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", ManageKeys([NEW]).new(UID, 0))


def test_a_manage_token_is_the_same_in_every_mail() -> None:
    stored = token_hash(ManageKeys([NEW]).new(UID, 0))
    assert ManageKeys([NEW]).again(UID, 0, stored) == ManageKeys([NEW]).new(UID, 0)


def test_a_token_made_before_the_key_was_changed_can_be_written_again() -> None:
    earlier = ManageKeys([OLD]).new(UID, 0)
    rotated = ManageKeys([NEW, OLD])
    assert rotated.again(UID, 0, token_hash(earlier)) == earlier
    assert rotated.new(UID, 0) != earlier


def test_a_token_whose_key_is_gone_cannot_be_written_again() -> None:
    earlier = ManageKeys([OLD]).new(UID, 0)
    assert ManageKeys([NEW]).again(UID, 0, token_hash(earlier)) is None
    with pytest.raises(ValueError, match="key"):
        ManageKeys([NEW]).surely(UID, 0, token_hash(earlier))


def test_raising_the_generation_revokes_the_earlier_token() -> None:
    keys = ManageKeys([NEW])
    stored = token_hash(keys.new(UID, 1))
    assert keys.again(UID, 0, stored) is None
    assert keys.again(UID, 1, stored) == keys.new(UID, 1)
    assert keys.new(UID, 0) != keys.new(UID, 1)


@given(st.lists(st.tuples(st.text(max_size=20), st.integers(0, 99)), unique=True, max_size=8))
@settings(max_examples=50, deadline=None)
def test_no_two_bookings_or_generations_share_a_token(of: list[tuple[str, int]]) -> None:
    keys = ManageKeys([NEW])
    assert len({keys.new(f"{uid}@clinic.example", generation) for uid, generation in of}) == len(of)


def test_the_hash_that_is_stored_does_not_give_the_token_away() -> None:
    token = random_token()
    assert token not in token_hash(token)
    assert re.fullmatch("[0-9a-f]{64}", token_hash(token))


@pytest.mark.parametrize("token", ["", "\ud800", "\x00", "a" * 100_000, "ü"])
def test_whatever_stands_in_an_address_can_be_looked_up(token: str) -> None:
    assert len(token_hash(token)) == 64


def test_a_key_fits_one_purpose_alone() -> None:
    assert purpose_key(NEW, "manage") != purpose_key(NEW, "sessions")
    assert purpose_key(NEW, "manage") != purpose_key(OLD, "manage")


def test_a_browsers_mark_is_known_for_its_account_and_no_other_even_after_a_key_change() -> None:
    mark = DeviceMarks([OLD]).mark("ann@clinic.example")
    rotated = DeviceMarks([NEW, OLD])
    assert rotated.is_mark_of(mark, "ann@clinic.example")
    assert not rotated.is_mark_of(mark, "bob@clinic.example")
    assert not DeviceMarks([OTHER]).is_mark_of(mark, "ann@clinic.example")
    assert "ann" not in mark


@pytest.mark.parametrize("mark", ["", ".", "a.b", "e30.x", "ü.ü", "a" * 5_000])
def test_a_forged_mark_is_nobodys(mark: str) -> None:
    assert not DeviceMarks([NEW]).is_mark_of(mark, "ann@clinic.example")
