"""
What is offered, and whether a start is accepted: one answer for pages, API and acceptance.

Offering may answer from memory: an answer is kept under the versions that every relevant write
raises in its own transaction, and until the moment at which time alone would change it. Accepting
always reads the claims under the practitioner's lock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, case, select, true, update
from sqlalchemy.orm import Session

from booking.domain.availability import free_starts, nearest, require_free
from booking.domain.errors import NotFound
from booking.domain.slots import Slot, by_start
from booking.domain.time import ONE_DAY, Span, instant, local_day, midnight
from booking.services import caps, claims
from booking.services.clinic import Plan, Rulebook, read_rulebook
from booking.store.base import table
from booking.store.clinic import Clinic, Resource
from booking.store.engine import Glance

ALTERNATIVES = 3
_TICK = timedelta(microseconds=1)

# Made once, since making them costs more than running them.
_clinic, _resources = table(Clinic).c, table(Resource).c
_CLINIC_VERSION = select(_clinic.version)
# The same as text, for a glance.
VERSIONS = (
    "SELECT resources.id, resources.version, clinic.version FROM resources JOIN clinic ON 1 = 1"
)
_VERSIONS = select(_resources.id, _resources.version, _clinic.version).select_from(
    table(Resource).join(table(Clinic), true())
)
_LOCK = (
    update(table(Resource))
    .where(_resources.id == bindparam("practitioner"))
    .values(version=_resources.version + 1)
)
_LOCK_CALENDAR = _LOCK.values(
    calendar_version=_resources.calendar_version + 1,
    # Transactions may commit in another order than they took the time: it only ever rises.
    calendar_second=case(
        (_resources.calendar_second >= bindparam("second"), _resources.calendar_second + 1),
        else_=bindparam("second"),
    ),
)


@dataclass(frozen=True, slots=True)
class Timetable:
    """All free starts of one plan up to its horizon, and how long this stays true."""

    plan: Plan
    versions: tuple[int, int]
    since: datetime
    until: datetime
    starts: tuple[datetime, ...]
    days: tuple[date, ...]

    def holds(self, versions: tuple[int, int], now: datetime) -> bool:
        """Whether nothing was written since, and time alone has not changed it either."""
        return self.versions == versions and self.since <= now < self.until

    def between(self, first: date, last: date) -> tuple[datetime, ...]:
        """The free starts on the clinic days from `first` to `last`, both included."""
        return self.starts[bisect_left(self.days, first) : bisect_right(self.days, last)]

    def slots(self, first: date, last: date) -> list[Slot]:
        """The same as slots."""
        return [_slot(self.plan, start) for start in self.between(first, last)]


class Offers:
    """What this process remembers of rules and free starts. Safe to share between threads."""

    def __init__(self) -> None:
        # Only ever replaced as a whole or by key, so readers need no lock.
        self._rulebook: Rulebook | None = None
        self._timetables: dict[tuple[int, int], Timetable] = {}

    def rulebook(self, session: Session) -> Rulebook:
        """
        The clinic's rules as they are in the database now.

        Raises:
            NotSetUp: there is no clinic yet.
        """
        return self._rulebook_at(session, session.scalar(_CLINIC_VERSION))

    def _rulebook_at(self, session: Session, version: int | None) -> Rulebook:
        known = self._rulebook
        if known is None or known.version != version:
            known = self._rulebook = read_rulebook(session)
        return known

    def practitioner_id(self, session: Session, service: str, practitioner: str) -> int:
        """
        Whom to lock, from memory where possible: what is so is read again under the lock.

        Raises:
            UnknownService, UnknownPractitioner: nobody offers this.
        """
        try:
            known = self._rulebook or self.rulebook(session)
            return known.plan(service, practitioner).practitioner_id
        except NotFound:
            # Perhaps it is new.
            return self.rulebook(session).plan(service, practitioner).practitioner_id

    def remembered_rulebook(self, glance: Glance) -> Rulebook | None:
        """The rules, if they are remembered and still true; `glance` is at `VERSIONS`."""
        known = self._rulebook
        if known is None or not glance.rows or glance.rows[0][2] != known.version:
            return None
        return known

    def remembered(
        self, glance: Glance, *, service: str, practitioner: str | None = None
    ) -> list[Timetable] | None:
        """
        What `timetables` would answer, if all of it is remembered and still true.

        `glance` is at `VERSIONS`.

        Raises:
            UnknownService, UnknownPractitioner: nobody offers this.
        """
        rulebook = self.remembered_rulebook(glance)
        if rulebook is None:
            return None
        versions = {row[0]: (row[2], row[1]) for row in glance.rows}
        found = []
        for plan in rulebook.plans_for(service, practitioner):
            known = self._timetables.get((plan.service_id, plan.practitioner_id))
            if known is None or not known.holds(versions[plan.practitioner_id], glance.now):
                return None
            found.append(known)
        return found

    def timetables(
        self, session: Session, *, service: str, practitioner: str | None = None, now: datetime
    ) -> list[Timetable]:
        """
        What is free for a service, with one practitioner or with each who offers it.

        Raises:
            UnknownService, UnknownPractitioner: nobody offers this.
        """
        rows = session.execute(_VERSIONS).all()
        rulebook = self._rulebook_at(session, rows[0][2] if rows else None)
        claims_versions = {row[0]: row[1] for row in rows}
        return [
            self._timetable(
                session, plan, (rulebook.version, claims_versions[plan.practitioner_id]), now
            )
            for plan in rulebook.plans_for(service, practitioner)
        ]

    def _timetable(
        self, session: Session, plan: Plan, versions: tuple[int, int], now: datetime
    ) -> Timetable:
        key = (plan.service_id, plan.practitioner_id)
        known = self._timetables.get(key)
        if known is None or not known.holds(versions, now):
            known = self._timetables[key] = _read_timetable(session, plan, versions, now)
        return known


def slots(
    session: Session,
    offers: Offers,
    *,
    service: str,
    practitioner: str | None = None,
    first: date,
    last: date,
    now: datetime,
) -> list[Slot]:
    """
    The slots on offer on the clinic days from `first` to `last`, by start, then practitioner.

    Raises:
        UnknownService, UnknownPractitioner: nobody offers this.
    """
    tables = offers.timetables(session, service=service, practitioner=practitioner, now=now)
    found = [slot for table in tables for slot in table.slots(first, last)]
    return found if len(tables) == 1 else sorted(found, key=by_start)


def first_slots(tables: Sequence[Timetable], limit: int) -> list[Slot]:
    """The next free slots, by start; of several practitioners at one time, the first named."""
    found = [_slot(table.plan, start) for table in tables for start in table.starts[:limit]]
    one_each = {slot.start: slot for slot in sorted(found, key=by_start, reverse=True)}
    return sorted(one_each.values(), key=by_start)[:limit]


def alternatives(tables: Sequence[Timetable], wanted: datetime) -> list[Slot]:
    """Up to three free slots, those nearest to `wanted` (aware), by start."""
    found = [
        _slot(table.plan, start)
        for table in tables
        for start in nearest(table.starts, wanted, limit=ALTERNATIVES)
    ]
    found.sort(key=lambda slot: (abs(slot.start - wanted), slot.practitioner))
    return sorted(found[:ALTERNATIVES], key=by_start)


def staff_slots(
    session: Session, plans: Iterable[Plan], *, first: date, last: date, now: datetime
) -> list[Slot]:
    """What staff may book by phone: as for patients, but without minimum notice; by start."""
    no_notice = timedelta()
    found = [
        _slot(plan, start)
        for plan in plans
        for start in fresh_starts(session, plan, first=first, last=last, now=now, notice=no_notice)
    ]
    return sorted(found, key=by_start)


def fresh_starts(
    session: Session,
    plan: Plan,
    *,
    first: date,
    last: date,
    now: datetime,
    notice: timedelta | None = None,
) -> list[datetime]:
    """The free starts of a plan, by what the database says at this moment."""
    found = claims.within(session, plan.practitioner_id, _window(plan, first, last))
    return free_starts(
        plan.rules,
        [claim.span for claim in found if claim.counts(now)],
        first=first,
        last=last,
        now=now,
        notice=notice,
        others=caps.visits(session, plan, first=first, last=last, now=now),
    )


def lock(
    session: Session,
    offers: Offers,
    practitioner_ids: Sequence[int],
    *,
    calendar_changed: datetime | None = None,
) -> Rulebook:
    """
    Take the lock of each practitioner, and read the rules under it.

    `calendar_changed` is given when a booking changes, so that feeds notice.

    Raising the version is the lock: the row stays locked until the transaction ends, and every
    remembered answer about the practitioner ends with it. Taken in sorted order, so that two
    transactions that need the same two never wait for each other.
    """
    for practitioner_id in sorted(set(practitioner_ids)):
        if calendar_changed is None:
            session.execute(_LOCK, {"practitioner": practitioner_id})
        else:
            second = int(calendar_changed.timestamp())
            session.execute(_LOCK_CALENDAR, {"practitioner": practitioner_id, "second": second})
    # A statement of its own: it sees what was committed while the lock was waited for.
    return offers.rulebook(session)


def require_slot(
    session: Session,
    plan: Plan,
    start: datetime,
    *,
    now: datetime,
    notice: timedelta | None = None,
    without_booking: int | None = None,
) -> Slot:
    """
    The slot at `start`, if it is on offer. Call it under the practitioner's lock.

    Holds of the day that ran out make way for it. `without_booking` leaves out the claim of a
    booking that is about to move.

    Raises:
        SlotRefusal: why it is not on offer, with what was asked for.
    """
    utc = instant(start)
    day = local_day(utc, plan.rules.zone)
    found = claims.within(session, plan.practitioner_id, _window(plan, day, day))
    taken = [
        claim.span
        for claim in found
        if claim.counts(now) and (without_booking is None or claim.booking_id != without_booking)
    ]
    others = caps.visits(
        session, plan, first=day, last=day, now=now, without_booking=without_booking
    )
    free = require_free(plan.rules, taken, start, now=now, notice=notice, others=others)
    slot = _slot(plan, free)
    claims.release(session, [claim for claim in found if not claim.counts(now)])
    return slot


def _read_timetable(
    session: Session, plan: Plan, versions: tuple[int, int], now: datetime
) -> Timetable:
    zone = plan.rules.zone
    today, last = local_day(now, zone), plan.rules.last_day(now)
    found = claims.within(session, plan.practitioner_id, _window(plan, today, last))
    active = [claim for claim in found if claim.counts(now)]
    starts = free_starts(
        plan.rules,
        [claim.span for claim in active],
        first=today,
        last=last,
        now=now,
        others=caps.visits(session, plan, first=today, last=last, now=now),
    )
    # Time alone changes the answer when a hold runs out, when the first start comes closer than
    # the notice, and at midnight, when the horizon moves on.
    edges = [midnight(today + ONE_DAY, zone), *(c.expires_at for c in active if c.expires_at)]
    if starts:
        edges.append(starts[0] - plan.rules.visit.notice + _TICK)
    return Timetable(
        plan=plan,
        versions=versions,
        since=now,
        until=min(edges),
        starts=tuple(starts),
        days=tuple(local_day(start, zone) for start in starts),
    )


def _window(plan: Plan, first: date, last: date) -> Span:
    """All instants that a visit on these days could claim."""
    visit = plan.rules.visit
    return Span(
        midnight(first, plan.rules.zone) - visit.buffer_before,
        midnight(last + ONE_DAY, plan.rules.zone) + visit.length + visit.buffer_after,
    )


def _slot(plan: Plan, start: datetime) -> Slot:
    return Slot(plan.service, plan.practitioner, start, start + plan.rules.visit.length)
