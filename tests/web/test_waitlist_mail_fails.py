"""Mails to those who wait that could not be sent are seen at the desk, with whom to call."""

import pytest
from flask import Flask
from sqlalchemy import update

from booking.domain.messages import MessageKind, MessageState
from booking.store.records import Message
from tests.services import waiting
from tests.services.deeds import TUESDAY_9
from tests.support import Clinic
from tests.web.journeys import on_one_engine
from tests.web.test_waitlist import comes_free
from tests.web.visitor import Visitor

pytestmark = on_one_engine
WHY = "The server does not know this address."


@pytest.fixture
def reception(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, "reception")
    return visitor


def fails(clinic: Clinic, kind: MessageKind) -> None:
    failed = (
        update(Message)
        .where(Message.kind == kind)
        .values(state=MessageState.FAILED, error=WHY)
        .execution_options(synchronize_session=False)
    )
    clinic.write(lambda session, _: session.execute(failed) and None)


def test_who_never_heard_that_they_are_on_the_list_is_called(reception: Visitor, clinic: Clinic):
    waiting.join(clinic, phone="+1 202-555-0143")
    assert "Mail failed" not in reception.get("/desk/waitlist").words
    fails(clinic, MessageKind.WAITLIST_JOINED)
    page = reception.get("/desk/waitlist")
    assert f"Mail failed {WHY} Please call (202) 555-0143." in page.words
    assert page.document.all("a", href="tel:+12025550143")


def test_an_offer_that_nobody_read_is_a_call(reception: Visitor, clinic: Clinic):
    taken = clinic.book(TUESDAY_9)
    waiting.join(clinic, phone="+1 202-555-0143")
    comes_free(clinic, taken)
    assert reception.get("/desk/waitlist").by_id("calls") is None
    fails(clinic, MessageKind.WAITLIST_OFFER)
    page = reception.get("/desk/waitlist")
    assert page.by_id("calls") is not None
    assert "Please call Wanda Waits" in page.words
    assert WHY in page.words


def test_without_a_number_the_address_is_shown(reception: Visitor, clinic: Clinic):
    waiting.join(clinic)
    fails(clinic, MessageKind.WAITLIST_JOINED)
    words = reception.get("/desk/waitlist").words
    assert "No phone number was given; the address is wanda@patient.example." in words
