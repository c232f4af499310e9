"""
Tokens: random ones for holds, drafts, sessions and feeds; derived ones for managing a booking.

Only hashes are stored. A manage token is an HMAC over the booking's UID and generation, so that
every later mail can carry the same link again; raising the generation revokes it.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

RandomToken = Callable[[], str]
_BYTES = 32


def random_token() -> str:
    """A new unguessable token: 256 bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> str:
    """What is stored of a token, in hex; a fast hash is right for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def purpose_key(secret: str, purpose: str) -> bytes:
    """A key for one purpose alone, so that a signature made for one never fits another."""
    return hmac.new(secret.encode(), b"booking:" + purpose.encode(), hashlib.sha256).digest()


class ManageKeys:
    """
    The keys that manage tokens are derived with: the newest first, earlier ones after it.

    Links of other kinds have keys of their own, by `purpose`.
    """

    def __init__(self, secrets_: Sequence[str], purpose: str = "manage"):
        self._secrets = tuple(secrets_)
        self._keys = tuple(purpose_key(secret, purpose) for secret in secrets_)

    def of(self, purpose: str) -> "ManageKeys":
        """The keys for another kind of link, whose tokens fit nothing else."""
        return ManageKeys(self._secrets, purpose)

    def new(self, uid: str, generation: int) -> str:
        """The token of what has this UID, by the newest key."""
        return _derive(self._keys[0], uid, generation)

    def again(self, uid: str, generation: int, stored_hash: str) -> str | None:
        """
        The token whose hash was stored, whichever key made it.

        None when its key is no longer among the secrets: the link in earlier mails still works,
        but nobody can write it down again.
        """
        for key in self._keys:
            token = _derive(key, uid, generation)
            if hmac.compare_digest(token_hash(token), stored_hash):
                return token
        return None

    def surely(self, uid: str, generation: int, stored_hash: str) -> str:
        """
        The same, for a mail that is nothing without its link.

        Raises:
            ValueError: the key that made the token is no longer among the secrets.
        """
        token = self.again(uid, generation, stored_hash)
        if token is None:
            raise ValueError("the key of a link is gone")
        return token


class DeviceMarks:
    """Signed marks of browsers that signed in to an account before."""

    def __init__(self, secrets_: Sequence[str]):
        # The library signs with the last key and verifies with all.
        self._signer = URLSafeSerializer(list(reversed(secrets_)), salt="device")

    def mark(self, account: str) -> str:
        """What a browser keeps after signing in to `account`; it does not name the account."""
        # Each browser its own: one that is lost must not use up what another may try.
        return self._signer.dumps([token_hash(account), secrets.token_hex(8)])

    def is_mark_of(self, mark: str, account: str) -> bool:
        """Whether a browser signed in to `account` before."""
        try:
            content = self._signer.loads(mark)
        except BadSignature:
            return False
        return isinstance(content, list) and content[:1] == [token_hash(account)]


class FormMarks:
    """Signed marks that say when a form was given out."""

    def __init__(self, secrets_: Sequence[str]):
        self._signer = URLSafeSerializer(list(reversed(secrets_)), salt="form")

    def mark(self, now: datetime) -> str:
        """What a form carries that is given out now."""
        return str(self._signer.dumps(now.timestamp()))

    def age(self, mark: str, *, now: datetime) -> timedelta | None:
        """How long ago a form was given out; None for what is no mark of ours."""
        try:
            return timedelta(seconds=now.timestamp() - float(self._signer.loads(mark)))
        except (BadSignature, TypeError, ValueError, OverflowError):
            return None


def _derive(key: bytes, uid: str, generation: int) -> str:
    digest = hmac.new(key, f"{uid}|{generation}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
