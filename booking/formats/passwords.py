"""Staff passwords: argon2id, with the library's current defaults."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 200
_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Checked when there is no such account, so that the answer takes as long as for one."""
    return _hasher.hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The hash to keep, with its salt and parameters."""
    return _hasher.hash(password)


def is_password(password: str, stored_hash: str | None) -> bool:
    """
    Whether `password` is the one.

    With None, or with something that is no hash, it works as long and says no.
    """
    known = stored_hash is not None and stored_hash.startswith("$argon2")
    try:
        _hasher.verify(stored_hash if known and stored_hash else _nobody(), password[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return known


def needs_rehash(stored_hash: str) -> bool:
    """The hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored_hash)


def generated_password() -> str:
    """A password for somebody who did not bring one: 96 random bits, easy to copy."""
    return secrets.token_urlsafe(12)
