"""By their link patients permit reminders, or no longer do."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.roles import Role
from booking.store.bookings import Consent
from tests.support import Clinic
from tests.web.journeys import CALLER, book, on_one_engine
from tests.web.test_manage import cancel
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine


@pytest.fixture
def token(visitor: Visitor) -> str:
    return book(visitor)


def press(visitor: Visitor, token: str, remind: str) -> Page:
    page = visitor.get(f"/manage/{token}")
    return visitor.fill(page, f"/manage/{token}/reminders", remind=remind)


def ledger(clinic: Clinic) -> list[bool]:
    query = select(Consent.granted).where(Consent.purpose == "email_reminders").order_by(Consent.id)
    return clinic.read(lambda session, _: list(session.scalars(query)))


def test_who_was_not_asked_permits_reminders_and_takes_it_back(
    app: Flask, visitor: Visitor, clinic: Clinic, token: str
):
    done = press(visitor, token, "yes")
    assert (done.status, done.location) == (303, f"/manage/{token}#reminders")
    assert "You told us that we may remind you" in visitor.get(f"/manage/{token}").words
    press(visitor, token, "no")
    assert "If you like, we remind you" in visitor.get(f"/manage/{token}").words
    assert ledger(clinic) == [True, False]
    desk = Visitor(app)
    desk.sign_in(clinic, Role.RECEPTION)
    assert "Wants no reminders any more" in desk.get("/desk/bookings/1").words


def test_without_an_address_nobody_is_asked(visitor: Visitor):
    token = book(visitor, **CALLER)
    assert visitor.get(f"/manage/{token}").by_id("reminders") is None


def test_of_a_cancelled_visit_nobody_is_reminded(visitor: Visitor, clinic: Clinic, token: str):
    visitor.get(f"/manage/{token}")
    cancel(visitor, token)
    assert visitor.post(f"/manage/{token}/reminders", {"remind": "yes"}).status == 409
    assert visitor.get(f"/manage/{token}/reminders").status == 405
    assert ledger(clinic) == []
