"""The rules that free times follow from: when somebody is open, and what a visit needs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.domain.hours import Break, Closed, ExtraOpening, OpenStretch
from booking.domain.time import Span, local_day


@dataclass(frozen=True, slots=True)
class Visit:
    """
    What one kind of consultation needs.

    `cap_day` and `cap_week` are how many of them a practitioner takes on one clinic day, and from
    Monday to Sunday; None is as many as fit.
    """

    length: timedelta
    buffer_before: timedelta
    buffer_after: timedelta
    step: timedelta
    notice: timedelta
    horizon_days: int
    cap_day: int | None = None
    cap_week: int | None = None

    @property
    def is_capped(self) -> bool:
        """Whether there is a most of them."""
        return self.cap_day is not None or self.cap_week is not None

    def claim(self, start: datetime) -> Span:
        """The time that a visit at `start` takes from the practitioner, buffers included."""
        return Span(start - self.buffer_before, start + self.length + self.buffer_after)


@dataclass(frozen=True, slots=True)
class Rules:
    """All that decides, besides what is taken and what time it is."""

    zone: ZoneInfo
    week: tuple[OpenStretch, ...]
    visit: Visit
    extra: tuple[ExtraOpening, ...] = ()
    closed: tuple[Closed, ...] = ()
    breaks: tuple[Break, ...] = ()

    def last_day(self, now: datetime) -> date:
        """The last clinic day that is open for booking."""
        return local_day(now, self.zone) + timedelta(days=self.visit.horizon_days)
