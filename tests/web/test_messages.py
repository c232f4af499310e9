"""Reception's list of messages: what became of each, and sending again what had failed."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.roles import Role
from booking.seams.sheet_folder import SheetFolder
from booking.store.bookings import Booking, Patient
from booking.store.records import AuditEntry, Message
from booking.worker import KeepSheets, Worker
from tests.services import waiting
from tests.services.deeds import TUESDAY_9, TUESDAY_10, cancel
from tests.services.test_outbox import REFUSED, claimed, fail
from tests.support import Clinic
from tests.web.journeys import on_one_engine
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
LIST, AGAIN, ADDRESS = "/desk/messages", "/desk/messages/1/again", "/desk/messages/1/address"
NEW = "ann@elsewhere.example"


@pytest.fixture
def desk(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    return visitor


@pytest.fixture
def failed(clinic: Clinic) -> Booking:
    """A booking whose confirmation, message 1, came back."""
    booking = clinic.book(TUESDAY_9)
    fail(clinic, claimed(clinic), REFUSED)
    return booking


def rows(page: Page) -> list[str]:
    (body,) = page.document.all("tbody")
    return [row.words for row in body.all("tr")]


def states(clinic: Clinic) -> list[str]:
    query = select(Message.state).order_by(Message.id)
    return clinic.read(lambda session, _: [one.value for one in session.scalars(query)])


def test_each_message_says_what_it_is_to_whom_and_what_became_of_it(
    desk: Visitor, clinic: Clinic, failed: Booking
):
    page = desk.get(LIST)
    (row,) = rows(page)
    for words in (
        "Ann O’Brien",
        "ann@patient.example",
        "Confirmation",
        "Failed",
        "1 try",
        "the server said no",
        "Monday 12 January, 8:00 am",
    ):
        assert words in row
    (name,) = (a for a in page.document.all("a") if a.words == "Ann O’Brien")
    assert name.attrs["href"] == f"/desk/bookings/{failed.id}"


def test_the_list_is_filtered_by_plain_links(desk: Visitor, clinic: Clinic, failed: Booking):
    clinic.book(TUESDAY_10)
    waiting.join(clinic)
    assert len(rows(desk.get(LIST))) == 3
    assert len(rows(desk.get(f"{LIST}?state=failed"))) == 1
    assert len(rows(desk.get(f"{LIST}?state=waiting&before=x"))) == 2
    assert "No messages yet" in desk.get(f"{LIST}?state=sent").words
    assert len(rows(desk.get(f"{LIST}?state=nonsense&before=2"))) == 1


def test_older_messages_are_a_page_away(desk: Visitor, clinic: Clinic):
    for number in range(51):
        waiting.join(clinic, f"W{number}")
    page = desk.get(LIST)
    assert len(rows(page)) == 50
    (older,) = (a for a in page.document.all("a") if a.words == "Older messages")
    assert len(rows(desk.get(older.attrs["href"]))) == 1


def test_the_navigation_says_how_many_have_failed(desk: Visitor, clinic: Clinic, failed: Booking):
    page = desk.get("/desk")
    (link,) = (a for a in page.document.all("a") if a.words.startswith("Messages"))
    assert link.words == "Messages 1 failed"
    assert link.attrs["href"] == f"{LIST}?state=failed"
    desk.fill(desk.get(LIST), AGAIN)
    assert "failed" not in desk.get("/desk").words


def test_what_failed_is_sent_again_once(desk: Visitor, clinic: Clinic, failed: Booking):
    page = desk.get(f"{LIST}?state=failed")
    done = desk.fill(page, AGAIN)
    assert done.location == f"{LIST}?state=failed&done=again"
    assert "on its way again" in desk.follow(done).words
    twice = desk.follow(desk.fill(page, AGAIN))
    assert "Somebody was quicker" in twice.words
    assert states(clinic) == ["queued"]


def test_what_is_no_longer_so_is_not_sent_again(desk: Visitor, clinic: Clinic, failed: Booking):
    page = desk.get(LIST)
    cancel(clinic, failed)
    refused = desk.fill(page, AGAIN)
    assert refused.status == 409
    assert "no longer so" in refused.words
    assert f'action="{AGAIN}"' not in refused.text
    assert states(clinic) == ["failed", "queued"]


def test_an_address_is_corrected_and_the_message_goes_there(
    desk: Visitor, clinic: Clinic, failed: Booking
):
    form = desk.get(ADDRESS)
    assert form.value("email") == "ann@patient.example"
    done = desk.fill(form, ADDRESS, email=f" {NEW} ")
    page = desk.follow(done)
    assert "The new address is kept" in page.words
    assert NEW in rows(page)[0]
    assert clinic.read(lambda session, _: session.scalars(select(Patient.email)).one()) == NEW
    assert NEW in desk.get(f"/desk/bookings/{failed.id}").words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter an e-mail address"),
        ("ann", "Enter an e-mail address like name@example.org"),
        ("a" * 300 + "@patient.example", "Enter an e-mail address like name@example.org"),
    ],
)
def test_an_address_that_is_none_is_refused_beside_its_field(
    desk: Visitor, clinic: Clinic, failed: Booking, typed: str, words: str
):
    refused = desk.fill(desk.get(ADDRESS), ADDRESS, email=typed)
    assert refused.status == 422
    assert refused.why("email") == words
    assert refused.value("email") == typed
    assert states(clinic) == ["failed"]


def test_there_is_nothing_to_correct_where_nothing_failed(desk: Visitor, clinic: Clinic):
    clinic.book(TUESDAY_9)
    assert desk.get(ADDRESS).status == 404
    desk.get("/desk")
    assert desk.post("/desk/messages/9/again").status == 404
    assert "Somebody was quicker" in desk.follow(desk.post(AGAIN, {"tries": "x"})).words


def test_looking_and_changing_are_recorded(desk: Visitor, clinic: Clinic, failed: Booking):
    desk.fill(desk.get(ADDRESS), ADDRESS, email=NEW)
    desk.get(LIST)
    query = select(AuditEntry).where(AuditEntry.staff_id.is_not(None)).order_by(AuditEntry.id)
    found = clinic.read(
        lambda session, _: [(e.action, e.booking_id, e.to_value) for e in session.scalars(query)]
    )
    assert found[-4:] == [
        ("viewed", failed.id, None),
        ("details_changed", failed.id, "email"),
        ("message_sent_again", failed.id, "confirmed"),
        ("viewed", None, None),
    ]


def test_neither_what_a_message_says_nor_an_answer_is_shown(
    desk: Visitor, clinic: Clinic, failed: Booking
):
    text = desk.get(LIST).text
    assert "/manage/" not in text
    assert "/book/confirmed" not in text


def test_mail_about_a_whole_day_is_listed_without_a_patient(
    desk: Visitor, clinic: Clinic, tmp_path: Path
):
    sheets = KeepSheets(SheetFolder(tmp_path / "sheets"), "desk@clinic.example")
    Worker(
        clinic.database, clinic.links, None, sender="a@b.example", timeout=1, sheets=sheets
    ).save_sheets()
    fail(clinic, claimed(clinic), REFUSED)
    page = desk.get(LIST)
    (row,) = rows(page)
    assert "Reception" in row
    assert "Sheets of today and tomorrow" in row
    assert "Edit the address" not in row
    assert desk.get(ADDRESS).status == 404
    assert desk.fill(page, AGAIN).location.endswith("done=again")
