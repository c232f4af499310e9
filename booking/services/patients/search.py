"""Finding a patient, and the words that make it quick."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, insert, or_, select, union
from sqlalchemy.orm import Session

from booking.domain import lifecycle
from booking.domain.lifecycle import State
from booking.domain.people import Person
from booking.domain.search import (
    Sought,
    looks_the_same,
    name_words,
    only_digits,
    phone_word,
)
from booking.services import audit
from booking.services.audit import Actor
from booking.store.base import table
from booking.store.bookings import Booking, Patient
from booking.store.patients import PatientWord

MOST = 20
# Of those born on one day, or reached at one address, so many are compared.
_ALIKE_MOST = 200
# Sorts behind every word that begins with what stands before it.
_END = "\U0010ffff"
_words, _bookings, _patients = table(PatientWord).c, table(Booking).c, table(Patient).c
_CAME = frozenset({State.COMPLETED, State.ARRIVED, State.IN_ROOM})


@dataclass(frozen=True, slots=True)
class Found:
    """A patient among others, with the visits that tell them apart."""

    id: int
    name: str
    date_of_birth: date | None
    email: str | None
    phone: str | None
    next_visit: datetime | None
    last_visit: datetime | None


def keep_words(session: Session, patient_id: int, *, name: str, phone: str | None) -> None:
    """Let a patient be found by this name and number, and no longer by earlier ones."""
    forget_words(session, patient_id)
    add_words(session, patient_id, name=name, phone=phone)


def add_words(session: Session, patient_id: int, *, name: str, phone: str | None) -> None:
    """The same for a patient who is new."""
    # A name may be all signs and no letters.
    if rows := word_rows(patient_id, name=name, phone=phone):
        session.execute(insert(table(PatientWord)), rows)


def forget_words(session: Session, patient_id: int) -> None:
    """Let a patient be found by no name and no number."""
    session.execute(delete(table(PatientWord)).where(_words.patient_id == patient_id))


def word_rows(patient_id: int, *, name: str, phone: str | None) -> list[dict[str, object]]:
    """The rows of a patient who has none yet."""
    found = set(name_words(name))
    if phone:
        found.add(phone_word(only_digits(phone)))
    return [{"patient_id": patient_id, "word": word} for word in sorted(found)]


def look_up(
    session: Session, sought: Sought, *, actor: Actor, now: datetime
) -> tuple[list[Found], bool]:
    """
    Who fits, by name, and whether there are more of them than are shown.

    The look is recorded with whom it showed, never with what was typed.
    """
    ids = matching(session, sought)
    shown = describe(session, ids[:MOST], now=now)
    record_look(session, shown, actor=actor, now=now)
    return shown, len(ids) > MOST


def record_look(session: Session, shown: Sequence[Found], *, actor: Actor, now: datetime) -> None:
    """Note to whom a search led, by their numbers."""
    audit.record(
        session,
        actor,
        "searched",
        now=now,
        subject="patients",
        to_value=str(len(shown)),
        reason=" ".join(str(one.id) for one in shown),
    )


def matching(session: Session, sought: Sought) -> list[int]:
    """The ids of those who fit, at most one more than are shown."""
    meanings = [*_by_words(sought.words), *_by_phone(sought.digits)]
    if sought.births:
        born = _patients.date_of_birth.in_(sought.births)
        meanings.append(select(_patients.id.label("id")).where(born).limit(MOST + 1))
    if sought.reference is not None:
        meanings.append(
            select(_bookings.patient_id.label("id")).where(_bookings.reference == sought.reference)
        )
    if not meanings:
        return []
    # A limit inside a union needs a query around it on SQLite.
    every = union(*(select(one.subquery().c.id) for one in meanings)).subquery()
    return list(session.scalars(select(every.c.id).limit(MOST + 1)))


def _by_words(words: Sequence[str]) -> list[Select[tuple[int]]]:
    if not words:
        return []
    # The longest word fits the fewest; the others are looked up for those alone.
    first, *others = sorted(words, key=len, reverse=True)
    query = select(_words.patient_id.label("id")).where(*_begins(_words, first)).distinct()
    for number, word in enumerate(others):
        other = table(PatientWord).alias(f"other{number}")
        same = other.c.patient_id == _words.patient_id
        query = query.where(select(1).where(same, *_begins(other.c, word)).exists())
    return [query.limit(MOST + 1)]


def _by_phone(digits: str) -> list[Select[tuple[int]]]:
    """By the end of a number; who types a national one writes a zero that is not kept."""
    if not digits:
        return []
    ends = {phone_word(digits), phone_word(digits.lstrip("0") or digits)}
    return [
        select(_words.patient_id.label("id")).where(*_begins(_words, end)).limit(MOST + 1)
        for end in sorted(ends)
    ]


def _begins(columns: Any, word: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return columns.word >= word, columns.word < word + _END


def describe(session: Session, ids: Sequence[int], *, now: datetime) -> list[Found]:
    """These patients, by name, with their next visit and the last to which they came."""
    ahead = case(
        (
            (_bookings.start > now) & _bookings.state.in_(lifecycle.OPEN),
            _bookings.start,
        )
    )
    came = case(((_bookings.start <= now) & _bookings.state.in_(_CAME), _bookings.start))
    visits = (
        select(
            _bookings.patient_id,
            func.min(ahead).label("next"),
            func.max(came).label("last"),
        )
        .where(_bookings.patient_id.in_(ids))
        .group_by(_bookings.patient_id)
        .subquery()
    )
    query = (
        select(
            _patients.id,
            _patients.name,
            _patients.date_of_birth,
            _patients.email,
            _patients.phone,
            visits.c.next,
            visits.c.last,
        )
        .select_from(table(Patient).outerjoin(visits, visits.c.patient_id == _patients.id))
        .where(
            _patients.id.in_(ids),
            _patients.erased_at.is_(None),
            _patients.merged_into.is_(None),
        )
        .order_by(_patients.name, _patients.date_of_birth, _patients.id)
    )
    return [Found(*row) for row in session.execute(query)]


def duplicates(session: Session, person: Person, *, actor: Actor, now: datetime) -> list[Found]:
    """Who is known already and likely this person. Showing them is recorded."""
    born = select(_patients.id).where(_patients.date_of_birth == person.date_of_birth)
    likely = [
        one
        for one in describe(session, session.scalars(born).all(), now=now)
        if looks_the_same(person.name, person.phone, other_name=one.name, other_phone=one.phone)
    ][:MOST]
    if likely:
        record_look(session, likely, actor=actor, now=now)
    return likely


def twins(session: Session, patient: Patient, *, now: datetime) -> list[Found]:
    """
    Other records that are likely this person's: with the same e-mail address, or the same date of
    birth and the same name or phone. To record that they are shown is for the caller.
    """
    signs = []
    if patient.email is not None:
        signs.append(_patients.email == patient.email)
    if patient.date_of_birth is not None:
        signs.append(_patients.date_of_birth == patient.date_of_birth)
    alike = select(_patients.id).where(or_(*signs), _patients.id != patient.id).limit(_ALIKE_MOST)
    ids = session.scalars(alike).all() if signs else []
    found = describe(session, ids, now=now)
    return [one for one in found if _is_twin(patient, one)][:MOST]


def _is_twin(patient: Patient, other: Found) -> bool:
    if patient.email is not None and patient.email == other.email:
        return True
    born = patient.date_of_birth
    return (
        born is not None
        and born == other.date_of_birth
        and looks_the_same(
            patient.name, patient.phone, other_name=other.name, other_phone=other.phone
        )
    )
