"""A slot: a start that is on offer now, and the opaque id that names it."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from booking.domain.errors import NotFound

_LONGEST_ID = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Close to the end of time, adding an hour or a zone's offset is no longer possible.
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Slot:
    """One visit that could be booked, and where: `start` and `end` in UTC, without buffers."""

    service: str
    practitioner: str
    location: str
    start: datetime
    end: datetime

    @property
    def id(self) -> str:
        """The slot's id: URL-safe and the same in every answer; no row stands behind it.

        Who is where at which time follows from the rules, so it does not name the location.
        """
        return slot_id(self.service, self.practitioner, self.start)


def slot_id(service: str, practitioner: str, start: datetime) -> str:
    """The id of the slot at `start` (aware)."""
    text = f"{int(start.timestamp()):x}.{practitioner}.{service}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse_slot_id(text: str) -> tuple[str, str, datetime]:
    """
    The service, the practitioner and the start (UTC) that a slot id names.

    Raises:
        NotFound: this is no slot id.
    """
    if len(text) > _LONGEST_ID:
        raise NotFound
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        seconds, practitioner, service = raw.decode("ascii").split(".", 2)
        start = _EPOCH + timedelta(seconds=int(seconds, 16))
    except (binascii.Error, ValueError, OverflowError) as error:
        raise NotFound from error
    # Only the spelling that we made ourselves counts, so that one slot has one address.
    if not _EPOCH <= start < _LATEST or slot_id(service, practitioner, start) != text:
        raise NotFound
    return service, practitioner, start


def by_start(slot: Slot) -> tuple[datetime, str]:
    """The order in which slots are listed: by start, then practitioner."""
    return slot.start, slot.practitioner
