"""What the clinic says in its own words: each text in its newest version, and publishing others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound, Outdated
from booking.formats import documents
from booking.formats.documents import Document
from booking.formats.languages import ENGLISH, LANGUAGES
from booking.services import audit
from booking.services.audit import Actor
from booking.store.clinic import Clinic
from booking.store.texts import Text

# As it came with the program.
FIRST_VERSION = 1
PRIVACY, QUESTIONS = "privacy", "questions"


@dataclass(frozen=True, slots=True)
class Published:
    """
    A version of a text in one language: its words by part, and when somebody last checked them.

    All languages of a document share one row of numbers, so that the number of a privacy notice
    says what was read, in whichever language, and a later number is a later text.
    """

    document: str
    version: int
    words: Mapping[str, str]
    reviewed_on: date | None
    published_at: datetime | None = None
    published_by: int | None = None
    locale: str = ENGLISH


def current(session: Session) -> dict[str, dict[str, Published]]:
    """By language, the newest version of every document, in their order."""
    rows = session.scalars(select(Text).order_by(Text.version))
    newest = {(row.locale, row.document): row for row in rows}
    return {
        locale: {
            name: _published(newest[locale, name])
            if (locale, name) in newest
            else as_it_came(name, locale=locale)
            for name in documents.NAMES
        }
        for locale in LANGUAGES
    }


def as_it_came(name: str, *, locale: str = ENGLISH) -> Published:
    """The text that came with the program."""
    original = documents.document(name, locale)
    return Published(name, FIRST_VERSION, original.words, original.reviewed_on, locale=locale)


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


def version(session: Session, name: str, number: int, *, locale: str = ENGLISH) -> Published:
    """
    An earlier version.

    Raises:
        NotFound: there is none with this number.
    """
    described(name)
    if number == FIRST_VERSION:
        return as_it_came(name, locale=locale)
    row = session.scalar(
        select(Text).where(Text.document == name, Text.locale == locale, Text.version == number)
    )
    if row is None:
        raise NotFound
    return _published(row)


def history(session: Session, name: str, *, locale: str = ENGLISH) -> list[Published]:
    """All versions, the newest first; the first is the one that came with the program."""
    rows = session.scalars(
        select(Text)
        .where(Text.document == name, Text.locale == locale)
        .order_by(Text.version.desc())
    )
    return [*map(_published, rows), as_it_came(name, locale=locale)]


def publish(
    session: Session,
    name: str,
    words: Mapping[str, str],
    *,
    reviewed_on: date | None,
    seen: int,
    actor: Actor,
    now: datetime,
    locale: str = ENGLISH,
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
    latest = current(session)[locale][name]
    if (dict(latest.words), latest.reviewed_on) == (dict(words), reviewed_on):
        return latest.version
    if latest.version != seen:
        raise Outdated
    number = _highest(session, name) + 1
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
    subject, to_value = f"text:{name}:{locale}", str(number)
    audit.record(session, actor, "text_published", now=now, subject=subject, to_value=to_value)
    return number


def _highest(session: Session, name: str) -> int:
    highest = session.scalar(select(func.max(Text.version)).where(Text.document == name))
    return max(highest or FIRST_VERSION, FIRST_VERSION)


def _published(row: Text) -> Published:
    """A version as it was, with the words that came with the program for parts that are newer."""
    return Published(
        document=row.document,
        version=row.version,
        words={**documents.document(row.document, row.locale).words, **row.content},
        reviewed_on=row.reviewed_on,
        published_at=row.published_at,
        published_by=row.published_by,
        locale=row.locale,
    )
