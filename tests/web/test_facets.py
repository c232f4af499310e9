"""For whom a service is and how its visits take place: what patients and reception see of it."""

import pytest
from flask import Flask

from booking.domain.roles import FeedPrivacy
from booking.domain.slots import parse_slot_id
from booking.services.calendars import initials
from booking.store.clinic import Service
from tests.services.deeds import TUESDAY_9, add_service, change_service, is_offered
from tests.support import ANN as ANN_HERSELF
from tests.support import Clinic
from tests.web.journeys import ANN, CALLER, book, confirm, count, fill_in, on_one_engine, take
from tests.web.site import add_feed
from tests.web.test_admin_services import CONSULTATION, send
from tests.web.visitor import Page, Visitor

BY_PHONE = "By phone: we call you on the number you gave"
ADDRESS = "12 Elm Street"
ROOM = "https://video.example/room"
BOTH = ANN | {"phone": "(202) 555-0143"}


@pytest.fixture
def reception(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, "reception")
    return visitor


def options(page: Page) -> list[str]:
    """The kinds of consultation to choose from."""
    (shown,) = page.document.all("ul", **{"aria-labelledby": "kinds"})
    return [link.words for link in shown.all("a")]


def links(page: Page) -> list[str]:
    return [a.attrs["href"] for a in page.document.all("a") if "video" in a.attrs.get("href", "")]


@on_one_engine
def test_patients_read_for_whom_each_service_is(visitor: Visitor, clinic: Clinic):
    change_service(clinic, patients="known")
    add_service(clinic, "first", minutes=60, patients="new")
    add_service(clinic, "any", minutes=30, mode="phone")
    assert options(visitor.get("/book")) == [
        "first, 60 minutesFor your first visit",
        "any, 30 minutesFor everybody · By phone",
        "Micro needling consultation, 30 minutesIf you have been here before",
    ]
    times = visitor.get("/book/times?day=2026-01-13&service=consultation")
    assert times.words.count("If you have been here before") == 2
    visitor.take(times.slots[0])
    assert "If you have been here before" in visitor.get("/book/details").words


@on_one_engine
def test_where_all_are_for_everybody_nothing_is_said(visitor: Visitor, clinic: Clinic):
    add_service(clinic, "any", minutes=30)
    assert options(visitor.get("/book")) == [
        "Micro needling consultation, 30 minutes",
        "any, 30 minutes",
    ]


@on_one_engine
def test_a_service_alone_says_for_whom_it_is_and_turns_nobody_away(
    visitor: Visitor, clinic: Clinic
):
    change_service(clinic, patients="new")
    assert "For your first visit" in visitor.get("/book").words
    for number in range(2):
        book(Visitor(visitor.app), number=number)


def test_a_visit_by_phone_asks_for_a_number_beside_the_field(visitor: Visitor, clinic: Clinic):
    change_service(clinic, mode="phone")
    take(visitor)
    form = visitor.get("/book/details")
    assert "This visit is by phone, so we need your number." in form.words
    assert ADDRESS not in form.words.split("Rather talk")[0]
    refused = fill_in(visitor)
    assert refused.status == 422
    assert refused.summary() == {"phone": "Enter a phone number: this visit is by phone"}
    assert refused.why("phone") == "Enter a phone number: this visit is by phone"
    assert refused.value("email") == ANN["email"]
    assert fill_in(visitor, phone="(202) 555-0143").location == "/book/questions/cause"
    assert BY_PHONE in visitor.get("/book/check").words


@on_one_engine
def test_who_goes_over_to_a_visit_by_phone_gives_a_number_after_all(
    visitor: Visitor, clinic: Clinic
):
    add_service(clinic, "call", minutes=30, mode="phone")
    take(visitor)
    assert fill_in(visitor).location == "/book/questions/cause"
    slots = visitor.get("/book/times?day=2026-01-13&service=call").slots
    assert {parse_slot_id(slot)[0] for slot in slots} == {"call"}
    visitor.take(slots[0])
    assert visitor.get("/book/check").location == "/book/details"


