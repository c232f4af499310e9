"""
What becomes of each line of a table, by what the clinic's records say under the locks.

What is brought in stands in another calendar already: that it is outside of hours, or does not
begin on a step, is said and refuses nothing. What overlaps does.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.domain.errors import UnknownPractitioner, UnknownService
from booking.domain.importing import OVERLAPS, Becomes, Outcome, Remark
from booking.domain.modes import Mode
from booking.domain.steps import is_open, steps_of_day
from booking.domain.time import ONE_DAY, Span, local_day
from booking.services.clinic import Plan, Rulebook, open_first
from booking.services.imports.lines import Line, Refused
from booking.services.imports.people import Known, People, starts_of
from booking.services.times import claims
from booking.services.times.claims import Taken
from booking.services.times.free_time import read_each

_FAR = 366 * 10
# What lets a booking stand where the rules would have none.
OUTSIDE_HOURS, NO_ROOM = "outside_hours", "no_room"


@dataclass(frozen=True, slots=True)
class Visit:
    """A booking that a line becomes: by which plan, when, and what it takes."""

    plan: Plan
    span: Span
    claim: Span
    resources: tuple[int, ...]
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a line, whom it is about, and its booking if it becomes one."""

    line: Line
    outcome: Outcome
    who: Known | None = None
    visit: Visit | None = None


@dataclass
class _Calendar:
    """What is taken of a practitioner or a room, which never overlaps itself, and by whom."""

    taken: list[tuple[Span, str]] = field(default_factory=list)

    def meets(self, span: Span) -> str | None:
        """Who has an instant of `span`: the number of a line, or what else it is."""
        place = bisect_left(self.taken, (span, ""))
        for found, owner in self.taken[max(0, place - 1) : place + 1]:
            if found.overlaps(span):
                return owner
        return None

    def add(self, span: Span, owner: str) -> None:
        insort(self.taken, (span, owner))


