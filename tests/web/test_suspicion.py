"""What makes a form suspicious, what that leads to, and the work that is wanted under attack."""

import hashlib
from collections.abc import Callable
from itertools import count as numbers

import pytest
from flask import Flask

from booking.domain.suspicion import BOOKINGS_FROM_NETWORK, OPEN_BOOKINGS
from booking.formats.work import WorkOrders
from booking.store.bookings import Booking, EmailProof
from booking.web import limits
from booking.web.installation import here
from tests.support import SECRET, Clinic
from tests.web.journeys import CALLER, book, confirm, count, fill_in, on_one_engine, take
from tests.web.visitor import Page, Visitor

ASKED = "/book/confirm-email"


def solve(order: str, bits: int) -> str:
    """What the browser's script does."""
    for number in numbers():
        answer = f"{order}:{number}"
        if int.from_bytes(hashlib.sha256(answer.encode()).digest()) >> (256 - bits) == 0:
            return answer
    raise AssertionError


def send_from(visitor: Visitor, network: str) -> Page:
    """Press the last button, from somewhere."""
    page = visitor.get("/book/check")
    values = page.form("/book/check").values | {"privacy": "1"}
    return visitor.post("/book/check", values, environ_overrides={"REMOTE_ADDR": network})


def send_work(visitor: Visitor, answer: str) -> Page:
    page = visitor.get("/book/check")
    return visitor.fill(page, "/book/check", privacy="1", work=answer)


def order_of(visitor: Visitor) -> tuple[str, int]:
    field = next(e for e in visitor.get("/book/check").document.all("input", name="work"))
    return field.attrs["data-work"], int(field.attrs["data-bits"])


@on_one_engine
@pytest.mark.parametrize("path", ["/book/details", "/waitlist", "/find"])
def test_nobody_meets_the_field_that_machines_fill(visitor: Visitor, path: str):
    take(visitor)
    field = visitor.get(path).by_id("website")
    assert field is not None
    assert field.attrs["autocomplete"] == "off"
    assert field.attrs["tabindex"] == "-1"
    assert field.attrs["value"] == ""
    assert '<div class="nobody" aria-hidden="true"><label for="website">' in visitor.get(path).text


@pytest.mark.parametrize("where", ["details", "check"])
def test_a_machine_that_fills_it_in_is_asked_to_confirm(
    visitor: Visitor, clinic: Clinic, where: str
):
    take(visitor)
    fill_in(visitor, **({"website": "https://spam.example"} if where == "details" else {}))
    page = visitor.get("/book/check")
    filled = {"website": "x"} if where == "check" else {}
    assert visitor.fill(page, "/book/check", privacy="1", **filled).location == ASKED
    assert count(clinic, Booking) == 0
    assert count(clinic, EmailProof) == 1


@on_one_engine
def test_a_clinic_that_never_asks_books_all_the_same(
    make_app: Callable[..., Flask], clinic: Clinic
):
    book(Visitor(make_app(CONFIRM_EMAIL="never")), website="x")
    assert count(clinic, Booking) == 1


@on_one_engine
def test_without_limits_nobody_is_suspicious(make_app: Callable[..., Flask], clinic: Clinic):
    book(Visitor(make_app(RATELIMIT_ENABLED="0")), website="x")
    assert count(clinic, Booking) == 1


@on_one_engine
@pytest.mark.parametrize("mark", ["", "forged", "x" * 5000])
def test_a_form_without_its_mark_is_not_lost(visitor: Visitor, clinic: Clinic, mark: str):
    take(visitor)
    fill_in(visitor, form_mark=mark)
    page = visitor.get("/book/check")
    assert visitor.fill(page, "/book/check", privacy="1", form_mark=mark).status == 303
    assert count(clinic, Booking) == 1


