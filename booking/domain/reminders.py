"""When a patient is reminded of a visit, who said that they may be."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from booking.domain.waitlist import told_at

HOUR = timedelta(hours=1)
# Later than this it would find nobody at home.
LEAST = timedelta(minutes=30)


def due(
    start: datetime, zone: ZoneInfo, *, hours: Iterable[int], knows_since: datetime, now: datetime
) -> int | None:
    """
    By how many hours before the visit the reminder is that is due now; None if none is.

    Of several that are due the latest counts: what was missed is not made up for. Hours are real
    ones, also where the clock changes; what would leave at night, on the wall at `zone`, leaves
    when the night is over. Whoever `knows_since` lately of the visit at this time is not reminded:
    at least half as long must lie between as between the reminder and the visit.
    """
    if start - now < LEAST or told_at(now, zone) > now:
        return None
    due = [one for one in sorted(hours) if leaves_at(start, one, zone) <= now]
    if not due or knows_since > start - due[0] * HOUR * 1.5:
        return None
    return due[0]


def leaves_at(start: datetime, hours: int, zone: ZoneInfo) -> datetime:
    """When the reminder that is this many hours before a visit leaves, in UTC."""
    return told_at(start - hours * HOUR, zone)
