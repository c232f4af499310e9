"""Whom the lines of a table are about: patients who are known, and those who are new."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.search import name_words, only_digits, phone_word
from booking.services.imports.lines import Line
from booking.services.patients import cards
from booking.store.base import table
from booking.store.bookings import Booking, Patient
from booking.store.patients import PatientWord

_patients, _bookings, _words = table(Patient).c, table(Booking).c, table(PatientWord).c
# A question has room for so many values.
_AT_ONCE = 400
Item = TypeVar("Item")


# By what somebody can be looked up: an address, a number, a day of birth.
_Trait = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Somebody whom a line may be about; `id` of a patient, or of nobody yet."""

    id: int | None
    name: str
    born: date | None
    email: str | None
    phone: str | None
    # Worked out once: there may be many who have to be compared.
    words: frozenset[str] = frozenset()
    traits: frozenset[_Trait] = frozenset()


def _known(
    number: int | None, name: str, born: date | None, email: str | None, phone: str | None
) -> Known:
    traits = {
        "email": email.lower() if email else "",
        "phone": only_digits(phone) if phone else "",
        "born": born.isoformat() if born else "",
    }
    shown = frozenset((kind, value) for kind, value in traits.items() if value)
    return Known(number, name, born, email, phone, frozenset(name_words(name)), shown)


class People:
    """Everybody whom these lines may be about, and those who turn out to be new on the way."""

    def __init__(self, session: Session, lines: Sequence[Line]):
        self._by: dict[tuple[_Trait, str], list[Known]] = {}
        for known in _read(session, lines):
            self._add(known)

    def _add(self, known: Known) -> None:
        for key in _keys(known):
            self._by.setdefault(key, []).append(known)

    def of(self, line: Line) -> list[Known]:
        """Who a line is about: those who are known, the first of them first; or one who is new."""
        asked = _known(None, line.name, line.born, line.email, line.phone)
        near = {id(one): one for key in _keys(asked) for one in self._by.get(key, [])}
        found = [one for one in near.values() if _are_one(one, asked)]
        if found:
            return sorted(found, key=lambda one: (one.id is None, one.id or 0))
        self._add(asked)
        return [asked]


def _keys(known: Known) -> Iterator[tuple[_Trait, str]]:
    """
    Where somebody is looked for: whoever is one has a trait and a word of the name in common.

    By the trait alone, a table in which all have one day of birth would compare each with each.
    """
    return product(known.traits, known.words or {""})


def _are_one(one: Known, other: Known) -> bool:
    """
    Whether they are one: of one name with a day of birth, an address or a number in common, or
    born on the same day with the same number. Twins have both of these, so one name must be in the
    other.
    """
    if one.born and other.born and one.born != other.born:
        return False
    if one.words == other.words:
        return True
    # The others are of one name only in part.
    if not (one.words <= other.words or other.words <= one.words):
        return False
    return {"born", "phone"} <= {kind for kind, _ in one.traits & other.traits}


def _read(session: Session, lines: Sequence[Line]) -> Iterable[Known]:
    """Everybody with a trait of one of the lines."""
    emails = {one for line in lines if line.email for one in (line.email, line.email.lower())}
    births = {line.born for line in lines if line.born}
    numbers = {phone_word(only_digits(line.phone)) for line in lines if line.phone}
    columns = (_patients.id, _patients.name, _patients.date_of_birth)
    query = select(*columns, _patients.email, _patients.phone, _patients.merged_into).where(
        _patients.erased_at.is_(None)
    )
    with_number = select(_words.patient_id)
    conditions = [
        *(_patients.email.in_(some) for some in parts(sorted(emails))),
        *(_patients.date_of_birth.in_(some) for some in parts(sorted(births))),
        *(
            _patients.id.in_(with_number.where(_words.word.in_(some)))
            for some in parts(sorted(numbers))
        ),
    ]
    found: dict[int, Known] = {}
    for condition in conditions:
        for number, *who, merged_into in session.execute(query.where(condition)):
            if number not in found:
                # Old details still lead to somebody, but nothing hangs on a record that is gone.
                holds_all = number if merged_into is None else cards.get(session, number).id
                found[number] = _known(holds_all, *who)
    return found.values()


def starts_of(session: Session, patient_ids: Iterable[int]) -> set[tuple[int, datetime]]:
    """Each patient with the starts of their bookings, also of those that were cancelled here."""
    found: set[tuple[int, datetime]] = set()
    for some in parts(sorted(set(patient_ids))):
        query = select(_bookings.patient_id, _bookings.start)
        rows = session.execute(query.where(_bookings.patient_id.in_(some)))
        found |= {(row.patient_id, row.start) for row in rows}
    return found


def parts(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The same, as many at once as one question takes."""
    return (items[begin : begin + _AT_ONCE] for begin in range(0, len(items), _AT_ONCE))
