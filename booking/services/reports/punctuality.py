"""How punctual visits were: who arrived late, who was called in late, and what was announced."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, extract, func, select
from sqlalchemy.orm import Session

from booking.domain.lifecycle import State
from booking.domain.rates import NOTHING, Rate
from booking.services.reports import scope as scopes
from booking.services.reports.outcomes import CAME
from booking.services.reports.scope import By, Circumstances, Scope
from booking.store.bookings import Booking
from booking.store.lateness import Lateness
from booking.store.records import AuditEntry

# Waits by class, each from so many minutes on; from `LATE` on it is late.
WAITS_FROM = (0, 5, 10, 20, 30)
LATE = 10
_LATE_CLASS = WAITS_FROM.index(LATE)
# Announcements by class, each up to so many minutes; the last has no end.
ANNOUNCED_UP_TO = (15, 30, 60)


@dataclass(frozen=True, slots=True)
class Punctuality:
    """
    So many visits that took place. `arrived_late` is None where nobody marked the arrival.

    `wait` counts in `WAITS_FROM` from the start, or from an arrival after it, until the patient was
    called in; None where that was not marked.
    """

    at: Circumstances
    arrived_late: bool | None
    wait: int | None
    visits: int

    @property
    def called_late(self) -> bool | None:
        """Whether the patient, being there, was called in late."""
        return None if self.wait is None else self.wait >= _LATE_CLASS


Test = Callable[[Punctuality], bool | None]


def read(session: Session, scope: Scope, *, now: datetime) -> Sequence[Punctuality]:
    """The visits that took place until `now`, in groups."""
    return [
        _punctuality(*found)
        for part in scope.parts()
        for found in session.execute(_query(session, part, now=now))
    ]


def _query(session: Session, scope: Scope, *, now: datetime) -> Any:
    each: Any = (
        select(
            *scopes.columns(session),
            extract("epoch", Booking.start).label("due"),
            extract("epoch", _step(State.ARRIVED)).label("arrived"),
            extract("epoch", _step(State.IN_ROOM)).label("called"),
        )
        .where(*scope.visits(), Booking.start <= now, Booking.state.in_(sorted(CAME)))
        .cte("each")
        .prefix_with("MATERIALIZED")
    )
    due, arrived, called = each.c.due, each.c.arrived, each.c.called
    ready = case((arrived > due, arrived), else_=due)
    late = case((arrived.is_not(None), arrived - due >= LATE * 60)).label("late")
    wait = _class(called, called - ready).label("wait")
    alike = select(*scopes.kinds(each), late, wait).subquery()
    return select(*alike.c, func.count()).group_by(*alike.c)


def _punctuality(*found: Any) -> Punctuality:
    *at, late, wait, visits = found
    late = None if late is None else bool(late)
    return Punctuality(scopes.circumstances(*at), late, wait, visits)


def _step(to: State) -> Any:
    """When a visit last came to a state; taking back is no step."""
    return (
        select(func.max(AuditEntry.at))
        .where(
            AuditEntry.booking_id == Booking.id,
            AuditEntry.action == "state",
            AuditEntry.to_value == to.value,
        )
        .correlate(Booking)
        .scalar_subquery()
    )


def _class(called: Any, seconds: Any) -> Any:
    ends = enumerate(WAITS_FROM[1:])
    steps = [(seconds < minutes * 60, number) for number, minutes in ends]
    return case((called.is_(None), None), *steps, else_=len(WAITS_FROM) - 1)


def arrived_late(one: Punctuality) -> bool | None:
    """Of those whose arrival was marked."""
    return one.arrived_late


def called_late(one: Punctuality) -> bool | None:
    """Of those who were marked as called in."""
    return one.called_late


def rate(found: Iterable[Punctuality], is_late: Test) -> Rate:
    """How many were late, of those of whom it is known."""
    return sum((_one(one, is_late) for one in found), NOTHING)


def rates(found: Iterable[Punctuality], by: By, is_late: Test) -> dict[Any, Rate]:
    """The same for each value of what they are told apart by, in order."""
    rates: dict[Any, Rate] = {}
    for one in found:
        if is_late(one) is not None:
            value = one.at.value(by)
            rates[value] = rates.get(value, NOTHING) + _one(one, is_late)
    return dict(sorted(rates.items()))


def _one(one: Punctuality, is_late: Test) -> Rate:
    known = is_late(one)
    return NOTHING if known is None else Rate(one.visits if known else 0, one.visits)


def waits(found: Iterable[Punctuality]) -> dict[int, Rate]:
    """How many waited for how long, of those who were called in; every class is there."""
    counted: Counter[int] = Counter()
    for one in found:
        if one.wait is not None:
            counted[one.wait] += one.visits
    return {wait: Rate(counted[wait], counted.total()) for wait in range(len(WAITS_FROM))}


def announced(session: Session, scope: Scope) -> dict[int, Rate]:
    """
    Days on which a practitioner was announced to run late, by the most that was announced.

    Whatever the service: it is the practitioner who runs late.
    """
    query = (
        select(func.max(Lateness.minutes))
        .where(
            Lateness.day >= scope.first,
            Lateness.day <= scope.last,
            *scope.of_practitioner(Lateness.practitioner_id),
        )
        .group_by(Lateness.practitioner_id, Lateness.day)
    )
    counted: Counter[int] = Counter(
        sum(minutes > most for most in ANNOUNCED_UP_TO) for minutes in session.scalars(query)
    )
    return {one: Rate(counted[one], counted.total()) for one in range(len(ANNOUNCED_UP_TO) + 1)}
