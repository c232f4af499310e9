"""The waitlist's pages: joining, a time that is kept, a late click, and reception stepping in."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.store.bookings import Booking
from booking.store.records import AuditEntry
from booking.store.waitlist import WaitlistEntry
from tests.services import waiting
from tests.services.deeds import TUESDAY_9, WEDNESDAY_9, cancel, is_offered, now_is
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Page, Visitor

WANDA = {"name": "Wanda Waits", "email": "wanda@patient.example", "privacy": "1", "weekday": "1"}
BIRTH = {"day": "14", "month": "3", "year": "1990"}


@pytest.fixture
def taken(clinic: Clinic) -> Booking:
    return clinic.book(TUESDAY_9)


def join(visitor: Visitor, **changes: str) -> Page:
    visitor.get("/waitlist")
    return visitor.post("/waitlist", WANDA | changes)


def offer_address(clinic: Clinic) -> str:
    offer = waiting.last(clinic)
    return f"/offer/{clinic.links.offer_keys.new(offer.uid, 0)}"


def comes_free(clinic: Clinic, taken: Booking) -> str:
    """The address of what is offered then."""
    waiting.work(clinic)
    cancel(clinic, taken)
    waiting.work(clinic)
    return offer_address(clinic)


def test_from_the_days_one_joins_and_is_shown_ones_place(visitor: Visitor, clinic: Clinic):
    assert "/waitlist" in {a.attrs["href"] for a in visitor.get("/book").document.all("a")}
    page = visitor.follow(join(visitor))
    assert page.heading == "You are on the waitlist"
    assert "Tuesdays" in page.words
    assert count(clinic, WaitlistEntry) == 1


@on_one_engine
@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": ""}, "name", "Enter your name"),
        ({"email": ""}, "email", "Enter an e-mail address or a phone number"),
        ({"privacy": ""}, "privacy", "Tick the box"),
        ({"earliest": "soon"}, "earliest", "Enter a day that exists"),
        ({"latest": "2026-01-01"}, "latest", "must be today or later"),
        ({"earliest": "2026-02-02", "latest": "2026-02-01"}, "latest", "not be before"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    visitor: Visitor, clinic: Clinic, change: dict[str, str], field: str, words: str
):
    page = join(visitor, **change)
    assert page.status == 422
    assert words in page.why(field)
    assert field in page.summary()
    assert page.value("name") == (WANDA | change)["name"]
    (tuesdays,) = page.document.all("input", value="1", name="weekday")
    assert "checked" in tuesdays.attrs
    assert count(clinic, WaitlistEntry) == 0


@on_one_engine
def test_who_and_where_that_nobody_offers_is_refused(visitor: Visitor, clinic: Clinic):
    assert join(visitor, practitioner="nobody").status == 422
    assert join(visitor, location="nowhere").status == 422
    assert visitor.get("/waitlist?service=nothing").status == 404
    assert count(clinic, WaitlistEntry) == 0


def test_one_changes_ones_wishes_and_leaves(visitor: Visitor, clinic: Clinic):
    address = join(visitor).location
    page = visitor.fill(visitor.get(address), address, deed="change", part="evening")
    assert page.status == 303
    assert "Tuesdays, evenings" in visitor.follow(page).words
    left = visitor.follow(visitor.post(address, {"deed": "leave"}))
    assert left.heading == "You are not on the waitlist any more"
    assert visitor.post(address, {"deed": "leave"}).status == 303


def test_a_time_that_is_kept_is_taken_with_a_date_of_birth(
    visitor: Visitor, clinic: Clinic, taken: Booking
):
    join(visitor)
    address = comes_free(clinic, taken)
    page = visitor.get(address)
    assert page.heading == "A time has come free for you"
    assert "Tuesday 13 January 2026, 9:00 am" in page.words
    assert "until Monday 12 January, 10:00 am" in page.words
    assert "Wanda" not in page.words
    refused = visitor.post(address, {"deed": "accept"})
    assert refused.status == 422
    assert refused.why("date_of_birth") == "Enter your date of birth"
    done = visitor.post(address, {"deed": "accept", **BIRTH})
    assert done.location.startswith("/book/confirmed/")
    assert "9:00 am" in visitor.follow(done).words
    assert visitor.get(address).heading == "You have taken this time"


def test_a_late_click_is_told_kindly_and_stays_on_the_list(
    visitor: Visitor, clinic: Clinic, taken: Booking
):
    join(visitor)
    address = comes_free(clinic, taken)
    visitor.get(address)
    clinic.time.pass_(hours=2)
    late = visitor.post(address, {"deed": "accept", **BIRTH})
    assert late.status == 409
    assert late.heading == "We could not keep this time any longer"
    assert "You stay on the waitlist" in late.words
    assert visitor.get(address).status == 200
    assert waiting.state(clinic, 1) == "offered"
    waiting.work(clinic)
    assert waiting.state(clinic, 1) == "open"


def test_declining_says_so_and_frees_the_time(visitor: Visitor, clinic: Clinic, taken: Booking):
    join(visitor)
    address = comes_free(clinic, taken)
    visitor.get(address)
    page = visitor.follow(visitor.post(address, {"deed": "decline"}))
    assert page.heading == "You do not want this time"
    assert "You stay on the waitlist" in page.words
    assert is_offered(clinic, TUESDAY_9)


def test_from_an_appointment_one_asks_for_an_earlier_time(
    visitor: Visitor, clinic: Clinic, taken: Booking
):
    later = clinic.book(WEDNESDAY_9)
    own = f"/manage/{clinic.links.keys.new(later.uid, 0)}"
    page = visitor.get(own)
    assert "Tell me if an earlier time comes free" in page.words
    asked = visitor.post(f"{own}/earlier", {"deed": "wish"})
    assert "You are on our waitlist" in visitor.get(asked.location.split("#")[0]).words
    address = comes_free(clinic, taken)
    offer = visitor.get(address)
    assert "your appointment on Wednesday 14 January, 9:00 am moves" in offer.words
    assert "Date of birth" not in offer.words
    done = visitor.post(address, {"deed": "accept"})
    assert visitor.follow(done).heading == "Your appointment is moved"
    assert now_is(clinic, later).start == TUESDAY_9


def test_the_wish_is_taken_back(visitor: Visitor, clinic: Clinic):
    own = f"/manage/{clinic.links.keys.new(clinic.book(WEDNESDAY_9).uid, 0)}"
    visitor.get(own)
    visitor.post(f"{own}/earlier", {"deed": "wish"})
    visitor.post(f"{own}/earlier", {"deed": "leave"})
    assert "Tell me if an earlier time comes free" in visitor.get(own).words
    assert waiting.state(clinic, 1) == "left"


@on_one_engine
def test_links_of_one_kind_open_no_other(visitor: Visitor, clinic: Clinic, taken: Booking):
    place = join(visitor).location.rpartition("/")[2]
    offer = comes_free(clinic, taken).rpartition("/")[2]
    for path in (f"/offer/{place}", f"/waitlist/{offer}", f"/manage/{offer}", "/offer/x"):
        assert visitor.get(path).status == 404


@on_one_engine
def test_nobody_joins_without_end(visitor: Visitor, clinic: Clinic):
    visitor.get("/waitlist")
    answers = [join(visitor, email=f"p{n}@patient.example").status for n in range(11)]
    assert answers == [303] * 10 + [429]


# -- reception ----------------------------------------------------------------------------


def test_reception_sees_who_waits_and_the_chain(admin: Visitor, clinic: Clinic, taken: Booking):
    waiting.join(clinic, "First")
    waiting.join(clinic, "Second")
    comes_free(clinic, taken)
    clinic.time.pass_(hours=2)
    waiting.work(clinic)
    # The first session was idle for too long.
    admin.sign_in(clinic, "reception")
    before = count(clinic, AuditEntry)
    page = admin.get("/desk/waitlist")
    assert page.words.index("First") < page.words.index("Second")
    assert "Not answered in time" in page.words
    assert "Not answered yet" in page.words
    assert count(clinic, AuditEntry) == before + 1


def test_who_has_only_a_phone_is_to_be_called_and_reception_answers_for_them(
    admin: Visitor, clinic: Clinic, taken: Booking
):
    waiting.join(clinic, "Tom", email=None, phone="+1 202-555-0177")
    comes_free(clinic, taken)
    page = admin.get("/desk/waitlist")
    assert "Please call Tom (202) 555-0177" in page.words
    offer = str(waiting.last(clinic).id)
    assert admin.post("/desk/waitlist", {"deed": "accept", "id": offer}).status == 422
    given = {"deed": "accept", "id": offer, "date_of_birth": "1980-02-01"}
    assert admin.post("/desk/waitlist", given).status == 303
    made = clinic.read(
        lambda session, _: session.scalars(
            select(Booking).where(Booking.state == State.CONFIRMED)
        ).one()
    )
    assert made.start == TUESDAY_9
    assert admin.post("/desk/waitlist", given).status == 422


def test_reception_offers_by_hand_takes_back_and_removes(admin: Visitor, clinic: Clinic):
    entry = str(waiting.join(clinic))
    page = admin.get("/desk/waitlist")
    slot = page.by_id("slot").all("option")[0].attrs["value"]
    given = {"deed": "offer", "id": entry, "slot": slot}
    assert admin.post("/desk/waitlist", given).status == 303
    assert [outcome for *_, outcome in waiting.offers(clinic)] == ["open"]
    clinic.book(TUESDAY_9)
    offer = str(waiting.last(clinic).id)
    assert admin.post("/desk/waitlist", {"deed": "withdraw", "id": offer}).status == 303
    assert [outcome for *_, outcome in waiting.offers(clinic)] == ["withdrawn"]
    assert admin.post("/desk/waitlist", {"deed": "remove", "id": entry}).status == 303
    assert waiting.state(clinic, 1) == "left"
    assert admin.post("/desk/waitlist", given).status == 422
    assert admin.post("/desk/waitlist", {"deed": "dance", "id": "1"}).status == 422
    assert admin.post("/desk/waitlist", {"deed": "remove", "id": "²"}).status == 422


def test_the_booking_tells_in_its_history_what_was_offered(
    admin: Visitor, clinic: Clinic, taken: Booking
):
    later = clinic.book(WEDNESDAY_9)
    waiting.wish(clinic, later)
    comes_free(clinic, taken)
    waiting.decline(clinic, waiting.last(clinic).id)
    page = admin.get(f"/desk/bookings/{later.id}")
    for words in ("Asked to be told", "An earlier time was offered", "was declined"):
        assert words in page.words
    assert admin.get("/desk/waitlist").status == 200


def test_mails_say_neutrally_what_is_kept_and_where_to_answer(
    app: Flask, clinic: Clinic, taken: Booking
):
    from booking.worker import Worker

    waiting.join(clinic)
    comes_free(clinic, taken)
    sent = []
    worker = Worker(clinic.database, clinic.links, sent.append, sender="a@b.example", timeout=1)
    worker.deliver_due()
    mine = [mail for mail in sent if mail["To"] == "wanda@patient.example"]
    joined, offered = mine
    assert joined["Subject"] == "You are on our waitlist"
    assert offered["Subject"].replace("\u00a0", " ") == "A time for you on Tue 13 Jan, 9:00 am"
    text = offered.get_body(("plain",)).get_content()
    assert f"http://127.0.0.1:8000{offer_address(clinic)}" in text
    assert "/waitlist/" in joined.get_body(("html",)).get_content()


def test_mails_speak_the_language_in_which_somebody_joined(
    app: Flask, clinic: Clinic, taken: Booking
):
    from booking.worker import Worker

    visitor = Visitor(app)
    visitor.get("/waitlist?lang=de")
    assert visitor.post("/waitlist", WANDA).status == 303
    comes_free(clinic, taken)
    sent = []
    worker = Worker(clinic.database, clinic.links, sent.append, sender="a@b.example", timeout=1)
    worker.deliver_due()
    joined, offered = [mail for mail in sent if mail["To"] == WANDA["email"]]
    assert joined["Subject"] == "Sie stehen auf unserer Warteliste"
    assert "Di" in offered["Subject"]
    for mail in (joined, offered):
        html = mail.get_body(("html",)).get_content()
        assert '<html lang="de" dir="ltr"' in html
        assert "Warteliste" in html
        assert "You are on" not in html
