"""What became of visits: who came, who did not, and what was cancelled by whom."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from booking.domain.lifecycle import ActorKind, State
from booking.domain.rates import NOTHING, Rate
from booking.services.reports import scope as scopes
from booking.services.reports.scope import By, Circumstances, Scope
from booking.store.bookings import Booking
from booking.store.records import AuditEntry

CAME = frozenset({State.ARRIVED, State.IN_ROOM, State.COMPLETED, State.LEFT})
DUE = CAME | {State.NO_SHOW}
BOOKED = DUE | {State.CONFIRMED}
_COUNTED = tuple(sorted(BOOKED | {State.CANCELLED}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    So many visits of one kind. `cancelled_by` is None also where it was not recorded;
    `lead_seconds` are those from booking to start, of all of them together.
    """

    at: Circumstances
    state: State
    cancelled_by: ActorKind | None
    cancelled_late: bool
    visits: int
    lead_seconds: int


Test = Callable[[Outcome], bool]


def read(session: Session, scope: Scope, *, now: datetime) -> Sequence[Outcome]:
    """
    The visits whose start has come by `now`, in groups.

    What only was asked for, ran out, or was entered in error was no visit.
    """
    return [
        _outcome(*found)
        for part in scope.parts()
        for found in session.execute(_query(session, part, now=now))
    ]


def _query(session: Session, scope: Scope, *, now: datetime) -> Any:
    each: Any = (
        select(
            *scopes.columns(session),
            Booking.state.label("state"),
            case((Booking.state == State.CANCELLED, _cancelled_by())).label("cancelled_by"),
            Booking.cancelled_late.label("cancelled_late"),
        )
        .where(*scope.visits(), Booking.start <= now, Booking.state.in_(_COUNTED))
        .cte("each")
        .prefix_with("MATERIALIZED")
    )
    ends = (each.c.state, each.c.cancelled_by, each.c.cancelled_late)
    alike = select(*scopes.kinds(each), *ends, each.c.lead).subquery()
    *kinds, seconds = alike.c
    return select(*kinds, func.count(), func.sum(seconds)).group_by(*kinds)


def _outcome(*found: Any) -> Outcome:
    *at, state, by, late, visits, seconds = found
    who = ActorKind(by) if by else None
    return Outcome(scopes.circumstances(*at), State(state), who, bool(late), visits, int(seconds))


def _cancelled_by() -> Any:
    """Who took the last step into being cancelled."""
    return (
        select(AuditEntry.actor_kind)
        .where(
            AuditEntry.booking_id == Booking.id,
            AuditEntry.action == "state",
            AuditEntry.to_value == State.CANCELLED.value,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
        .correlate(Booking)
        .scalar_subquery()
    )


def rate(found: Iterable[Outcome], counts: Test, *, of: Test) -> Rate:
    """How many of the visits that `of` takes are also taken by `counts`."""
    whole = [one for one in found if of(one)]
    return Rate(sum(one.visits for one in whole if counts(one)), sum(one.visits for one in whole))


def rates(found: Iterable[Outcome], by: By, counts: Test, *, of: Test) -> dict[Any, Rate]:
    """The same for each value of what they are told apart by, in order."""
    rates: dict[Any, Rate] = {}
    for one in found:
        if of(one):
            value = one.at.value(by)
            more = Rate(one.visits if counts(one) else 0, one.visits)
            rates[value] = rates.get(value, NOTHING) + more
    return dict(sorted(rates.items()))


def came_due(one: Outcome) -> bool:
    """Somebody said whether the patient came."""
    return one.state in DUE


def is_no_show(one: Outcome) -> bool:
    """Nobody came."""
    return one.state is State.NO_SHOW


def is_unresolved(one: Outcome) -> bool:
    """Its time has come, and nobody said what became of it."""
    return one.state is State.CONFIRMED


def is_any(_: Outcome) -> bool:
    """Whatever became of it."""
    return True


def is_cancelled(one: Outcome) -> bool:
    """It did not take place, and that was known before."""
    return one.state is State.CANCELLED


def by_patient(one: Outcome) -> bool:
    """Cancelled by the patient, online."""
    return is_cancelled(one) and one.cancelled_by is ActorKind.PATIENT


def by_clinic(one: Outcome) -> bool:
    """Cancelled by staff or by the program."""
    return is_cancelled(one) and one.cancelled_by not in {None, ActorKind.PATIENT}


def by_nobody_known(one: Outcome) -> bool:
    """Cancelled, and not recorded by whom."""
    return is_cancelled(one) and one.cancelled_by is None


def is_late(one: Outcome) -> bool:
    """Cancelled by the patient in the last 24 hours."""
    return is_cancelled(one) and one.cancelled_late


def lead_days(found: Iterable[Outcome]) -> float:
    """How many days of 24 hours lie between booking and start, on average; there are visits."""
    found = list(found)
    seconds = sum(one.lead_seconds for one in found)
    return seconds / sum(one.visits for one in found) / (24 * 60 * 60)
