"""What is taken and what is free of a plan, by what the database says at this moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from booking.domain.availability import Needs, free_starts
from booking.domain.errors import SlotUnavailable
from booking.domain.slots import Slot, by_start
from booking.domain.time import ONE_DAY, Span, midnight
from booking.services.clinic import Plan
from booking.services.times import caps, claims
from booking.services.times.claims import Taken
from booking.store.base import table
from booking.store.busy_times import BusyCalendar, BusyTime

# Made once, since making it costs more than running it.
_times, _calendars = table(BusyTime).c, table(BusyCalendar).c
_ELSEWHERE = (
    select(_calendars.practitioner_id, _times.start, _times.end)
    .join(table(BusyCalendar), _times.calendar_id == _calendars.id)
    .where(
        _calendars.practitioner_id.in_(bindparam("practitioners", expanding=True)),
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
    (busy,) = read_each(session, [plan], window, now=now, without_booking=without_booking)
    return busy


def read_each(
    session: Session,
    plans: Sequence[Plan],
    window: Span,
    *,
    now: datetime,
    without_booking: int | None = None,
) -> list[Busy]:
    """The same for several plans, in two questions however many they are."""
    resources = {one for plan in plans for one in (plan.practitioner_id, *plan.rooms)}
    found = claims.of_each(session, sorted(resources), window)
    elsewhere = _elsewhere(session, {plan.practitioner_id for plan in plans}, window)

    def counting(resource: int) -> list[Taken]:
        active = (claim for claim in found[resource] if claim.counts(now))
        return [claim for claim in active if not claim.is_of(without_booking)]

    counted = {resource: counting(resource) for resource in resources}
    return [
        Busy(
            plan=plan,
            own=counted[plan.practitioner_id],
            elsewhere=elsewhere.get(plan.practitioner_id, []),
            rooms={room: counted[room] for room in plan.rooms},
            expired=[
                claim
                for resource in (plan.practitioner_id, *plan.rooms)
                for claim in found[resource]
                if not claim.counts(now)
            ],
        )
        for plan in plans
    ]


def _elsewhere(
    session: Session, practitioner_ids: Iterable[int], window: Span
) -> dict[int, list[Span]]:
    values = {
        "practitioners": sorted(practitioner_ids),
        "window_start": window.start,
        "window_end": window.end,
    }
    found: dict[int, list[Span]] = {}
    for practitioner_id, start, end in session.execute(_ELSEWHERE, values):
        found.setdefault(practitioner_id, []).append(Span(start, end))
    return found


def fresh_starts(
    session: Session,
    plans: Sequence[Plan],
    *,
    first: date,
    last: date,
    now: datetime,
    notice: timedelta | None = None,
    without_booking: int | None = None,
) -> list[tuple[Busy, list[datetime]]]:
    """
    What is taken of each plan, and its free starts on the clinic days from `first` to `last`.

    The database is asked as often for many plans as for one. `without_booking` is one that will
    move.
    """
    if not plans:
        return []
    windows = [window(plan, first, last) for plan in plans]
    all_of_it = Span(min(one.start for one in windows), max(one.end for one in windows))
    others = caps.visits(
        session, plans, first=first, last=last, now=now, without_booking=without_booking
    )
    return [
        (
            busy,
            free_starts(
                busy.plan.rules,
                busy.taken,
                first=first,
                last=last,
                now=now,
                notice=notice,
                others=others[busy.plan.key],
                needs=busy.needs,
            ),
        )
        for busy in read_each(session, plans, all_of_it, now=now, without_booking=without_booking)
    ]


def staff_slots(
    session: Session,
    plans: Sequence[Plan],
    *,
    first: date,
    last: date,
    now: datetime,
    without_booking: int | None = None,
) -> list[Slot]:
    """
    What staff may book by phone: as for patients, but without minimum notice; by start.

    `without_booking` is one that they may move: its own time counts as free.
    """
    fresh = fresh_starts(
        session,
        plans,
        first=first,
        last=last,
        now=now,
        notice=timedelta(),
        without_booking=without_booking,
    )
    found = [slot_of(busy.plan, start) for busy, starts in fresh for start in starts]
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
