"""By their link patients say that they will come, change details, and learn until when they may."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import State
from booking.domain.roles import Role
from booking.domain.slots import slot_id
from booking.store.bookings import Booking, Patient
from booking.store.records import AuditEntry, Message
from tests.services.deeds import RECEPTION, add_practitioner, move, set_cut_offs, step
from tests.support import Clinic, at
from tests.web.journeys import (
    book,
    confirm,
    count,
    fill_in,
    first_slots,
    on_one_engine,
    take,
)
from tests.web.test_manage import NINE, TEN, cancel, the
from tests.web.visitor import Page, Visitor


@pytest.fixture
def token(visitor: Visitor) -> str:
    return book(visitor)


def patient(clinic: Clinic) -> Patient:
    return clinic.read(lambda session, _: session.scalars(select(Patient)).one())


def come(visitor: Visitor, token: str, page: Page | None = None) -> Page:
    return visitor.fill(page or visitor.get(f"/manage/{token}"), f"/manage/{token}/come")


def change(visitor: Visitor, token: str, **values: str) -> Page:
    page = visitor.get(f"/manage/{token}/details")
    return visitor.fill(page, f"/manage/{token}/details", **values)


def plain(page: Page) -> str:
    return page.words.replace("\u00a0", " ")


# -- I will come ---------------------------------------------------------------------------


def test_one_press_says_i_will_come_and_the_desk_sees_it(
    app: Flask, visitor: Visitor, clinic: Clinic, token: str
):
    answer = come(visitor, token)
    assert (answer.status, answer.location) == (303, f"/manage/{token}#come")
    assert "You told us that you will come" in visitor.get(f"/manage/{token}").words
    assert count(clinic, Message) == 1
    desk = Visitor(app)
    desk.sign_in(clinic, Role.RECEPTION)
    assert "says they will come" in desk.get("/desk?day=2026-01-13").words
    card = desk.get(f"/desk/bookings/{the(clinic).id}").words
    assert card.count("Says they will come") == 2
    assert "by the patient" in card
    # Once they are here, it is no news.
    clinic.time.now = NINE
    step(clinic, the(clinic), State.ARRIVED)
    desk.sign_in(clinic, Role.RECEPTION)
    assert "says they will come" not in desk.get("/desk?day=2026-01-13").words


@on_one_engine
def test_looking_at_the_anchor_of_a_mail_says_nothing(visitor: Visitor, clinic: Clinic, token: str):
    page = visitor.get(f"/manage/{token}")
    assert page.by_id("come") is not None
    assert visitor.get(f"/manage/{token}/come").status == 405
    assert the(clinic).reconfirmed_at is None


@on_one_engine
def test_who_pressed_on_an_old_page_has_not_said_so_of_the_new_time(
    visitor: Visitor, clinic: Clinic, token: str
):
    page = visitor.get(f"/manage/{token}")
    move(clinic, the(clinic), TEN, actor=RECEPTION)
    answer = come(visitor, token, page)
    assert answer.status == 409
    assert "given another time since" in answer.words
    assert the(clinic).reconfirmed_at is None


@pytest.mark.parametrize("start", ["", "soon", "2026-01-13T09:00", "x" * 5000])
@on_one_engine
def test_a_start_that_no_page_showed_is_no_page(
    visitor: Visitor, clinic: Clinic, token: str, start: str
):
    visitor.get(f"/manage/{token}")
    assert visitor.post(f"/manage/{token}/come", {"start": start}).status == 404
    assert the(clinic).reconfirmed_at is None


@on_one_engine
def test_nobody_is_asked_who_cannot_come_any_more(visitor: Visitor, clinic: Clinic, token: str):
    page = visitor.get(f"/manage/{token}")
    cancel(visitor, token)
    assert visitor.get(f"/manage/{token}").by_id("come") is None
    assert come(visitor, token, page).status == 409


# -- name and phone ------------------------------------------------------------------------


def test_a_new_phone_number_is_kept_and_the_rest_stays(
    app: Flask, visitor: Visitor, clinic: Clinic, token: str
):
    page = visitor.follow(change(visitor, token, phone="(202) 555-0177"))
    assert "What you changed is saved" in page.words
    found = patient(clinic)
    assert (found.name, found.phone) == ("Ann O’Brien", "+1 202-555-0177")
    assert found.email == "ann@patient.example"
    desk = Visitor(app)
    desk.sign_in(clinic, Role.RECEPTION)
    assert "Changed: phone" in desk.get(f"/desk/bookings/{the(clinic).id}").words
    entries = clinic.read(lambda session, _: session.scalars(select(AuditEntry)).all())
    assert not [e for e in entries if "555" in f"{e.from_value}{e.to_value}{e.reason}{e.subject}"]


def test_a_link_that_was_passed_on_gives_nothing_away(visitor: Visitor, clinic: Clinic, token: str):
    change(visitor, token, phone="(202) 555-0177")
    for path in ("", "?notice=changed", "/details"):
        text = visitor.get(f"/manage/{token}{path}").text
        for secret in ("Ann", "Brien", "ann@patient.example", "1990", "March", "0177"):
            assert secret not in text, path


@on_one_engine
def test_neither_address_nor_date_of_birth_are_changed_by_link(
    visitor: Visitor, clinic: Clinic, token: str
):
    before = patient(clinic)
    page = visitor.get(f"/manage/{token}/details")
    assert "cannot be changed here" in page.words
    assert set(page.form(f"/manage/{token}/details").values) == {"csrf_token", "name", "phone"}
    change(
        visitor, token, name="Ann Other", email="eve@evil.example", day="1", month="1", year="2000"
    )
    after = patient(clinic)
    assert after.name == "Ann Other"
    assert (after.email, after.date_of_birth) == (before.email, before.date_of_birth)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "name"),
        ({"name": "A\x0bnn", "phone": "202 555 0177"}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "Ann Other", "phone": "12"}, "phone"),
        ({"phone": "5" * 5000}, "phone"),
    ],
)
@on_one_engine
def test_what_is_wrong_is_said_beside_its_field_and_kept(
    visitor: Visitor, clinic: Clinic, token: str, values: dict[str, str], field: str
):
    answer = change(visitor, token, **values)
    assert answer.status == 422
    assert answer.why(field)
    assert list(answer.summary()) == [field]
    assert [answer.value(name) for name in values] == list(values.values())
    assert (patient(clinic).name, patient(clinic).phone) == ("Ann O’Brien", None)


@on_one_engine
def test_details_cannot_be_changed_after_the_visit(visitor: Visitor, clinic: Clinic, token: str):
    page = visitor.get(f"/manage/{token}/details")
    clinic.time.now = NINE
    assert visitor.get(f"/manage/{token}/details").status == 409
    answer = visitor.fill(page, f"/manage/{token}/details", name="Ann Other")
    assert answer.status == 409
    assert patient(clinic).name == "Ann O’Brien"


# -- until when ----------------------------------------------------------------------------


@on_one_engine
def test_the_last_moment_is_said_before_it_comes(visitor: Visitor, clinic: Clinic):
    set_cut_offs(clinic, move=12, cancel=12)
    sentence = "You can move or cancel it online until Monday 12 January, 9:00 pm."
    take(visitor)
    fill_in(visitor)
    assert sentence in plain(visitor.get("/book/check"))
    confirmed = visitor.follow(confirm(visitor))
    assert sentence in plain(confirmed)
    assert "at any hour" not in confirmed.words
    token = confirmed.response.request.path.rsplit("/", 1)[1]
    page = visitor.get(f"/manage/{token}")
    assert sentence in plain(page)
    assert f"/manage/{token}/cancel" in page.text


@on_one_engine
def test_without_a_rule_nothing_is_said(visitor: Visitor, token: str):
    page = visitor.get(f"/manage/{token}")
    assert "online until" not in page.words
    assert "at any hour" in visitor.get(f"/book/confirmed/{token}").words


def test_after_the_last_moment_the_office_is_to_be_called(
    visitor: Visitor, clinic: Clinic, token: str
):
    set_cut_offs(clinic, move=12, cancel=6)
    asked = visitor.get(f"/manage/{token}/cancel")
    slot = slot_id("consultation", "dr-ahmed", TEN)
    clinic.time.now = at("2026-01-12T21:00-05:00")
    page = visitor.get(f"/manage/{token}")
    assert f"/manage/{token}/move" not in page.text
    assert f"/manage/{token}/cancel" in page.text
    for refused in (
        visitor.get(f"/manage/{token}/move"),
        visitor.post(f"/manage/{token}/move", {"slot": slot}),
    ):
        assert refused.status == 409
        assert "too close to your visit" in refused.words
        assert "(202) 555-0142" in refused.words
    clinic.time.now = at("2026-01-13T03:00-05:00")
    refused = visitor.fill(asked, f"/manage/{token}/cancel")
    assert (refused.status, the(clinic).state) == (409, State.CONFIRMED)
    # What does not take the time away from anybody stays possible.
    assert come(visitor, token).status == 303


# -- once more -----------------------------------------------------------------------------


def rebooking(page: Page) -> str:
    (found,) = {
        a.attrs["href"]
        for a in page.document.all("a")
        if a.attrs["href"].startswith("/book?") and "practitioner" in a.attrs["href"]
    }
    return found


def test_who_cancelled_or_missed_it_books_the_same_again(
    visitor: Visitor, clinic: Clinic, token: str
):
    again = "/book?service=consultation&practitioner=dr-ahmed"
    add_practitioner(clinic, "dr-weber")
    other = book(Visitor(visitor.app), number=2)
    cancel(visitor, token)
    page = visitor.get(f"/manage/{token}")
    assert rebooking(page).replace("&amp;", "&") == again
    assert visitor.get(again).status == 200
    clinic.time.now = at("2026-01-13T11:01-05:00")
    missed = clinic.read(
        lambda session, _: session.scalars(
            select(Booking).where(Booking.state == State.CONFIRMED)
        ).one()
    )
    step(clinic, missed, State.NO_SHOW)
    page = visitor.get(f"/manage/{other}")
    assert rebooking(page).startswith("/book?service=consultation")
    assert "To change it, please call" not in page.words


@on_one_engine
def test_what_is_no_longer_offered_leads_to_what_is(
    visitor: Visitor, clinic: Clinic, admin: Visitor, token: str
):
    cancel(visitor, token)
    add_practitioner(clinic, "dr-weber")
    form = admin.get("/admin/practitioners/dr-ahmed").form("/admin/practitioners/dr-ahmed")
    archived = admin.post("/admin/practitioners/dr-ahmed", form.values | {"go": "archive"})
    assert archived.status < 500
    assert first_slots(Visitor(visitor.app))
    assert visitor.get(f"/manage/{token}").status == 200
