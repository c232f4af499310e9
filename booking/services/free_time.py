"""What is taken and what is free of a plan, by what the database says at this moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from booking.domain.availability import Needs, free_starts
from booking.domain.errors import SlotUnavailable
from booking.domain.slots import Slot, by_start
from booking.domain.time import ONE_DAY, Span, midnight
from booking.services import caps, claims
from booking.services.claims import Taken
from booking.services.clinic import Plan
from booking.store.base import table
from booking.store.busy_times import BusyCalendar, BusyTime

# Made once, since making it costs more than running it.
_times, _calendars = table(BusyTime).c, table(BusyCalendar).c
_ELSEWHERE = (
    select(_times.start, _times.end)
    .join(table(BusyCalendar), _times.calendar_id == _calendars.id)
    .where(
        _calendars.practitioner_id == bindparam("practitioner"),
        _times.start < bindparam("window_end"),
        _times.end > bindparam("window_start"),
    )
)


@dataclass(frozen=True, slots=True)
class Busy:
    """
    What a plan must keep clear of: the practitioner's claims, those of each room, and what the
    practitioner's other calendars say.

    Without the claims that no longer count, which are in `expired`.
    """

    plan: Plan
    own: list[Taken]
    elsewhere: list[Span]
    rooms: dict[int, list[Taken]]
    expired: list[Taken]

    @property
    def taken(self) -> list[Span]:
        """What is taken of the practitioner."""
        return [*(claim.span for claim in self.own), *self.elsewhere]

    @property
    def needs(self) -> Needs:
        """What is taken of the rooms and devices, by kind."""
        return [
            [[claim.span for claim in self.rooms[room]] for room in kind]
            for kind in self.plan.needs
        ]

    @property
    def expiries(self) -> list[datetime]:
        """When the holds among them run out."""
        rooms = (claim for found in self.rooms.values() for claim in found)
        return [claim.expires_at for claim in (*self.own, *rooms) if claim.expires_at]

    def choose_rooms(self, span: Span) -> tuple[int, ...]:
        """
        The first free room of each kind that is needed.

        Raises:
            SlotUnavailable: one of the kinds has none.
        """
        return tuple(self._choose(kind, span) for kind in self.plan.needs)

    def _choose(self, kind: tuple[int, ...], span: Span) -> int:
        for room in kind:
            if not any(claim.span.overlaps(span) for claim in self.rooms[room]):
                return room
        raise SlotUnavailable


def read_busy(
    session: Session,
    plan: Plan,
    window: Span,
    *,
    now: datetime,
    without_booking: int | None = None,
) -> Busy:
    """
    All that is taken in `window`; `without_booking` leaves out the claims of a booking that will
    move.
    """
    own = claims.within(session, plan.practitioner_id, window)
    rooms = claims.of_each(session, plan.rooms, window)

    def counting(found: Iterable[Taken]) -> list[Taken]:
        active = (claim for claim in found if claim.counts(now))
        return [claim for claim in active if not claim.is_of(without_booking)]

    everything = (*own, *(claim for found in rooms.values() for claim in found))
    return Busy(
        plan=plan,
        own=counting(own),
        elsewhere=_elsewhere(session, plan.practitioner_id, window),
        rooms={room: counting(found) for room, found in rooms.items()},
        expired=[claim for claim in everything if not claim.counts(now)],
    )


def _elsewhere(session: Session, practitioner_id: int, window: Span) -> list[Span]:
    values = {
        "practitioner": practitioner_id,
        "window_start": window.start,
        "window_end": window.end,
    }
    return [Span(start, end) for start, end in session.execute(_ELSEWHERE, values)]


def fresh_starts(
    session: Session,
    plan: Plan,
    *,
    first: date,
    last: date,
    now: datetime,
    notice: timedelta | None = None,
) -> list[datetime]:
    """The free starts of a plan on the clinic days from `first` to `last`."""
    busy = read_busy(session, plan, window(plan, first, last), now=now)
    return starts_of(session, plan, busy, first=first, last=last, now=now, notice=notice)


def starts_of(
    session: Session,
    plan: Plan,
    busy: Busy,
    *,
    first: date,
    last: date,
    now: datetime,
    notice: timedelta | None = None,
) -> list[datetime]:
    """The same for claims that were read before."""
    return free_starts(
        plan.rules,
        busy.taken,
        first=first,
        last=last,
        now=now,
        notice=notice,
        others=caps.visits(session, plan, first=first, last=last, now=now),
        needs=busy.needs,
    )


def staff_slots(
    session: Session, plans: Iterable[Plan], *, first: date, last: date, now: datetime
) -> list[Slot]:
    """What staff may book by phone: as for patients, but without minimum notice; by start."""
    no_notice = timedelta()
    found = [
        slot_of(plan, start)
        for plan in plans
        for start in fresh_starts(session, plan, first=first, last=last, now=now, notice=no_notice)
    ]
    return sorted(found, key=by_start)


def window(plan: Plan, first: date, last: date) -> Span:
    """All instants that a visit on these days could claim."""
    visit = plan.rules.visit
    return Span(
        midnight(first, plan.rules.zone) - visit.buffer_before,
        midnight(last + ONE_DAY, plan.rules.zone) + visit.length + visit.buffer_after,
    )


def slot_of(plan: Plan, start: datetime) -> Slot:
    """The slot of a plan at `start`."""
    return Slot(
        plan.service, plan.practitioner, plan.place.slug, start, start + plan.rules.visit.length
    )
