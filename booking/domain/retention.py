"""For how long what is kept is kept, by its kind."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.domain.lifecycle import State

# Nobody was treated. A visit whose outcome nobody ever said may have taken place.
NEVER_ATTENDED = frozenset(
    {
        State.REQUESTED,
        State.CANCELLED,
        State.EXPIRED,
        State.NO_SHOW,
        State.LEFT,
        State.ENTERED_IN_ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class Edges:
    """What ended at these instants, or before, has been kept for long enough."""

    attended: datetime
    missed: datetime
    waitlist: datetime
    messages: datetime
    audit: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long a clinic keeps visits, whoever came or did not, and what is written beside them."""

    attended_years: int = 8
    missed_months: int = 12
    waitlist_days: int = 30
    messages_days: int = 90
    audit_years: int = 6

    def edges(self, now: datetime) -> Edges:
        """Where that ends."""
        return Edges(
            attended=months_before(now, 12 * self.attended_years),
            missed=months_before(now, self.missed_months),
            waitlist=now - timedelta(days=self.waitlist_days),
            messages=now - timedelta(days=self.messages_days),
            audit=months_before(now, 12 * self.audit_years),
        )


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last of that month where it is shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
