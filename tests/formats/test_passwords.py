"""Staff passwords."""

from booking.formats.passwords import (
    MIN_LENGTH,
    generated_password,
    hash_password,
    is_password,
    needs_rehash,
)


def test_a_password_is_known_again_and_its_hash_does_not_show_it() -> None:
    kept = hash_password("correct horse battery")
    assert "horse" not in kept
    assert kept.startswith("$argon2id$")
    assert is_password("correct horse battery", kept)
    assert not is_password("correct horse batterY", kept)
    assert not needs_rehash(kept)


def test_two_people_with_one_password_have_different_hashes() -> None:
    assert hash_password("correct horse battery") != hash_password("correct horse battery")


def test_nobody_signs_in_to_an_account_that_does_not_exist() -> None:
    assert not is_password("correct horse battery", None)


def test_a_broken_hash_lets_nobody_in() -> None:
    assert not is_password("correct horse battery", "$argon2id$broken")


def test_a_hash_with_weaker_parameters_is_renewed() -> None:
    assert needs_rehash("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$8V8sQnHxdnzZJDCkiYRNGg")


def test_a_generated_password_is_long_enough_and_its_own() -> None:
    made = {generated_password() for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= MIN_LENGTH
