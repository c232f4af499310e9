"""How much of the open time is booked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, cast, extract, func, select
from sqlalchemy.orm import Session

from booking.domain.hours import breaks_on, closed_on, minutes_left, open_on
from booking.domain.rates import NOTHING, Rate
from booking.domain.rules import Rules
from booking.domain.time import ONE_DAY
from booking.services.clinic import Rulebook
from booking.services.reports import scope as scopes
from booking.services.reports.outcomes import BOOKED
from booking.services.reports.scope import Scope
from booking.store.bookings import Booking


@dataclass(frozen=True, slots=True)
class Use:
    """The booked and the open minutes of a practitioner on the same weekday of a month."""

    practitioner_id: int
    # Its first day.
    month: date
    weekday: int
    minutes: Rate


_Key = tuple[int, date, int]


def read(session: Session, rulebook: Rulebook, scope: Scope) -> Sequence[Use]:
    """
    What was booked of the scope's days, those to come included, and what is open of them.

    Open by the rules as they are now, whatever they were then; of one service, the hours of those
    who offer it. Visits outside of hours count too, so more may be booked than is open.
    """
    found: dict[_Key, Rate] = {}
    booked = [one for part in scope.parts() for one in _booked(session, part)]
    for key, minutes in [*booked, *_open(rulebook, scope)]:
        found[key] = found.get(key, NOTHING) + minutes
    return [Use(*key, minutes) for key, minutes in sorted(found.items())]


def of_those_with_hours(found: Iterable[Use]) -> Sequence[Use]:
    """
    Without practitioners who are never open in these days.

    Somebody who left the clinic has visits and no hours any more: beside the hours of the others
    they would make the clinic look fuller than it was.
    """
    found = list(found)
    with_hours = {use.practitioner_id for use in found if use.minutes.whole}
    return [use for use in found if use.practitioner_id in with_hours]


def rates(found: Iterable[Use], key: Callable[[Use], Any]) -> dict[Any, Rate]:
    """Booked of open minutes for each value of `key`, in order."""
    rates: dict[Any, Rate] = {}
    for use in found:
        rates[key(use)] = rates.get(key(use), NOTHING) + use.minutes
    return dict(sorted(rates.items()))


def _booked(session: Session, scope: Scope) -> Iterator[tuple[_Key, Rate]]:
    seconds = extract("epoch", Booking.end) - extract("epoch", Booking.start)
    kinds: list[Any] = [
        Booking.practitioner_id,
        func.substr(Booking.local_start, 1, 7).label("month"),
        scopes.weekday(session).label("weekday"),
    ]
    each = (
        select(*kinds, seconds.label("seconds"))
        .where(*scope.visits(), Booking.state.in_(sorted(BOOKED)))
        .subquery()
    )
    keys: list[Any] = list(each.c)[:-1]
    query: Any = select(*keys, cast(func.sum(each.c.seconds), Integer)).group_by(*keys)
    for practitioner_id, month, weekday, total in session.execute(query):
        key = (practitioner_id, date.fromisoformat(f"{month}-01"), scopes.monday_first(weekday))
        yield key, Rate(round(total / 60), 0)


def _open(rulebook: Rulebook, scope: Scope) -> Iterator[tuple[_Key, Rate]]:
    # A practitioner's hours at a place are the same for every service.
    hours: dict[tuple[int, int], Rules] = {
        (plan.practitioner_id, plan.place.id): plan.rules
        for plan in rulebook.plans
        if scope.practitioner_id in {None, plan.practitioner_id}
        and scope.service_id in {None, plan.service_id}
    }
    for (practitioner_id, _), rules in hours.items():
        day = scope.first
        while day <= scope.last:
            if minutes := _minutes_on(rules, day):
                key = (practitioner_id, day.replace(day=1), day.weekday())
                yield key, Rate(0, minutes)
            day += ONE_DAY


def _minutes_on(rules: Rules, day: date) -> int:
    opened = open_on(rules.week, rules.extra, day)
    if not opened:
        return 0
    return minutes_left(opened, [*closed_on(rules.closed, day), *breaks_on(rules.breaks, day)])
