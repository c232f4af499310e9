"""From the page to the patient's mail program: what a mail server is handed, byte for byte."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.domain.messages import MessageState
from booking.domain.people import Person
from booking.services.admin.rule_changes import Choice
from booking.services.bookings import changes
from booking.store.bookings import Booking
from booking.store.records import Message
from booking.worker import Worker
from tests.formats import strict_ics
from tests.services.test_new_times import DAY_OFF, change
from tests.support import ANN, RECEPTION, Clinic, at
from tests.web.journeys import book, on_one_engine
from tests.web.test_manage import cancel, move
from tests.web.visitor import Visitor
from tests.worker.servers import Letterbox

MakeWorker = Callable[..., Worker]
Post = tuple[int, Letterbox]
# What a mail may never say, since somebody else may read the mailbox or the lock screen.
PRIVATE = ("needling", "scar", "acne", "skin", "Ann", "Brien", "1990")


def states(clinic: Clinic) -> list[MessageState]:
    return clinic.read(
        lambda session, _: list(session.scalars(select(Message.state).order_by(Message.id)))
    )


def only_booking(clinic: Clinic) -> Booking:
    return clinic.read(lambda session, _: session.scalars(select(Booking)).one())


def calendar_of(mail: EmailMessage) -> strict_ics.Component:
    """The invitation, checked to stand twice and alike where mail programs look for it."""
    assert mail.get_content_type() == "multipart/mixed"
    alternative, attachment = mail.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    plain, html, calendar = alternative.iter_parts()
    assert [part.get_content_type() for part in (plain, html, calendar, attachment)] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "text/calendar",
    ]
    assert attachment.get_filename() == "invite.ics"
    for part in (calendar, attachment):
        assert part["Content-Type"].params["charset"] == "utf-8"
        assert part["Content-Type"].params["method"] in {"REQUEST", "CANCEL"}
        assert part["Content-Transfer-Encoding"] == "base64"
    content = calendar.get_payload(decode=True)
    assert content == attachment.get_payload(decode=True)
    assert isinstance(content, bytes)
    found = strict_ics.read(content)
    assert found["METHOD"].value == calendar["Content-Type"].params["method"]
    return found


def event_of(mail: EmailMessage) -> strict_ics.Component:
    (event,) = calendar_of(mail).components
    return event


def texts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    found = plain.get_content().replace("\r\n", "\n"), html.get_content()
    return found[0].replace("\u00a0", " "), found[1].replace("\u00a0", " ")


def test_booking_moving_and_cancelling_each_send_one_mail_about_one_event(
    app: Flask, clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    worker, visitor = make_worker(port), Visitor(app)
    token = book(visitor)
    uid = only_booking(clinic).uid
    assert worker.deliver_due() == 1
    clinic.time.pass_(minutes=1)
    move(visitor, token)
    assert worker.deliver_due() == 1
    clinic.time.pass_(minutes=1)
    cancel(visitor, token)
    assert worker.deliver_due() == 1
    assert worker.deliver_due() == 0
    assert states(clinic) == [MessageState.SENT] * 3

    mails = letterbox.mails
    methods = [calendar_of(mail)["METHOD"].value for mail in mails]
    events = [event_of(mail) for mail in mails]
    assert methods == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["UID"].value for event in events] == [uid] * 3
    assert [event["SEQUENCE"].value for event in events] == ["0", "1", "2"]
    assert [event["STATUS"].value for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event["DTSTART"].value for event in events] == [
        "20260113T140000Z",
        "20260113T150000Z",
        "20260113T150000Z",
    ]
    assert [event["DTEND"].value for event in events] == [
        "20260113T143000Z",
        "20260113T153000Z",
        "20260113T153000Z",
    ]
    assert [event["DTSTAMP"].value for event in events] == [
        f"20260112T13{minute:02}00Z" for minute in range(3)
    ]
    for event in events:
        assert event["ORGANIZER"].value == "mailto:booking@clinic.example"
        assert event["ORGANIZER"].parameters == {"CN": "Dr. Ahmed"}
        assert event["ATTENDEE"].value == "mailto:ann@patient.example"
        assert event["ATTENDEE"].parameters["PARTSTAT"] == "ACCEPTED"
        assert event["ATTENDEE"].parameters["RSVP"] == "FALSE"
        assert event["CLASS"].value == "PRIVATE"
        assert not event.components
    for mail in mails:
        assert "X-WR-CALNAME" not in calendar_of(mail).names


@on_one_engine
def test_the_envelope_and_the_headers_are_the_clinics(
    app: Flask, clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    book(Visitor(app))
    make_worker(port).deliver_due()
    (envelope,), (mail,) = letterbox.envelopes, letterbox.mails
    assert envelope.mail_from == "booking@clinic.example"
    assert envelope.rcpt_tos == ["ann@patient.example"]
    assert mail["From"] == "Ahmed Skin Clinic <booking@clinic.example>"
    assert mail["To"] == "ann@patient.example"
    assert mail["Reply-To"] == "office@clinic.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(mail["Date"]) == clinic.time.now
    local = only_booking(clinic).uid.partition("@")[0]
    assert mail["Message-ID"] == f"<{local}.0.confirmed@127.0.0.1>"
    for header in ("Bcc", "Cc", "X-Mailer", "Sender"):
        assert header not in mail
    assert len(mail.get_all("Message-ID")) == len(mail.get_all("Date")) == 1


@on_one_engine
def test_a_mail_is_seven_bit_and_its_lines_are_short(
    app: Flask, clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    visitor = Visitor(app)
    move(visitor, book(visitor, name="王小明 O’Brien-Ñúñez"))
    worker = make_worker(port)
    clinic.book(
        at("2026-01-14T09:00-05:00"), Person("Ä" * 200, ANN.date_of_birth, "x@y.example", None)
    )
    assert worker.deliver_due() == 2
    for raw in letterbox.raw:
        assert raw.isascii()
        lines = raw.split(b"\r\n")
        assert b"\n" not in b"".join(lines)
        assert b"\r" not in b"".join(lines)
        assert max(len(line) for line in lines) <= 78
        assert max(len(line) for line in lines[lines.index(b"") :]) <= 76
        assert b"\0" not in raw


@on_one_engine
def test_subjects_are_neutral_and_texts_stand_alone(
    app: Flask, clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    worker, visitor = make_worker(port), Visitor(app)
    token = book(visitor)
    worker.deliver_due()
    move(visitor, token)
    worker.deliver_due()
    cancel(visitor, token, "my acne got worse")
    worker.deliver_due()
    confirmed, moved, cancelled = letterbox.mails
    assert confirmed["Subject"] == "Your appointment on Tue 13 Jan, 9:00 am"
    for mail in letterbox.mails:
        assert "appointment" in mail["Subject"]
        for word in PRIVATE:
            assert word.lower() not in mail["Subject"].lower(), word
        for text in texts(mail):
            for fact in ("Tuesday 13 January 2026", "Eastern Time", "Dr. Ahmed", "12 Elm Street"):
                assert fact in text
            assert "(202) 555-0142" in text
            assert "my acne" not in text
            for word in ("Ann", "Brien", "1990"):
                assert word not in text
        event = event_of(mail)
        described = event["SUMMARY"].text + event["DESCRIPTION"].text
        for word in ("needling", "scar", "acne", "Brien", "http"):
            assert word not in described
        assert "(202) 555-0142" in described
    for mail in (confirmed, moved):
        for text in texts(mail):
            assert f"http://127.0.0.1:8000/manage/{token}" in text
            assert "/appointment.ics" in text
            hosts = ("calendar.google.com", "outlook.live.com", "outlook.office.com")
            assert all(f"https://{host}/" in text for host in hosts)
    for text in texts(moved):
        assert "9:00 am" in text
        assert "10:00 am" in text
    assert token not in "".join(texts(cancelled))


def test_the_links_in_a_mail_lead_to_the_booking(
    app: Flask, clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    book(Visitor(app))
    make_worker(port).deliver_due()
    plain, _ = texts(letterbox.mails[0])
    links = re.findall(r"^http://127\.0\.0\.1:8000(\S+)$", plain, re.MULTILINE)
    assert len(links) == 2
    reader = Visitor(app)
    assert reader.get(links[0]).heading == "Your appointment"
    download = reader.get(links[1])
    assert download.headers["Content-Type"].startswith("text/calendar")
    mailed = event_of(letterbox.mails[0])
    (downloaded,) = strict_ics.read(download.response.data).components
    for name in ("UID", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "LOCATION"):
        assert downloaded[name].value == mailed[name].value


@pytest.mark.parametrize(
    "name",
    [
        'Ann" <evil@x.example>, "Bob',
        "Ann;CN=x:mailto:evil@x.example",
        "Ann, Bob: mailto:evil@x.example",
        "=?utf-8?q?Ann=0D=0ABcc:_evil@x.example?=",
        "Ann\\r\\nBcc: evil@x.example",
        "{{ 7 * 7 }}{% include 'x' %}<script>alert(1)</script>",
        ".\u00a0.",
        "..Ann",
        "名前" * 100,
        "𝔄" * 200,
    ],
)
@on_one_engine
def test_no_name_becomes_a_header_a_recipient_or_a_property(
    clinic: Clinic, make_worker: MakeWorker, post: Post, name: str
):
    port, letterbox = post
    # Today, so that the doctor is told as well.
    clinic.book(
        at("2026-01-12T14:00-05:00"), Person(name, ANN.date_of_birth, "x@patient.example", None)
    )
    assert make_worker(port).deliver_due() == 2
    assert {tuple(e.rcpt_tos) for e in letterbox.envelopes} == {
        ("x@patient.example",),
        ("dr.ahmed@clinic.example",),
    }
    for mail in letterbox.mails:
        assert set(mail.keys()) == {
            "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
            "MIME-Version", "Content-Type",
        }  # fmt: skip
        assert "49" not in mail["Subject"]
        for text in texts(mail):
            assert "<script>" not in text
    (patients,) = (mail for mail in letterbox.mails if mail["To"] == "x@patient.example")
    event = event_of(patients)
    assert event["ATTENDEE"].value == "mailto:x@patient.example"
    assert event.names.count("ATTENDEE") == event.names.count("ORGANIZER") == 1


def test_the_doctor_hears_of_today_by_initials_and_without_an_invitation(
    clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    clinic.book(at("2026-01-12T14:00-05:00"))
    make_worker(port).deliver_due()
    (mail,) = [mail for mail in letterbox.mails if mail["To"] == "dr.ahmed@clinic.example"]
    assert mail.get_content_type() == "multipart/alternative"
    for text in texts(mail):
        assert "A. O." in text
        assert "Brien" not in text
        assert "/desk/bookings/" in text
        assert "/manage/" not in text


def test_a_message_is_not_sent_once_it_has_lost_its_point(
    app: Flask, clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    visitor = Visitor(app)
    token = book(visitor)
    move(visitor, token)
    cancel(visitor, token)
    assert make_worker(port).deliver_due() == 1
    assert states(clinic) == [MessageState.DROPPED, MessageState.DROPPED, MessageState.SENT]
    (mail,) = letterbox.mails
    assert calendar_of(mail)["METHOD"].value == "CANCEL"


@on_one_engine
def test_a_cancellation_by_the_clinic_tells_why(
    clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    booking = clinic.book(at("2026-01-13T09:00-05:00"))
    worker = make_worker(port)
    worker.deliver_due()
    clinic.write(
        lambda session, now: changes.advance(
            session,
            clinic.offers,
            clinic.links,
            booking,
            State.CANCELLED,
            actor=RECEPTION,
            reason="Dr. Ahmed is ill.\n.\r\nBcc: evil@x.example",
            now=now,
        )
    )
    worker.deliver_due()
    mail = letterbox.mails[1]
    assert "Dr. Ahmed is ill." in texts(mail)[0]
    assert "Bcc" not in mail
    assert letterbox.envelopes[1].rcpt_tos == ["ann@patient.example"]


@on_one_engine
def test_an_old_message_keeps_its_id_and_gets_the_date_it_is_sent_on(
    clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    clinic.book(at("2026-01-13T09:00-05:00"))
    clinic.time.now = datetime(2026, 1, 12, 20, 0, tzinfo=UTC)
    make_worker(port).deliver_due()
    (mail,) = letterbox.mails
    assert parsedate_to_datetime(mail["Date"]) == clinic.time.now
    assert event_of(mail)["DTSTAMP"].value == "20260112T130000Z"


@on_one_engine
def test_who_loses_their_time_reads_of_others_that_are_kept_each_with_its_link(
    app: Flask, clinic: Clinic, make_worker: MakeWorker, post: Post
):
    port, letterbox = post
    worker = make_worker(port)
    booking = clinic.book(at("2026-01-13T09:00-05:00"))
    worker.deliver_due()
    change(clinic, DAY_OFF, {booking.id: Choice.OFFER})
    worker.deliver_due()
    mail = letterbox.mails[-1]
    assert mail["Subject"] == "New times for your appointment on Tue 13 Jan, 9:00 am"
    # No calendar entry: the old time stands until another is taken.
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    words = texts(mail)[0]
    assert "The doctor is ill" in words
    assert "until Monday 12 January, 1:30 pm" in words
    links = re.findall(r"http://\S+/move\?slot=\S+", words)
    assert len(links) == 3
    page = Visitor(app).get(links[0].removeprefix("http://127.0.0.1:8000"))
    assert (page.status, page.heading) == (200, "Move your appointment?")
