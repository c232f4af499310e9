"""The day's sheet: the visits of a day for paper, saved at night for when the server is down."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.domain import adjustments, references
from booking.domain.lifecycle import State
from booking.domain.modes import MODE_WORDS, Mode
from booking.formats.contacts import show_phone
from booking.formats.sheets import Line, Sheet
from booking.services import audit
from booking.services.audit import Actor
from booking.services.clinic import Rulebook
from booking.services.desk.board import day as days
from booking.services.desk.board.day import DayRow

_NOBODY_COMES = {State.CANCELLED, State.EXPIRED, State.ENTERED_IN_ERROR}


def read(
    session: Session,
    rulebook: Rulebook,
    day: date,
    *,
    practitioner_id: int | None = None,
    actor: Actor,
    now: datetime,
    kept: bool = False,
) -> Sheet:
    """
    A day's sheet, of one practitioner or of all. That it was read is recorded, and whether it is
    `kept` on a device.
    """
    where = ", kept on a device" if kept else ""
    audit.record(session, actor, "viewed", now=now, subject=f"sheet {day.isoformat()}{where}")
    return of(session, rulebook, day, practitioner_id=practitioner_id, now=now)


def of(
    session: Session,
    rulebook: Rulebook,
    day: date,
    *,
    practitioner_id: int | None = None,
    now: datetime,
) -> Sheet:
    """The same, for whoever has recorded it already."""
    rows = days.rows(session, rulebook, day, practitioner_id=practitioner_id)
    return Sheet(
        clinic=rulebook.clinic.name,
        day=day,
        made_at=now.astimezone(rulebook.clinic.zone),
        lines=[_line(row, rulebook) for row in rows if row.state not in _NOBODY_COMES],
    )


def _line(row: DayRow, rulebook: Rulebook) -> Line:
    clinic = rulebook.at(row.location_id)
    kind = [
        row.service,
        *([] if row.mode is Mode.IN_PERSON else [MODE_WORDS[row.mode].lower()]),
        *([] if clinic.is_one_place else [clinic.place.name]),
    ]
    return Line(
        start=row.start.astimezone(clinic.zone),
        name=row.name,
        reference=references.show(row.reference),
        phone=show_phone(row.phone, clinic.country) if row.phone else "",
        kind=", ".join(kind),
        practitioner=row.practitioner,
        to_review=row.needs.to_review,
        to_call=row.needs.to_call > 0,
        adjustments=adjustments.in_words(row.needs.help),
    )
