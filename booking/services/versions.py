"""
Whether anything changed that the day board shows: a number that only ever rises.

Every relevant write raises it in its own transaction. It is a sum over practitioners and rooms, so
that their bookings do not queue behind each other for it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.store.base import table
from booking.store.bookings import Booking
from booking.store.clinic import Resource

_resources, _bookings = table(Resource).c, table(Booking).c
_RAISE = update(table(Resource)).values(board_version=_resources.board_version + 1)


def version(rows: Iterable[Sequence[Any]]) -> str:
    """
    The version of all boards, from what a glance at `availability.VERSIONS` saw.

    Numbers that only rise, of rows that are never deleted: their sum stands for all of them.
    """
    found = [(row[1] + row[3], row[2]) for row in rows]
    return f"{max((rules for _, rules in found), default=0)}.{sum(own for own, _ in found)}"


def raise_for(session: Session, booking_id: int) -> None:
    """
    Something about a booking changed that boards show, and that no lock of its practitioner says.

    Bookings change under that lock, which raises a version by itself. Call it before other rows
    are touched: whoever locks them too has locked the practitioner first.
    """
    whose = select(_bookings.practitioner_id).where(_bookings.id == booking_id).scalar_subquery()
    session.execute(_RAISE.where(_resources.id == whose))


def raise_of(session: Session, practitioner_id: int) -> None:
    """The same for what is about a practitioner; until the transaction ends, nobody else does."""
    session.execute(_RAISE.where(_resources.id == practitioner_id))


def raise_of_patient(session: Session, patient_id: int) -> None:
    """The same for what is about a patient, on the boards of all whom they visit."""
    whose = select(_bookings.practitioner_id).where(_bookings.patient_id == patient_id)
    # One after the other, in the order in which everybody locks them.
    for practitioner_id in sorted(set(session.scalars(whose))):
        raise_of(session, practitioner_id)
