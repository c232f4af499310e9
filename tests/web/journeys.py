"""The ways that many tests walk before they begin: a time taken, a form filled in, a booking."""

import pytest
from sqlalchemy import func, select

from booking.store.base import Base
from tests.support import Clinic
from tests.web.visitor import Page, Visitor

# For what does not depend on the database: pages, headers, words.
on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ANN = {
    "name": "Ann O’Brien",
    "day": "14",
    "month": "3",
    "year": "1990",
    "email": "ann@patient.example",
    "phone": "",
}
CALLER = ANN | {"email": "", "phone": "(202) 555-0143"}


def first_slots(visitor: Visitor, on: str = "2026-01-13") -> list[str]:
    """The slot ids on a day's page."""
    return visitor.get(f"/book/times?day={on}").slots


def take(visitor: Visitor, *, number: int = 0, on: str = "2026-01-13") -> str:
    """Hold a time of a day; its slot id."""
    slot = first_slots(visitor, on)[number]
    assert visitor.take(slot).location == "/book/details"
    return slot


def fill_in(visitor: Visitor, **changes: str) -> Page:
    """Send the details; the answer."""
    return visitor.fill(visitor.get("/book/details"), "/book/details", **(ANN | changes))


def confirm(visitor: Visitor) -> Page:
    """Press the last button of the way; the answer."""
    return visitor.fill(visitor.get("/book/check"), "/book/check", privacy="1")


def book(visitor: Visitor, *, number: int = 0, on: str = "2026-01-13", **changes: str) -> str:
    """The whole way; the manage token."""
    take(visitor, number=number, on=on)
    assert fill_in(visitor, **changes).location == "/book/questions/cause"
    made = confirm(visitor)
    assert made.status == 303, made.text
    return made.location.removeprefix("/book/confirmed/")


def count(clinic: Clinic, model: type[Base]) -> int:
    """How many rows of a kind there are."""
    return clinic.read(lambda session, _: session.scalar(select(func.count()).select_from(model)))
