"""A practitioner's weekly hours."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.domain.hours import OpenStretch
from booking.services.clinic import stretch_of
from booking.services.rule_changes import Edit
from booking.store.base import insert_row
from booking.store.clinic import OpeningHours, Practitioner


def practitioner(session: Session, slug: str) -> Practitioner:
    """
    Whose hours they are.

    Raises:
        NotFound: nobody has this name in addresses.
    """
    found = session.scalar(select(Practitioner).where(Practitioner.slug == slug))
    if found is None:
        raise NotFound
    return found


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
    practitioner_id = practitioner.id

    def apply(session: Session) -> None:
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

    return Edit("hours", f"{practitioner.slug}: {_total(week)} hours a week", apply)


def _total(week: Sequence[OpenStretch]) -> str:
    hours = sum((one.closes - one.opens) / one.every for one in week) / 60
    return f"{hours:g}" if hours == round(hours, 1) else f"{hours:.1f}"
