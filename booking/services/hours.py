"""A practitioner's weekly hours."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.hours import OpenStretch, show_clock
from booking.services.clinic import stretch_of
from booking.services.rule_changes import Edit
from booking.store.base import insert_row
from booking.store.clinic import OpeningHours, Practitioner

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def week_of(session: Session, practitioner_id: int) -> list[OpenStretch]:
    """The weekly hours in the order of the week."""
    rows = session.scalars(
        select(OpeningHours)
        .where(OpeningHours.practitioner_id == practitioner_id)
        .order_by(OpeningHours.weekday, OpeningHours.opens, OpeningHours.id)
    )
    return [stretch_of(row) for row in rows]


def set_week(practitioner: Practitioner, week: Sequence[OpenStretch]) -> Edit:
    """Put these hours in the place of those there are."""
    practitioner_id, slug = practitioner.id, practitioner.slug

    def apply(session: Session) -> str:
        before = week_of(session, practitioner_id)
        session.execute(delete(OpeningHours).where(OpeningHours.practitioner_id == practitioner_id))
        for stretch in week:
            insert_row(
                session,
                OpeningHours,
                practitioner_id=practitioner_id,
                weekday=stretch.weekday,
                opens=stretch.opens,
                closes=stretch.closes,
                valid_from=stretch.since,
                valid_until=stretch.until,
                every_weeks=stretch.every,
            )

        return f"{slug}: {_words(before)}; now: {_words(week)}"

    return Edit("hours", apply)


def _words(week: Sequence[OpenStretch]) -> str:
    days: dict[str, list[str]] = {}
    for one in sorted(week, key=lambda stretch: (stretch.weekday, stretch.opens)):
        often = "" if one.every == 1 else f" every {one.every} weeks"
        days.setdefault(_WEEKDAYS[one.weekday], []).append(
            f"{show_clock(one.opens)}-{show_clock(one.closes)}{often}"
        )
    stretches = ", ".join(f"{day} {' '.join(times)}" for day, times in days.items())
    return f"{_total(week)} hours a week ({stretches})" if week else "closed"


def _total(week: Sequence[OpenStretch]) -> str:
    hours = sum((one.closes - one.opens) / one.every for one in week) / 60
    return f"{hours:g}" if hours == round(hours, 1) else f"{hours:.1f}"
