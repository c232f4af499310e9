"""
What is offered, to pages and API.

It may be answered from memory: an answer is kept under the versions that every relevant write
raises in its own transaction, and until the moment at which time alone would change it. Accepting
(acceptance.py) always reads the claims, under the locks.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from booking.domain.availability import nearest
from booking.domain.errors import NotFound
from booking.domain.slots import Slot, by_start
from booking.domain.time import ONE_DAY, local_day, midnight
from booking.services.clinic import Plan, Rulebook
from booking.services.times.free_time import Busy, fresh_starts, slot_of
from booking.services.times.reading_rules import read_rulebook
from booking.store.base import table
from booking.store.clinic import Clinic, Resource
from booking.store.engine import Glance

ALTERNATIVES = 3
_TICK = timedelta(microseconds=1)

# Made once, since making them costs more than running them.
_clinic, _resources = table(Clinic).c, table(Resource).c
_CLINIC_VERSION = select(_clinic.version)
# As text, for a glance; boards look at it too (services/versions.py).
VERSIONS = (
    "SELECT resources.id, resources.version, clinic.version, resources.board_version"
    " FROM resources JOIN clinic ON 1 = 1"
)
_VERSIONS = select(_resources.id, _resources.version, _clinic.version).select_from(
    table(Resource).join(table(Clinic), true())
)


# Of the rules, of the practitioner, and of each room: under these an answer is remembered.
Versions = tuple[int, ...]
# Service, practitioner and location.
Key = tuple[int, int, int]
# The same as they are asked for, by their public names; None is any of them.
Question = tuple[str, str | None, str | None]
# ISO year and week.
Week = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Timetable:
    """All free starts of one plan up to its horizon, and how long this stays true."""

    plan: Plan
    versions: Versions
    since: datetime
    until: datetime
    starts: tuple[datetime, ...]
    days: tuple[date, ...]
    # How many visits the practitioner has in each week, held ones included.
    load: Mapping[Week, int]

    def holds(self, versions: Versions, now: datetime) -> bool:
        """Whether nothing was written since, and time alone has not changed it either."""
        return self.versions == versions and self.since <= now < self.until

    def between(self, first: date, last: date) -> tuple[datetime, ...]:
        """The free starts on the clinic days from `first` to `last`, both included."""
        return self.starts[bisect_left(self.days, first) : bisect_right(self.days, last)]

    def load_at(self, start: datetime) -> int:
        """How many visits the practitioner has in the week of `start`."""
        return self.load.get(_week(local_day(start, self.plan.rules.zone)), 0)

    def slots(self, first: date, last: date) -> list[Slot]:
        """The same as slots."""
        return [slot_of(self.plan, start) for start in self.between(first, last)]


@dataclass(frozen=True, slots=True)
class _Recalled:
    """The tables of one question as they were found at these versions: fifty cost one look."""

    rows: list[tuple[Any, ...]]
    tables: list[Timetable]

    def holds(self, glance: Glance) -> bool:
        return self.rows == glance.rows and all(
            table.since <= glance.now < table.until for table in self.tables
        )


class Offers:
    """What this process remembers of rules and free starts. Safe to share between threads."""

    def __init__(self) -> None:
        # Only ever replaced as a whole or by key, so readers need no lock.
        self._rulebook: Rulebook | None = None
        self._timetables: dict[Key, Timetable] = {}
        self._recalled: dict[Question, _Recalled] = {}

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

    def known_rulebook(self, session: Session) -> Rulebook:
        """The rules as they were lately, from memory where possible: for what will be locked."""
        return self._rulebook or self.rulebook(session)

    def practitioner_id(self, session: Session, service: str, practitioner: str) -> int:
        """
        Whom to lock, from memory where possible: what is so is read again under the lock.

        Raises:
            UnknownService, UnknownPractitioner: nobody offers this.
        """
        try:
            plans = self.known_rulebook(session).plans_for(service, practitioner)
        except NotFound:
            # Perhaps it is new.
            plans = self.rulebook(session).plans_for(service, practitioner)
        return plans[0].practitioner_id

    def remembered_rulebook(self, glance: Glance) -> Rulebook | None:
        """The rules, if they are remembered and still true; `glance` is at `VERSIONS`."""
        known = self._rulebook
        if known is None or not glance.rows or glance.rows[0][2] != known.version:
            return None
        return known

    def remembered(
        self,
        glance: Glance,
        service: str,
        practitioner: str | None = None,
        location: str | None = None,
    ) -> list[Timetable] | None:
        """
        What `timetables` would answer, if all of it is remembered and still true.

        `glance` is at `VERSIONS`.

        Raises:
            UnknownService, UnknownPractitioner, UnknownLocation: nobody offers this, or not there.
        """
        question = service, practitioner, location
        recalled = self._recalled.get(question)
        if recalled is not None and recalled.holds(glance):
            return recalled.tables
        rulebook = self.remembered_rulebook(glance)
        if rulebook is None:
            return None
        versions = {row[0]: row[1] for row in glance.rows}
        found = []
        for plan in rulebook.plans_for(service, practitioner, location):
            known = self._known(plan, _versions(rulebook, versions, plan), glance.now)
            if known is None:
                return None
            found.append(known)
        self._recalled[question] = _Recalled(glance.rows, found)
        return found

    def timetables(
        self,
        session: Session,
        service: str,
        practitioner: str | None = None,
        location: str | None = None,
        *,
        now: datetime,
    ) -> list[Timetable]:
        """
        What is free for a service: one table for each practitioner who offers it at each place.

        Raises:
            UnknownService, UnknownPractitioner, UnknownLocation: nobody offers this, or not there.
        """
        rows = session.execute(_VERSIONS).all()
        rulebook = self._rulebook_at(session, rows[0][2] if rows else None)
        claims_versions = {row[0]: row[1] for row in rows}
        plans = rulebook.plans_for(service, practitioner, location)
        versions = {plan.key: _versions(rulebook, claims_versions, plan) for plan in plans}
        known = {plan.key: self._known(plan, versions[plan.key], now) for plan in plans}
        stale = [plan for plan in plans if known[plan.key] is None]
        # What is given back is what was read here: other threads may be behind.
        read = {one.plan.key: one for one in _read_timetables(session, stale, versions, now)}
        self._timetables.update(read)
        return [known[plan.key] or read[plan.key] for plan in plans]

    def _known(self, plan: Plan, versions: Versions, now: datetime) -> Timetable | None:
        known = self._timetables.get(plan.key)
        return known if known is not None and known.holds(versions, now) else None


def _versions(rulebook: Rulebook, versions: Mapping[int, int], plan: Plan) -> Versions:
    return (
        rulebook.version,
        versions[plan.practitioner_id],
        *(versions[room] for room in plan.rooms),
    )


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
    return listed(offers.timetables(session, service, practitioner, now=now), first, last)


def listed(tables: Sequence[Timetable], first: date, last: date) -> list[Slot]:
    """
    All slots on these clinic days, by start, then practitioner.

    Nobody is at two places: where hours say so all the same, the first counts, as in accepting.
    """
    if len(tables) == 1:
        return tables[0].slots(first, last)
    found: dict[tuple[datetime, str], Slot] = {}
    for timetable in tables:
        for slot in timetable.slots(first, last):
            found.setdefault(by_start(slot), slot)
    return [found[key] for key in sorted(found)]


def whoever_is_free(tables: Sequence[Timetable], first: date, last: date) -> list[Slot]:
    """One slot for each start on these clinic days, fairly shared; by start."""
    return _shared(tables, [table.between(first, last) for table in tables])


def first_slots(tables: Sequence[Timetable], limit: int) -> list[Slot]:
    """The next free slots, one for each start, fairly shared; by start."""
    return _shared(tables, [table.starts[:limit] for table in tables])[:limit]


def at_this_time(tables: Sequence[Timetable], start: datetime) -> list[Slot]:
    """All who are free at `start`, those with fewest visits in that week first."""
    free: dict[str, Timetable] = {}
    for timetable in tables:
        if start in timetable.starts:
            free.setdefault(timetable.plan.practitioner, timetable)
    ordered = sorted(free.values(), key=lambda one: one.load_at(start))
    return [slot_of(one.plan, start) for one in ordered]


def _shared(tables: Sequence[Timetable], starts: Sequence[Sequence[datetime]]) -> list[Slot]:
    """Each start with whoever has fewest visits in its week; of equals, with the first named."""
    if len(tables) == 1:
        return [slot_of(tables[0].plan, start) for start in starts[0]]
    best: dict[datetime, tuple[int, Timetable]] = {}
    for timetable, own in zip(tables, starts, strict=True):
        for start in own:
            load = timetable.load_at(start)
            if start not in best or load < best[start][0]:
                best[start] = load, timetable
    return [slot_of(best[start][1].plan, start) for start in sorted(best)]


def alternatives(tables: Sequence[Timetable], wanted: datetime) -> list[Slot]:
    """Up to three free slots at different times, those nearest to `wanted` (aware), by start."""
    near = [nearest(table.starts, wanted, limit=ALTERNATIVES) for table in tables]
    found = sorted(_shared(tables, near), key=lambda slot: abs(slot.start - wanted))
    return sorted(found[:ALTERNATIVES], key=by_start)


def _read_timetables(
    session: Session, plans: Sequence[Plan], versions: Mapping[Key, Versions], now: datetime
) -> Iterator[Timetable]:
    """In as many questions for many plans as for one."""
    if not plans:
        return
    first = min(local_day(now, plan.rules.zone) for plan in plans)
    last = max(plan.rules.last_day(now) for plan in plans)
    for busy, starts in fresh_starts(session, plans, first=first, last=last, now=now):
        yield _timetable(busy, starts, versions[busy.plan.key], now)


def _timetable(
    busy: Busy, starts: Sequence[datetime], versions: Versions, now: datetime
) -> Timetable:
    plan, zone = busy.plan, busy.plan.rules.zone
    # Time alone changes the answer when a hold runs out, when the first start comes closer than
    # the notice, and at midnight, when the horizon moves on.
    edges = [midnight(local_day(now, zone) + ONE_DAY, zone), *busy.expiries]
    if starts:
        edges.append(starts[0] - plan.rules.visit.notice + _TICK)
    return Timetable(
        plan=plan,
        versions=versions,
        since=now,
        until=min(edges),
        starts=tuple(starts),
        days=tuple(local_day(start, zone) for start in starts),
        load=Counter(_week(local_day(claim.span.start, zone)) for claim in busy.own),
    )


def _week(day: date) -> Week:
    return day.isocalendar()[:2]
