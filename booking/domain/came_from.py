"""Where a patient came from: who led them here, and what that source calls it."""

import re
from dataclasses import dataclass

HANDLE_MAX = 100
# Hosts, addresses, UUIDs and short names; no blanks, and nothing that starts a formula.
HANDLE_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._~:/+-]*"
_HANDLE = re.compile(HANDLE_PATTERN, re.ASCII)


@dataclass(frozen=True, slots=True)
class CameFrom:
    """
    `source` and `booking-referral` of SMART Scheduling Links: the site or the program that led
    here, and its own mark for this patient's way, by which it counts what became of it.
    """

    source: str | None = None
    referral: str | None = None


NOWHERE = CameFrom()


def read_handle(text: str | None) -> str | None:
    """A source or a referral as it may be kept; None if there is none, or none that may."""
    if not text or len(text) > HANDLE_MAX:
        return None
    return text if _HANDLE.fullmatch(text) else None