@on_one_engine
def test_a_service_that_goes_over_to_the_phone_while_somebody_books(
    visitor: Visitor, clinic: Clinic
):
    take(visitor)
    fill_in(visitor)
    page = visitor.get("/book/check")
    change_service(clinic, mode="phone")
    assert visitor.fill(page, "/book/check", privacy="1").location == "/book/details"


@on_one_engine
def test_confirmation_manage_page_and_calendar_of_a_visit_by_phone(
    visitor: Visitor, clinic: Clinic
):
    change_service(clinic, mode="phone", mode_text="We call from a hidden number")
    token = book(visitor, **BOTH)
    for path in (f"/book/confirmed/{token}", f"/manage/{token}"):
        page = visitor.get(path)
        assert f"How {BY_PHONE}We call from a hidden number" in page.words
        assert "Good to have at hand" in page.words
        assert "Come as you are" not in page.words
    event = visitor.get(f"/manage/{token}/appointment.ics").text.replace("\r\n ", "")
    assert f"LOCATION:{BY_PHONE}\r\n" in event
    assert "555" not in event.split("SUMMARY:")[1].split("\r\n")[0]


@on_one_engine
def test_the_address_of_a_video_call_is_shown_to_those_who_have_booked(
    visitor: Visitor, clinic: Clinic
):
    change_service(clinic, mode="video", mode_text=f'Join <b>"here"</b>:\n{ROOM}.')
    take(visitor)
    for path in ("/book", "/book/times?day=2026-01-13", "/book/details"):
        page = visitor.get(path)
        assert "By video" in page.words
        assert "You get the address once you have booked." in page.words
        assert "video.example" not in page.text
    fill_in(visitor)
    token = confirm(visitor).location.removeprefix("/book/confirmed/")
    for path in (f"/book/confirmed/{token}", f"/manage/{token}"):
        page = visitor.get(path)
        assert f'By videoJoin <b>"here"</b>: {ROOM}.' in page.words
        assert ROOM in links(page)
        assert "<b>&#34;here" not in page.text
    cancelled = visitor.fill(visitor.get(f"/manage/{token}/cancel"), f"/manage/{token}/cancel")
    assert ROOM not in links(visitor.follow(cancelled))


@on_one_engine
def test_a_time_that_is_gone_still_says_how_the_visit_would_take_place(
    visitor: Visitor, clinic: Clinic
):
    change_service(clinic, mode="video", mode_text="We send you a link")
    slot = visitor.get("/book/times?day=2026-01-13").slots[0]
    assert "By videoWe send you a link" in visitor.get(f"/book?slot={slot}").words
    clinic.book(TUESDAY_9)
    for gone in (visitor.get(f"/book?slot={slot}"), visitor.take(slot)):
        assert gone.status == 409
        assert "By videoWe send you a link" in gone.words


def test_the_board_and_the_card_mark_visits_that_nobody_comes_for(
    reception: Visitor, clinic: Clinic
):
    booking = clinic.book(TUESDAY_9)
    assert "In person" not in reception.get("/desk?day=2026-01-13").words
    change_service(clinic, mode="video", mode_text=f"Our room: {ROOM}")
    assert "online · By video" in reception.get("/desk?day=2026-01-13").words
    card = reception.get(f"/desk/bookings/{booking.id}")
    assert f"How By videoOur room: {ROOM}" in card.words
    assert links(card) == [ROOM]


def test_reception_asks_for_the_number_of_a_visit_by_phone(reception: Visitor, clinic: Clinic):
    change_service(clinic, mode="phone", patients="known")
    form = reception.get("/desk/book?day=2026-01-13")
    assert "This kind is for known patients, by phone." in form.words
    slot = reception.get("/book/times?day=2026-01-13").slots[0]
    refused = reception.post("/desk/book?day=2026-01-13", ANN | {"slot": slot})
    assert refused.status == 422
    assert refused.why("phone") == "Enter a phone number: this visit is by phone"
    without_time = reception.post("/desk/book?day=2026-01-13", ANN)
    assert list(without_time.summary()) == ["slot", "phone"]
    done = reception.post("/desk/book?day=2026-01-13", CALLER | {"slot": slot})
    assert "phone · By phone" in reception.follow(done).words


