"""What the clinic says about itself: name, place, ways to reach it, and how it looks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking.domain.errors import NotSetUp
from booking.formats.pictures import Drawn
from booking.services import audit
from booking.services.admin import locations
from booking.services.admin.change_words import differences
from booking.services.admin.rule_changes import Edit
from booking.services.audit import Actor
from booking.services.clinic import LOGO
from booking.store.clinic import Clinic, Picture


@dataclass(frozen=True, slots=True)
class Details:
    """
    The clinic as the administrator sees it; address and zone are those of its first location.

    `time_zone` is an IANA name, `country` two letters, `hold_minutes` how long a time is kept
    while a form is filled in, the cut-offs how long before a visit its patient may last move or
    cancel it online, `accent` a colour like `#0d635c`; None is the program's own.
    """

    name: str
    address: str
    phone: str
    email: str
    country: str
    time_zone: str
    hold_minutes: int
    accent: str | None
    move_cut_off_hours: int = 0
    cancel_cut_off_hours: int = 0


def as_it_is(session: Session) -> Details:
    """
    What stands in the database.

    Raises:
        NotSetUp: there is no clinic yet.
    """
    row, place = _row(session), locations.main(session)
    return Details(
        name=row.name,
        address=place.address,
        phone=row.phone,
        email=row.email,
        country=row.country,
        time_zone=place.time_zone,
        hold_minutes=row.hold_minutes,
        accent=row.accent,
        move_cut_off_hours=row.move_cut_off_hours,
        cancel_cut_off_hours=row.cancel_cut_off_hours,
    )


def change(new: Details) -> Edit:
    """Give the clinic these facts. Another zone moves the opening hours, but no booking."""

    def apply(session: Session) -> str:
        row, place, old = _row(session), locations.main(session), as_it_is(session)
        row.name, row.phone, row.email = new.name, new.phone, new.email
        place.address, place.time_zone = new.address, new.time_zone
        if new.country != row.country:
            # Codes of regions mean something else there.
            row.region = None
        row.country = new.country
        row.hold_minutes, row.accent = new.hold_minutes, new.accent
        row.move_cut_off_hours = new.move_cut_off_hours
        row.cancel_cut_off_hours = new.cancel_cut_off_hours
        return differences(old, new)

    return Edit("clinic", apply)


def _row(session: Session) -> Clinic:
    row = session.scalars(select(Clinic)).one_or_none()
    if row is None:
        raise NotSetUp
    return row


def set_logo(session: Session, drawn: Drawn, *, actor: Actor, now: datetime) -> None:
    """Show this logo on every page."""
    session.merge(
        Picture(
            name=LOGO,
            content=drawn.content,
            content_type=drawn.content_type,
            width=drawn.width,
            height=drawn.height,
            version=drawn.version,
        )
    )
    _changed(session, "logo set", actor, now)


def remove_logo(session: Session, *, actor: Actor, now: datetime) -> None:
    """Show the name alone; nothing happens if there is no logo."""
    session.execute(delete(Picture).where(Picture.name == LOGO))
    _changed(session, "logo removed", actor, now)


def logo(session: Session) -> Picture | None:
    """The logo, if there is one."""
    return session.get(Picture, LOGO)


def _changed(session: Session, words: str, actor: Actor, now: datetime) -> None:
    session.execute(update(Clinic).values(version=Clinic.version + 1))
    audit.record(session, actor, "rules", now=now, subject="clinic", reason=words)