class Decider:
    """Decides line after line; call it under the locks of all practitioners whom they name."""

    def __init__(
        self, session: Session, rulebook: Rulebook, lines: Sequence[Line], *, now: datetime
    ):
        self._rulebook = rulebook
        self._now = now
        self._plans: dict[tuple[str, str], tuple[Plan, ...]] = {}
        self._steps: dict[tuple[tuple[int, int, int], date], frozenset[datetime]] = {}
        self._read_calendars(session, lines)
        people = People(session, [line for line in lines if line.why is None])
        self._people = [people.of(line) if line.why is None else [] for line in lines]
        known = [one.id for people in self._people for one in people if one.id is not None]
        self._starts = starts_of(session, known)
        # Of those who are new, by themselves; and of patients without a booking, who came before.
        self._new_starts: set[tuple[int | Known, datetime | None]] = set()

    def _read_calendars(self, session: Session, lines: Sequence[Line]) -> None:
        starts = [line.start for line in lines if line.start is not None]
        self._calendars: dict[int, _Calendar] = {}
        self._busy: dict[int, list[Span]] = {}
        if not starts:
            return
        first, last = max(min(starts), self._now), max(starts)
        window = Span(first - ONE_DAY, max(first, last) + 2 * ONE_DAY)
        for busy in read_each(session, self._rulebook.plans, window, now=self._now):
            claims.release(session, busy.expired)
            self._busy[busy.plan.practitioner_id] = busy.elsewhere
            self._calendars[busy.plan.practitioner_id] = _calendar(busy.own)
            for room, taken in busy.rooms.items():
                self._calendars[room] = _calendar(taken)

    def all(self, lines: Sequence[Line]) -> list[Decision]:
        """What becomes of each of them, in their order."""
        return [self._one(line, who) for line, who in zip(lines, self._people, strict=True)]

    def _one(self, line: Line, people: Sequence[Known]) -> Decision:
        if line.why is not None:
            return _refusal(line, line.why)
        try:
            if (here := self._here_already(line, people)) is not None:
                return Decision(line, Outcome(line.number, Becomes.HERE_ALREADY, (here,)))
            visit, remarks = (None, ()) if line.start is None else self._visit(line, line.start)
        except Refused as refused:
            return _refusal(line, refused.remark)
        who = people[0]
        known = () if who.id is None else (Remark("known"),)
        self._new_starts.add((who.id or who, line.start))
        outcome = Outcome(line.number, Becomes.TAKEN, (*known, *line.warnings, *remarks))
        return Decision(line, outcome, who, visit)

    def _here_already(self, line: Line, people: Sequence[Known]) -> Remark | None:
        if (people[0].id or people[0], line.start) in self._new_starts:
            return Remark("twice")
        if line.start is None:
            return Remark("known") if people[0].id is not None else None
        here = any((one.id, line.start) in self._starts for one in people if one.id is not None)
        return Remark("here") if here else None

    def _visit(self, line: Line, start: datetime) -> tuple[Visit, tuple[Remark, ...]]:
        if start <= self._now:
            raise Refused("past")
        if start > self._now + _FAR * ONE_DAY:
            raise Refused("far")
        plan = self._plan(line, start)
        if plan.mode is Mode.PHONE and line.phone is None:
            raise Refused("phone_needed")
        usual = plan.rules.visit
        length = line.length or usual.length
        span = Span(start, start + length)
        claim = Span(span.start - usual.buffer_before, span.end + usual.buffer_after)
        self._require_free(plan, claim)
        rooms = self._rooms(plan, claim)
        remarks = [] if length == usual.length else [Remark("other_length")]
        remarks += self._warnings(plan, span)
        if rooms is None:
            remarks.append(Remark(NO_ROOM))
        resources = (plan.practitioner_id, *(rooms or ()))
        for resource in resources:
            self._calendars[resource].add(claim, str(line.number))
        is_kept = bool({OUTSIDE_HOURS, NO_ROOM} & {one.code for one in remarks})
        return Visit(plan, span, claim, resources, is_kept), tuple(remarks)

    def _plan(self, line: Line, start: datetime) -> Plan:
        key = (line.service, line.practitioner)
        if key not in self._plans:
            try:
                self._plans[key] = self._rulebook.plans_for(*key)
            except UnknownService:
                raise Refused("unknown_service", line.service) from None
            except UnknownPractitioner:
                raise Refused("not_together") from None
        plans = self._plans[key]
        return plans[0] if len(plans) == 1 else open_first(plans, start)[0]

    def _require_free(self, plan: Plan, claim: Span) -> None:
        owner = self._calendars[plan.practitioner_id].meets(claim)
        if owner is None:
            return
        raise Refused(OVERLAPS, owner) if owner.isdecimal() else Refused(owner)

    def _rooms(self, plan: Plan, claim: Span) -> tuple[int, ...] | None:
        """A free room of each kind that is needed; None where a kind has none."""
        found = [
            next((room for room in kind if self._calendars[room].meets(claim) is None), None)
            for kind in plan.needs
        ]
        rooms = tuple(room for room in found if room is not None)
        return rooms if len(rooms) == len(found) else None

    def _warnings(self, plan: Plan, span: Span) -> list[Remark]:
        found = []
        is_step = span.start in self._steps_of(plan, local_day(span.start, plan.rules.zone))
        # A step is open for a visit of the usual length; asking costs more than all the rest.
        is_usual = span.end - span.start <= plan.rules.visit.length
        if not (is_step and is_usual) and not is_open(plan.rules, span):
            found.append(Remark(OUTSIDE_HOURS))
        elif not is_step:
            found.append(Remark("off_step"))
        if any(busy.overlaps(span) for busy in self._busy[plan.practitioner_id]):
            found.append(Remark("busy"))
        return found

    def _steps_of(self, plan: Plan, day: date) -> frozenset[datetime]:
        key = (plan.key, day)
        if key not in self._steps:
            self._steps[key] = frozenset(steps_of_day(plan.rules, day))
        return self._steps[key]


def _calendar(taken: Iterable[Taken]) -> _Calendar:
    owners = ((one.span, "taken" if one.hold_id is None else "held") for one in taken)
    return _Calendar(sorted(owners))


def _refusal(line: Line, why: Remark) -> Decision:
    return Decision(line, Outcome(line.number, Becomes.REFUSED, (why,)))
