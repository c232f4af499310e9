"""What an address gets that somebody typed who may not own it."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from booking.store.records import Message
from tests.support import Clinic
from tests.web.journeys import ANN, book, on_one_engine
from tests.web.visitor import Visitor


def delays(clinic: Clinic) -> list[float]:
    """How many minutes each message waits, oldest first."""
    due = clinic.read(
        lambda session, _: session.scalars(select(Message.next_try_at).order_by(Message.id)).all()
    )
    return [(moment - clinic.time.now).total_seconds() / 60 for moment in due]


@on_one_engine
def test_the_fourth_mail_to_an_address_leaves_later_and_the_page_says_when(
    app: Flask, clinic: Clinic
):
    for number in range(4):
        token = book(visitor := Visitor(app), number=number)
    assert delays(clinic) == [0, 0, 0, 60]
    shown = visitor.get(f"/book/confirmed/{token}")
    assert "this confirmation leaves at about 9:00" in shown.words
    assert "booked all the same" in shown.words


@on_one_engine
def test_without_limits_every_mail_leaves_at_once(make_app: Callable[..., Flask], clinic: Clinic):
    app = make_app(RATELIMIT_ENABLED="0")
    for number in range(4):
        book(Visitor(app), number=number, email=ANN["email"])
    assert delays(clinic) == [0, 0, 0, 0]