@on_one_engine
def test_reception_sees_what_is_special_about_each_kind(reception: Visitor, clinic: Clinic):
    add_service(clinic, "call", minutes=30, patients="known", mode="phone")
    (kinds,) = reception.get("/desk/book").document.all("select", name="service")
    assert [option.words for option in kinds.all("option")] == [
        "Micro needling consultation",
        "call (for known patients, by phone)",
    ]


@on_one_engine
@pytest.mark.parametrize("privacy", [FeedPrivacy.INITIALS, FeedPrivacy.BUSY])
def test_the_doctors_calendar_says_by_phone_and_keeps_the_number(
    visitor: Visitor, clinic: Clinic, privacy: FeedPrivacy
):
    change_service(clinic, mode="phone")
    book(visitor, **BOTH)
    feed = visitor.get(f"/calendar/{add_feed(clinic, privacy)}.ics").text
    assert ("LOCATION:By phone\r\n" in feed) == (privacy is FeedPrivacy.INITIALS)
    assert "555" not in feed
    assert ADDRESS not in feed
    assert (f"SUMMARY:{initials(ANN_HERSELF.name)}" in feed) == (privacy is FeedPrivacy.INITIALS)


def test_the_administrator_says_for_whom_and_how(admin: Visitor, clinic: Clinic):
    saved = send(admin, patients="new", mode="video", mode_text=f"Join here:\r\n{ROOM}")
    assert saved.status == 303
    assert "30 minutes · by video · new patients" in admin.follow(saved).words
    form = admin.get(CONSULTATION).form(CONSULTATION).values
    assert (form["patients"], form["mode"]) == ("new", "video")
    assert form["mode_text"] == f"Join here:\n{ROOM}"
    assert "Also for bookings that were made." in admin.get(CONSULTATION).words
    # Whoever comes in person has nothing to join.
    assert send(admin, mode="in_person").status == 303
    assert admin.get(CONSULTATION).value("mode_text") == ""


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"patients": "nobody"}, "patients", "Choose one from the list"),
        ({"mode": "by_pigeon"}, "mode", "Choose one from the list"),
        ({"mode": "video"}, "mode_text", "Say how patients join the video call"),
        ({"mode": "video", "mode_text": "\u200b \n"}, "mode_text", "Say how patients join"),
        ({"mode": "phone", "mode_text": "x" * 501}, "mode_text", "Use 500 characters or fewer"),
        ({"mode": "video", "mode_text": "x" * 501}, "mode_text", "Use 500 characters or fewer"),
        ({"mode": "video", "mode_text": "a\x07b"}, "mode_text", "Use letters, digits"),
    ],
)
def test_a_facet_that_makes_no_sense_is_said_beside_its_field_and_nothing_is_saved(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], field: str, why: str
):
    shown = send(admin, **changes)
    assert shown.status == 422
    assert why in shown.why(field)
    assert list(shown.summary()) == [field]
    if len(changes.get("mode_text", "")) > 500:
        assert shown.value("mode_text") == changes["mode_text"]
    row = clinic.read(lambda session, _: session.query(Service).one())
    assert (row.patients, row.mode, row.mode_text) == ("all", "in_person", "")
    assert is_offered(clinic, TUESDAY_9)
    assert count(clinic, Service) == 1


def test_bookings_that_a_change_strands_keep_the_facets_that_were_typed(
    admin: Visitor, clinic: Clinic
):
    booking = clinic.book(TUESDAY_9)
    asked = send(admin, archived="1", mode="video", mode_text=f"Two\nlines {ROOM}")
    form = next(form for form in asked.forms if "booking" in form.values)
    assert admin.post(CONSULTATION, form.values | {f"do-{booking.id}": "keep"}).status == 303
    row = clinic.read(lambda session, _: session.query(Service).one())
    assert (row.mode, row.mode_text) == ("video", f"Two\nlines {ROOM}")
