"""Free times for many bookings that each want some: read once, and kept clear of what is given."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.time import local_day
from booking.services.clinic import Plan
from booking.services.times.free_time import fresh_starts

Start = tuple[Plan, datetime]


class Pool:
    """
    The free starts of plans up to their horizons. Use it under all locks, in one transaction.

    Where rooms or caps have a say, one time that is given may cost others anywhere, so it is read
    again each time.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[int, int, int], ...], list[Start]] = {}

    def starts(self, session: Session, plans: Sequence[Plan], *, now: datetime) -> list[Start]:
        """What can still be given by these plans."""
        key = tuple(plan.key for plan in plans)
        is_lasting = not any(plan.needs or plan.rules.visit.is_capped for plan in plans)
        if not is_lasting or key not in self._known:
            self._known[key] = _read(session, plans, now=now)
        return self._known[key]

    def give(self, plan: Plan, start: datetime) -> None:
        """A start was given, and with it the practitioner's time."""
        span = plan.rules.visit.claim(start)
        for key, found in self._known.items():
            self._known[key] = [
                (other, one)
                for other, one in found
                if other.practitioner_id != plan.practitioner_id
                or not other.rules.visit.claim(one).overlaps(span)
            ]


def _read(session: Session, plans: Sequence[Plan], *, now: datetime) -> list[Start]:
    first = min(local_day(now, plan.rules.zone) for plan in plans)
    last = max(plan.rules.last_day(now) for plan in plans)
    fresh = fresh_starts(session, plans, first=first, last=last, now=now)
    return [(busy.plan, start) for busy, starts in fresh for start in starts]
