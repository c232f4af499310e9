"""What patients see of next week: as the rules are, and as a change makes them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain.time import ONE_DAY, local_day
from booking.services.clinic import Plan, Rulebook
from booking.services.times import free_time
from booking.services.times.reading_rules import read_rulebook

_WEEK = timedelta(days=7)
# Free starts by plan.
Starts = dict[tuple[int, int, int], list[datetime]]


@dataclass(frozen=True, slots=True)
class DayAhead:
    """What patients see of one day: how many times were free before, and which are free after."""

    day: date
    before: int
    after: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class PlanAhead:
    """Next week of one service with one practitioner at one place, whose name may be left out."""

    service: str
    practitioner: str
    place: str | None
    zone: ZoneInfo
    days: list[DayAhead]


def next_week(session: Session, *, now: datetime) -> list[PlanAhead]:
    """What patients see of next week as the rules are."""
    rulebook = read_rulebook(session)
    monday = next_monday(rulebook, now)
    seen = starts(session, rulebook, monday, now=now)
    return ahead(rulebook, rulebook, seen, seen, monday)


def ahead(
    before: Rulebook, after: Rulebook, old: Starts, new: Starts, monday: date
) -> list[PlanAhead]:
    """The week from `monday` by both rulebooks; what is no longer offered is shown as well."""
    plans = {plan.key: plan for plan in (*before.plans, *after.plans)}
    return [
        _plan_ahead(after, plan, old.get(plan.key, []), new.get(plan.key, []), monday)
        for plan in plans.values()
    ]


def next_monday(rulebook: Rulebook, now: datetime) -> date:
    """The first day of next week, at the clinic."""
    today = local_day(now, rulebook.clinic.zone)
    return today - timedelta(days=today.weekday()) + _WEEK


def starts(session: Session, rulebook: Rulebook, monday: date, *, now: datetime) -> Starts:
    """What is free in the week that begins there, by plan."""
    fresh = free_time.fresh_starts(
        session, rulebook.plans, first=monday, last=monday + 6 * ONE_DAY, now=now
    )
    return {busy.plan.key: starts for busy, starts in fresh}


def _plan_ahead(
    rulebook: Rulebook, plan: Plan, old: list[datetime], new: list[datetime], monday: date
) -> PlanAhead:
    def of_day(starts: list[datetime], day: date) -> tuple[datetime, ...]:
        return tuple(start for start in starts if local_day(start, plan.rules.zone) == day)

    days = [monday + n * ONE_DAY for n in range(7)]
    return PlanAhead(
        plan.service_name,
        plan.practitioner_name,
        None if rulebook.clinic.is_one_place else plan.place.name,
        plan.rules.zone,
        [DayAhead(day, len(of_day(old, day)), of_day(new, day)) for day in days],
    )
