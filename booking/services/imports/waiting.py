"""Tables that wait to be brought in and name somebody who is to be forgotten."""

from collections.abc import Collection, Iterator

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from booking.domain.importing import Stage
from booking.domain.search import only_digits, phone_word
from booking.formats import tables
from booking.store.imports import Import

# A worker that has one is done with it within the minute, and it is deleted then.
_WAITING = (Stage.COLUMNS, Stage.WORDS, Stage.CHECKED)
# Shorter ones are times, lengths and numbers of other things.
_SHORTEST_NUMBER = 7


def naming(session: Session, emails: Collection[str], phones: Collection[str]) -> list[int]:
    """
    The ids of tables with a cell that is one of these addresses, in small letters, or numbers.

    A number is the same with and without the country before it, as tables have both.
    """
    numbers = [one for one in map(_word, phones) if len(one) > _SHORTEST_NUMBER]
    query = select(Import.id, Import.content).where(Import.stage.in_(_WAITING))
    return [
        number
        for number, content in session.execute(query)
        if content is not None
        and any(one.lower() in emails or _is_one_of(one, numbers) for one in _cells(content))
    ]


def forget(session: Session, ids: Collection[int]) -> None:
    """Delete these tables; whoever handed one in can hand it in again without that line."""
    session.execute(delete(Import).where(Import.id.in_(ids), Import.stage.in_(_WAITING)))


def _cells(content: str) -> Iterator[str]:
    return (cell for row in tables.read(content).rows for cell in row if cell)


def _word(phone: str) -> str:
    return phone_word(only_digits(phone))


def _is_one_of(cell: str, numbers: Collection[str]) -> bool:
    word = _word(cell)
    return len(word) > _SHORTEST_NUMBER and any(
        one.startswith(word) or word.startswith(one) for one in numbers
    )
