"""A booking that waits until a link in an e-mail was followed and a button pressed there."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.messages import MessageKind, MessageState
from booking.domain.suspicion import OPEN_BOOKINGS
from booking.store.bookings import Booking, EmailProof, Hold
from booking.store.records import Message
from booking.worker import Worker
from tests.support import Clinic
from tests.web.journeys import ANN, CALLER, book, confirm, count, fill_in, on_one_engine, take
from tests.web.visitor import Page, Visitor


@pytest.fixture
def careful(make_app: Callable[..., Flask]) -> Flask:
    """A clinic that always asks."""
    return make_app(CONFIRM_EMAIL="always")


def asked(visitor: Visitor, *, number: int = 0, **changes: str) -> Page:
    """The whole way, to where a mail was sent; that page."""
    take(visitor, number=number)
    assert fill_in(visitor, **changes).status == 303
    made = confirm(visitor)
    assert made.location == "/book/confirm-email", made.words
    return visitor.get(made.location)


def links(clinic: Clinic) -> list[str]:
    """The addresses in the mails that ask, oldest first."""
    proofs = clinic.read(lambda session, _: session.scalars(select(EmailProof)).all())
    keys = clinic.links.proof_keys
    return [f"/book/proof/{keys.surely(one.uid, 0, one.token_hash)}" for one in proofs]


def press(visitor: Visitor, link: str, **values: str) -> Page:
    page = visitor.get(link)
    return visitor.post(link, page.form(link).values | values)


def mails(clinic: Clinic, kind: MessageKind = MessageKind.CONFIRM_EMAIL) -> list[Message]:
    query = select(Message).where(Message.kind == kind).order_by(Message.id)
    return clinic.read(lambda session, _: list(session.scalars(query)))


def rows(clinic: Clinic) -> Mapping[str, int]:
    return {model.__tablename__: count(clinic, model) for model in (Booking, Hold, Message)}


def test_the_time_is_kept_and_the_button_behind_the_link_books_it(careful: Flask, clinic: Clinic):
    visitor = Visitor(careful)
    page = asked(visitor)
    assert "we send to ann@patient.example" in page.words
    assert "until Monday" in page.words
    assert "8:30" in page.words
    assert count(clinic, Booking) == 0
    # A scanner, or a phone without the cookie: whoever reads the mail.
    reader, (link,) = Visitor(careful), links(clinic)
    before = rows(clinic)
    for _ in range(2):
        assert reader.get(link).heading == "Confirm your booking"
    assert reader.open(link, "HEAD").status == 200
    assert rows(clinic) == before
    assert "Ann" not in reader.get(link).words
    first, again = press(reader, link), reader.post(link)
    assert first.location.startswith("/book/confirmed/")
    assert again.location == first.location
    assert count(clinic, Booking) == 1
    assert reader.get(first.location).heading == "Your consultation is booked"
    assert [mail.capped_address for mail in mails(clinic, MessageKind.CONFIRMED)] == [None]
    # Both browsers find the booking from now on.
    assert visitor.get("/book/confirm-email").location == first.location
    assert reader.get(link).location == first.location


def test_a_time_whose_keeping_ran_out_is_booked_while_it_is_free(careful: Flask, clinic: Clinic):
    asked(Visitor(careful))
    clinic.time.pass_(minutes=31)
    (link,) = links(clinic)
    assert "still free" in Visitor(careful).get(link).words
    assert press(Visitor(careful), link).location.startswith("/book/confirmed/")


def test_a_time_that_was_lost_meanwhile_is_changed_for_another_in_one_press(
    careful: Flask, clinic: Clinic
):
    visitor = Visitor(careful)
    asked(visitor)
    (link,) = links(clinic)
    reader = Visitor(careful)
    open_page = reader.get(link)
    clinic.time.pass_(minutes=31)
    start = clinic.read(lambda session, _: session.scalars(select(Hold.start)).one())
    clinic.book(start)
    late = reader.post(link, open_page.form(link).values)
    page = reader.get(link)
    for lost in (late, page):
        assert lost.status == 409
        assert lost.heading == "That time has just been taken"
        assert "What you typed is kept" in lost.words
    done = reader.post(link, {"slot": page.slots[0]})
    assert done.location.startswith("/book/confirmed/")
    made = clinic.read(lambda s, _: s.scalars(select(Booking).order_by(Booking.id)).all()[-1])
    assert made.start != start
    assert clinic.read(lambda s, _: s.get(Booking, made.id).patient.name) == ANN["name"]


@on_one_engine
def test_a_link_ends_with_its_form_and_looks_like_one_that_never_was(
    careful: Flask, clinic: Clinic
):
    asked(Visitor(careful))
    (link,) = links(clinic)
    clinic.time.pass_(hours=2, seconds=1)
    expired, forged = Visitor(careful).get(link), Visitor(careful).get("/book/proof/forged")
    assert expired.status == forged.status == 404
    assert expired.words == forged.words
    assert "Nothing was booked" in expired.words
    assert Visitor(careful).post(link).status == 404
    assert count(clinic, Booking) == 0


@on_one_engine
def test_asked_twice_sends_one_mail_and_a_changed_address_another(careful: Flask, clinic: Clinic):
    visitor = Visitor(careful)
    asked(visitor)
    assert confirm(visitor).location == "/book/confirm-email"
    assert len(mails(clinic)) == 1
    assert fill_in(visitor, email="other@patient.example").status == 303
    old, *_ = links(clinic)
    # Before the new mail is asked for, the old link is about an address that is no more.
    assert Visitor(careful).get(old).status == 409
    confirm(visitor)
    assert [mail.recipient for mail in mails(clinic)] == [ANN["email"], "other@patient.example"]
    assert Visitor(careful).get(old).status == Visitor(careful).post(old).status == 409
    assert press(Visitor(careful), links(clinic)[1]).status == 303


@on_one_engine
def test_whoever_gave_no_address_is_never_asked(careful: Flask, clinic: Clinic):
    book(Visitor(careful), **CALLER)
    assert count(clinic, EmailProof) == 0


@on_one_engine
def test_one_phone_number_alone_books_so_many_and_is_then_asked_to_call(
    make_app: Callable[..., Flask], clinic: Clinic
):
    app = make_app()
    for _ in range(OPEN_BOOKINGS):
        book(Visitor(app), **CALLER)
    visitor = Visitor(app)
    take(visitor)
    assert fill_in(visitor, **CALLER).status == 303
    refused = confirm(visitor)
    assert (refused.status, "Please call us for another" in refused.words) == (422, True)
    assert count(clinic, Booking) == OPEN_BOOKINGS


@on_one_engine
def test_the_mail_names_nobody_and_leaves_when_the_address_had_enough(
    careful: Flask, clinic: Clinic
):
    for number in range(3):
        asked(Visitor(careful), number=number)
    page = asked(Visitor(careful), number=3)
    assert "this one leaves at about" in page.words
    waits = [mail.next_try_at - clinic.time.now for mail in mails(clinic)]
    assert waits == [timedelta()] * 3 + [timedelta(hours=1)]
    sent: list[str] = []
    worker = Worker(
        clinic.database,
        clinic.links,
        lambda mail: sent.append(mail.as_string()),
        sender="booking@clinic.example",
        timeout=5,
    )
    assert worker.deliver_due() == 3
    assert "Subject: Confirm your booking" in sent[0]
    assert "/book/proof/" in sent[0]
    assert "Ann" not in sent[0].replace(ANN["email"], "")


@on_one_engine
def test_a_mail_that_still_waits_is_dropped_once_it_is_pointless(careful: Flask, clinic: Clinic):
    asked(Visitor(careful))
    press(Visitor(careful), links(clinic)[0])
    worker = Worker(
        clinic.database, clinic.links, lambda _: None, sender="b@clinic.example", timeout=5
    )
    worker.deliver_due()
    assert mails(clinic)[0].state is MessageState.DROPPED


@on_one_engine
def test_the_sweeper_takes_what_nobody_confirmed(careful: Flask, clinic: Clinic):
    asked(Visitor(careful))
    clinic.time.pass_(hours=3)
    worker = Worker(clinic.database, clinic.links, None, sender="b@clinic.example", timeout=5)
    worker.sweep()
    assert rows(clinic) == {"bookings": 0, "holds": 0, "messages": 0}
    assert count(clinic, EmailProof) == 0


@on_one_engine
def test_the_api_says_where_to_book_when_every_address_must_be_proven(
    careful: Flask, clinic: Clinic
):
    slot = clinic.slots(clinic.time.now.date() + timedelta(days=1))[0]
    body = {
        "service": "consultation",
        "practitioner": "dr-ahmed",
        "start": slot.start.isoformat(),
        "patient": {"name": "Ann", "date_of_birth": "1990-03-14", "email": "ann@patient.example"},
        "privacy_notice": "1",
    }
    client = careful.test_client()
    refused = client.post("/api/v1/bookings", json=body)
    assert refused.status_code == 422
    (error,) = refused.json["errors"]
    assert (error["field"], error["code"]) == ("patient.email", "unproven")
    assert "/book?slot=" in error["message"]
    body["patient"] = body["patient"] | {"phone": "(202) 555-0143"}
    del body["patient"]["email"]
    assert client.post("/api/v1/bookings", json=body).status_code == 201