@on_one_engine
def test_many_contacts_in_haste_from_one_network_are_suspicious_and_read_forms_are_not(
    app: Flask, clinic: Clinic
):
    answers = []
    for number in range(5):
        visitor = Visitor(app)
        take(visitor, number=number)
        fill_in(visitor, email=f"patient{number}@patient.example")
        answers.append(send_from(visitor, "198.51.100.7").location)
    assert ASKED not in answers[:4]
    assert answers[4] == ASKED
    patient, page = Visitor(app), None
    take(patient, number=5)
    page = patient.get("/book/details")
    clinic.time.pass_(seconds=20)
    patient.fill(page, "/book/details", **(CALLER | {"name": "Bo", "email": "bo@patient.example"}))
    last = patient.get("/book/check")
    clinic.time.pass_(seconds=20)
    values = last.form("/book/check").values | {"privacy": "1"}
    made = patient.post("/book/check", values, environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
    assert made.location.startswith("/book/confirmed/")


@on_one_engine
def test_many_bookings_from_one_network_within_the_hour_are_suspicious(app: Flask, clinic: Clinic):
    def send(number: int, network: str) -> str:
        visitor = Visitor(app)
        take(visitor, number=number)
        fill_in(visitor, email="family@patient.example" if number % 2 else "f2@patient.example")
        return send_from(visitor, network).location

    before = [send(number, "198.51.100.7") for number in range(BOOKINGS_FROM_NETWORK)]
    assert ASKED not in before
    assert send(BOOKINGS_FROM_NETWORK, "198.51.100.7") == ASKED
    assert send(BOOKINGS_FROM_NETWORK, "203.0.113.5") != ASKED


def test_an_address_with_several_visits_ahead_that_nobody_proved_is_asked(
    app: Flask, clinic: Clinic
):
    for number in range(OPEN_BOOKINGS):
        book(Visitor(app), number=number)
    visitor = Visitor(app)
    take(visitor, number=OPEN_BOOKINGS)
    fill_in(visitor)
    assert confirm(visitor).location == ASKED


@pytest.fixture
def guarded(make_app: Callable[..., Flask]) -> Flask:
    """A clinic that always wants work, of which a test has little."""
    app = make_app(PROOF_OF_WORK="always")
    with app.app_context():
        here().work.bits = 6
    return app


@on_one_engine
def test_work_that_was_done_books_at_once_and_counts_once(guarded: Flask, clinic: Clinic):
    visitor = Visitor(guarded)
    take(visitor)
    fill_in(visitor)
    answer = solve(*order_of(visitor))
    assert send_work(visitor, answer).location.startswith("/book/confirmed/")
    again = Visitor(guarded)
    take(again)
    fill_in(again)
    assert send_work(again, answer).location == ASKED
    assert count(clinic, Booking) == 1


@on_one_engine
@pytest.mark.parametrize("how", ["none", "wrong", "expired", "forged"])
def test_without_it_a_mail_takes_its_place(guarded: Flask, clinic: Clinic, how: str):
    visitor = Visitor(guarded)
    take(visitor)
    fill_in(visitor)
    order, bits = order_of(visitor)
    answer = {"none": "", "wrong": f"{order}:x", "forged": solve(f"a{order}", bits)}.get(
        how, solve(order, bits)
    )
    if how == "expired":
        clinic.time.pass_(minutes=61)
        visitor.take(visitor.get("/book/times?day=2026-01-13").slots[0])
    assert send_work(visitor, answer).location == ASKED


@on_one_engine
def test_whoever_can_do_neither_keeps_the_form_and_is_told(guarded: Flask, clinic: Clinic):
    visitor = Visitor(guarded)
    take(visitor)
    fill_in(visitor, **CALLER)
    refused = confirm(visitor)
    assert refused.status == 422
    assert "call us" in refused.words
    assert count(clinic, Booking) == 0
    assert send_work(visitor, solve(*order_of(visitor))).location.startswith("/book/confirmed/")


@on_one_engine
def test_work_is_wanted_only_while_a_flood_comes_in(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "FLOOD", limits.parse("4 per 10 minutes"))
    visitor = Visitor(app)
    take(visitor)
    fill_in(visitor)
    assert not visitor.get("/book/check").document.all("input", name="work")
    for number in range(1, 4):
        take(Visitor(app), number=number)
    assert visitor.get("/book/check").document.all("input", name="work")
    assert confirm(visitor).location == ASKED
    clinic.time.pass_(minutes=11)
    assert not visitor.get("/book/check").document.all("input", name="work")


def test_an_order_holds_for_an_hour_and_is_signed(clinic: Clinic):
    orders, now = WorkOrders([SECRET], bits=4), clinic.time.now
    answer = solve(orders.order("one", now=now), 4)
    assert orders.done(answer, now=now) == "one"
    assert WorkOrders(["another secret that is long enough"], bits=4).done(answer, now=now) is None
    clinic.time.pass_(hours=1, seconds=1)
    assert orders.done(answer, now=clinic.time.now) is None
    for garbage in ("", ":", "a:b", "a:1", f"{answer}9" * 50, "x:" + "9" * 13):
        assert orders.done(garbage, now=now) is None


@on_one_engine
def test_a_machine_uses_up_its_tries_sooner_where_nothing_is_booked(app: Flask):
    form = {"reference": "ABC", "day": "1", "month": "1", "year": "1990", "website": "x"}
    visitor = Visitor(app)
    visitor.get("/find")
    assert [visitor.post("/find", form).status for _ in range(3)] == [422, 422, 429]
