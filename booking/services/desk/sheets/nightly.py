"""At night the sheets of today and tomorrow are saved, and mailed to reception if that is set."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.domain.messages import MessageKind
from booking.domain.time import ONE_DAY, local_day
from booking.formats import sheets
from booking.formats.languages import ENGLISH
from booking.formats.links import Links
from booking.formats.mail import Attachment, Letter
from booking.services import audit
from booking.services.clinic import Rulebook
from booking.services.desk.sheets import sheet
from booking.services.mail import queued
from booking.store.base import insert_unless_taken
from booking.store.records import Message


def days(rulebook: Rulebook, now: datetime) -> tuple[date, date]:
    """Today and tomorrow at the clinic."""
    today = local_day(now, rulebook.clinic.zone)
    return today, today + ONE_DAY


def files(session: Session, rulebook: Rulebook, *, now: datetime) -> dict[str, str]:
    """Both sheets by the names of their files. That they were made is recorded."""
    return {
        sheets.file_name(day): sheets.html(
            sheet.read(session, rulebook, day, actor=audit.SYSTEM, now=now)
        )
        for day in days(rulebook, now)
    }


def queue(
    session: Session, links: Links, rulebook: Rulebook, recipient: str, *, now: datetime
) -> None:
    """A mail with both, once a night, however many workers there are."""
    today, _ = days(rulebook, now)
    insert_unless_taken(
        session,
        Message,
        "message_id",
        **queued.row(
            MessageKind.SHEET, recipient, f"<sheet.{today.isoformat()}@{links.host}>", now=now
        ),
    )


def letter(
    session: Session, message: Message, rulebook: Rulebook, *, sender: str, now: datetime
) -> Letter:
    """The mail, with the sheets as they are when it leaves."""
    clinic = rulebook.clinic
    return Letter(
        template="sheet",
        facts={
            "clinic_name": clinic.name,
            "place": clinic.where,
        },
        sender=sender,
        sender_name=clinic.name,
        reply_to=clinic.email,
        recipient=message.recipient,
        language=ENGLISH,
        message_id=message.message_id,
        date=now,
        attachments=tuple(
            Attachment(
                sheets.file_name(day), sheets.html(sheet.of(session, rulebook, day, now=now))
            )
            for day in days(rulebook, now)
        ),
    )
