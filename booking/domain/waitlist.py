"""Who waits for a time: what they wish for, in which order they are asked, and how long for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.domain.slots import Slot
from booking.domain.time import ONE_DAY, local_day

# Who finds nothing in a month is better helped by a call; nothing about them is kept longer.
LIFE = timedelta(days=30)
# Long enough to read a mail at work, short enough that the next can still be asked the same day.
OFFER_LASTS = timedelta(hours=2)
# With less than this nobody could have seen it; then the time is simply free for everybody.
OFFER_LASTS_AT_LEAST = timedelta(minutes=30)
# On the clinic's wall. At night no offer leaves and none runs out.
WAKES, SLEEPS = time(8), time(21)
# The hours at which parts of the day begin.
NOON, EVENING = 12, 17
WEEKDAYS = frozenset(range(7))


class Part(StrEnum):
    """A part of the day, by the hour at which a visit begins."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class EntryState(StrEnum):
    """Where a waitlist entry stands; the last three are final."""

    OPEN = "open"
    OFFERED = "offered"
    FILLED = "filled"
    LEFT = "left"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """What became of an offer; `open` until it is answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


ALIVE = (EntryState.OPEN, EntryState.OFFERED)
# They had their say about this very time.
PASSED_OVER = (Outcome.DECLINED, Outcome.EXPIRED)


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    What times would suit somebody; whatever is empty or None does not matter to them.

    `weekdays` count from Monday as 0; `earliest` and `latest` are clinic days, both included.
    """

    weekdays: frozenset[int] = frozenset()
    parts: frozenset[Part] = frozenset()
    earliest: date | None = None
    latest: date | None = None
    practitioner: str | None = None
    location: str | None = None

    def fit(self, slot: Slot, zone: ZoneInfo) -> bool:
        """Whether a slot would suit; `zone` is that of the place it is at."""
        start = slot.start.astimezone(zone)
        return (
            (not self.weekdays or start.weekday() in self.weekdays)
            and (not self.parts or part_of(start) in self.parts)
            and (self.earliest is None or start.date() >= self.earliest)
            and (self.latest is None or start.date() <= self.latest)
            and self.practitioner in {None, slot.practitioner}
            and self.location in {None, slot.location}
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    Somebody who waits.

    `before` is the start of the visit they have already: only earlier ones are of use. `known` are
    the starts that were free already when they began to wait, or None if nobody has looked yet;
    `passed` are those they have declined or let run out.
    """

    id: int
    since: datetime
    wishes: Wishes
    before: datetime | None = None
    known: frozenset[datetime] | None = None
    passed: frozenset[datetime] = frozenset()

    def wants(self, slot: Slot, zone: ZoneInfo) -> bool:
        """
        Whether this slot is news that suits.

        What was free already they saw, and waited all the same; with `known` still open there is
        nothing yet to compare with.
        """
        return (
            self.known is not None
            and slot.start not in self.known
            and slot.start not in self.passed
            and (self.before is None or slot.start < self.before)
            and self.wishes.fit(slot, zone)
        )


def part_of(start: datetime) -> Part:
    """The part of the day that a wall time is in."""
    if start.hour < NOON:
        return Part.MORNING
    return Part.AFTERNOON if start.hour < EVENING else Part.EVENING


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Who waits longest comes first, whether they have a visit already or none."""
    return sorted(waiting, key=lambda one: (one.since, one.id))


def first_for(slot: Slot, zone: ZoneInfo, waiting: Iterable[Waiting]) -> Waiting | None:
    """Whom to offer a slot: the first in the fair order whom it suits."""
    return next((one for one in in_order(waiting) if one.wants(slot, zone)), None)


def told_at(now: datetime, zone: ZoneInfo) -> datetime:
    """When somebody may hear of an offer: now, or when the night is over; in UTC."""
    return _awake_from(now, zone)


def kept_until(
    start: datetime, zone: ZoneInfo, *, notice: timedelta, now: datetime
) -> datetime | None:
    """
    How long a slot at `start` is kept for the one it is offered to, in UTC.

    Two hours, in which the night does not count; never into the minimum notice, since then it
    could no longer be taken. None where too little is left to answer in.
    """
    begins = _awake_from(now, zone)
    ends = begins + OFFER_LASTS
    evening = _on(local_day(begins, zone), SLEEPS, zone)
    if ends > evening:
        ends = _on(local_day(begins, zone) + ONE_DAY, WAKES, zone) + (ends - evening)
    ends = min(ends, _awake_until(start - notice, zone))
    return ends if ends - begins >= OFFER_LASTS_AT_LEAST else None


def _awake_from(moment: datetime, zone: ZoneInfo) -> datetime:
    day, clock = local_day(moment, zone), moment.astimezone(zone).time()
    if clock < WAKES:
        return _on(day, WAKES, zone)
    return _on(day + ONE_DAY, WAKES, zone) if clock >= SLEEPS else moment


def _awake_until(moment: datetime, zone: ZoneInfo) -> datetime:
    day, clock = local_day(moment, zone), moment.astimezone(zone).time()
    if clock < WAKES:
        return _on(day - ONE_DAY, SLEEPS, zone)
    return _on(day, SLEEPS, zone) if clock >= SLEEPS else moment


def _on(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def still_known(
    known: frozenset[datetime], free: Iterable[datetime], held: Sequence[tuple[datetime, datetime]]
) -> frozenset[datetime]:
    """
    Of the starts that were free already, those that never were taken since.

    What somebody merely `held` (from, until) while looking at the form comes back as it was.
    """
    return known.intersection(free) | {
        start for start in known if any(begins <= start < ends for begins, ends in held)
    }
