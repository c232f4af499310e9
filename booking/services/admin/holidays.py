"""Public holidays, reviewed and switched one by one: those that are on are closures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from booking.domain.hours import DAY_MINUTES
from booking.domain.time import ONE_DAY
from booking.formats import public_holidays
from booking.services.admin.rule_changes import Edit
from booking.store.base import insert_row
from booking.store.clinic import Clinic, Closure

_NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday, and whether the clinic is closed on it."""

    day: date
    name: str
    is_closed: bool


def region_of(session: Session) -> str | None:
    """The region that was chosen last."""
    return session.scalar(select(Clinic.region))


def of_year(session: Session, country: str, region: str | None, year: int) -> list[Holiday]:
    """
    The holidays of a year, by date.

    Another region's that are switched on are among them, so that they can be switched off.
    """
    known = public_holidays.of_year(country, region, year)
    days = (date(year, 1, 1) + n * ONE_DAY for n in range(366))
    rows = session.execute(select(Closure.first_day, Closure.name).where(_on(list(days))))
    closed = {day: name for day, name in rows if day.year == year}
    unknown = closed.keys() - {day for day, _ in known}
    elsewhere = public_holidays.of_any_region(country, year) if unknown else frozenset()
    known += [(day, closed[day]) for day in unknown if (day, closed[day]) in elsewhere]
    return [Holiday(day, name, day in closed) for day, name in sorted(known)]


def switch(
    year: int, region: str | None, known: Sequence[Holiday], closed_on: frozenset[date]
) -> Edit:
    """
    Close on some of the holidays that are known, and open on the others.

    The region is remembered, for next year's.
    """

    def apply(session: Session) -> str:
        was = frozenset(one.day for one in known if one.is_closed)
        if (region, closed_on) == (region_of(session), was):
            return ""
        session.execute(update(Clinic).values(region=region))
        session.execute(delete(Closure).where(_on([one.day for one in known])))
        for one in known:
            if one.day in closed_on:
                insert_row(
                    session,
                    Closure,
                    practitioner_id=None,
                    location_id=None,
                    name=one.name[:_NAME_MAX],
                    first_day=one.day,
                    last_day=one.day,
                    begins=0,
                    ends=DAY_MINUTES,
                    is_yearly=False,
                )

        names = "; ".join(one.name for one in known if one.day in closed_on)
        where = f" ({region})" if region else ""
        return f"{year}{where}: closed on {len(closed_on)} of {len(known)}: {names}"

    return Edit("holidays", apply)


def _on(days: Sequence[date]) -> ColumnElement[bool]:
    """Closures of the whole clinic for exactly one of these days."""
    return and_(
        Closure.first_day.in_(days),
        Closure.last_day == Closure.first_day,
        Closure.begins == 0,
        Closure.ends == DAY_MINUTES,
        Closure.practitioner_id.is_(None),
        Closure.location_id.is_(None),
        Closure.is_yearly.is_(False),
    )
