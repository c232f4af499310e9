"""
Proof of work: a signed challenge that costs a browser about a second and the server nothing.

The answer is the challenge, a colon and a number such that the SHA-256 of all that begins with
`BITS` zero bits. No third party is asked, and nothing is learnt about the visitor.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

# On average 2 ** BITS tries: a phone does some ten thousands a second.
BITS = 15
FRESH = timedelta(hours=1)
_LONGEST_NUMBER = 12


class WorkOrders:
    """Challenges and their answers. Whether one was used before, the caller must know."""

    def __init__(self, secrets_: Sequence[str], *, bits: int = BITS):
        # The library signs with the last key and verifies with all.
        self._signer = URLSafeSerializer(list(reversed(secrets_)), salt="work")
        self.bits = bits

    def order(self, name: str, *, now: datetime) -> str:
        """A challenge with a name of its own."""
        return str(self._signer.dumps([name, int(now.timestamp())]))

    def done(self, answer: str, *, now: datetime) -> str | None:
        """The name of the challenge that was answered rightly and in time; None otherwise."""
        challenge, _, number = answer.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
            return None
        try:
            name, given_at = self._signer.loads(challenge)
            age = now.timestamp() - given_at
        except (BadSignature, TypeError, ValueError):
            return None
        digest = hashlib.sha256(answer.encode()).digest()
        is_right = int.from_bytes(digest) >> (256 - self.bits) == 0
        is_fresh = -1 <= age <= FRESH.total_seconds()
        return str(name) if is_right and is_fresh else None
