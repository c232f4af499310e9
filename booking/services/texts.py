"""What the clinic says in its own words: each text in its newest version, and publishing others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound, Outdated
from booking.formats import documents
from booking.formats.documents import Document
from booking.services import audit
from booking.services.audit import Actor
from booking.store.clinic import Clinic
from booking.store.texts import Text

# As it came with the program.
FIRST_VERSION = 1
PRIVACY, QUESTIONS = "privacy", "questions"


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a text: its words by part, and when somebody last checked what it says."""

    document: str
    version: int
    words: Mapping[str, str]
    reviewed_on: date | None
    published_at: datetime | None = None
    published_by: int | None = None


def current(session: Session, *, locale: str = "en") -> dict[str, Published]:
    """The newest version of every document, in their order."""
    rows = session.scalars(select(Text).where(Text.locale == locale).order_by(Text.version))
    newest = {row.document: row for row in rows}
    return {
        name: _published(newest[name]) if name in newest else as_it_came(name)
        for name in documents.NAMES
    }


def as_it_came(name: str) -> Published:
    """The text that came with the program."""
    original = documents.document(name)
    return Published(name, FIRST_VERSION, original.words, original.reviewed_on)


def described(name: str) -> Document:
    """
    The parts of a document.

    Raises:
        NotFound: there is none with this name.
    """
    try:
        return documents.document(name)
    except KeyError:
        raise NotFound from None


def version(session: Session, name: str, number: int, *, locale: str = "en") -> Published:
    """
    An earlier version.

    Raises:
        NotFound: there is none with this number.
    """
    described(name)
    if number == FIRST_VERSION:
        return as_it_came(name)
    row = session.scalar(
        select(Text).where(Text.document == name, Text.locale == locale, Text.version == number)
    )
    if row is None:
        raise NotFound
    return _published(row)


def history(session: Session, name: str, *, locale: str = "en") -> list[Published]:
    """All versions, the newest first; the first is the one that came with the program."""
    rows = session.scalars(
        select(Text)
        .where(Text.document == name, Text.locale == locale)
        .order_by(Text.version.desc())
    )
    return [*map(_published, rows), as_it_came(name)]


def publish(
    session: Session,
    name: str,
    words: Mapping[str, str],
    *,
    reviewed_on: date | None,
    seen: int,
    actor: Actor,
    now: datetime,
    locale: str = "en",
) -> int:
    """
    Show these words from now on; the number of their version. Without a change none is made.

    `seen` is the version that was changed. Patients are asked to read a new privacy notice.

    Raises:
        NotFound: there is no such document.
        Outdated: somebody published another version meanwhile.
    """
    described(name)
    # The clinic's row is the lock: of two who publish at once the second sees the first.
    session.execute(update(Clinic).values(version=Clinic.version + 1))
    latest = current(session, locale=locale)[name]
    if (dict(latest.words), latest.reviewed_on) == (dict(words), reviewed_on):
        return latest.version
    if latest.version != seen:
        raise Outdated
    number = latest.version + 1
    session.add(
        Text(
            document=name,
            locale=locale,
            version=number,
            content=dict(words),
            reviewed_on=reviewed_on,
            published_at=now,
            published_by=actor.staff_id,
        )
    )
    if name == PRIVACY and dict(latest.words) != dict(words):
        session.execute(update(Clinic).values(privacy_notice=str(number)))
    session.flush()
    subject, to_value = f"text:{name}", str(number)
    audit.record(session, actor, "text_published", now=now, subject=subject, to_value=to_value)
    return number


def _published(row: Text) -> Published:
    """A version as it was, with the words that came with the program for parts that are newer."""
    return Published(
        document=row.document,
        version=row.version,
        words={**documents.document(row.document).words, **row.content},
        reviewed_on=row.reviewed_on,
        published_at=row.published_at,
        published_by=row.published_by,
    )
