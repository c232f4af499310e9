"""The edges of time, of numbers and of sizes: refused, and nothing breaks."""

from datetime import UTC, datetime

import pytest

from booking.domain.roles import Role
from booking.domain.slots import slot_id
from tests.support import Clinic
from tests.web.journeys import book, fill_in, on_one_engine, take
from tests.web.test_manage import cancel, the
from tests.web.visitor import Visitor

FAR = slot_id("consultation", "dr-ahmed", datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
EARLY = slot_id("consultation", "dr-ahmed", datetime(1, 1, 1, tzinfo=UTC))


@on_one_engine
@pytest.mark.parametrize("slot", [FAR, EARLY])
def test_a_slot_at_the_end_of_time_is_no_page(visitor: Visitor, slot: str):
    assert visitor.get(f"/book?slot={slot}").status in {404, 409}
    visitor.get("/book")
    assert visitor.take(slot).status in {404, 409}


@on_one_engine
@pytest.mark.parametrize("slot", [FAR, EARLY])
def test_moving_to_the_end_of_time_is_refused(visitor: Visitor, slot: str):
    token = book(visitor)
    assert visitor.get(f"/manage/{token}/move?slot={slot}").status in {404, 409}
    visitor.get("/login")
    assert visitor.post(f"/manage/{token}/move", {"slot": slot}).status in {404, 409}


@on_one_engine
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("path", ["/desk", "/desk/book"])
def test_the_desk_opens_on_any_day(visitor: Visitor, clinic: Clinic, path: str, day: str):
    visitor.sign_in(clinic, Role.RECEPTION)
    assert visitor.get(f"{path}?day={day}").status in {200, 404}


@pytest.mark.parametrize("number", ["9" * 40, str(2**63), str(2**31)])
def test_a_booking_of_forty_digits_is_no_page(visitor: Visitor, clinic: Clinic, number: str):
    visitor.sign_in(clinic, Role.RECEPTION)
    assert visitor.get(f"/desk/bookings/{number}").status == 404


@pytest.mark.parametrize("number", ["9" * 40, str(2**63), str(2**31)])
def test_a_table_of_forty_digits_is_no_page(visitor: Visitor, clinic: Clinic, number: str):
    visitor.sign_in(clinic, Role.ADMIN)
    assert visitor.get(f"/admin/import/{number}").status == 404


@on_one_engine
def test_an_id_of_five_thousand_digits_is_passed_over(visitor: Visitor, clinic: Clinic):
    visitor.sign_in(clinic, Role.RECEPTION)
    visitor.get("/desk/late/dr-ahmed")
    typed = {"minutes": "15", "shown": "9" * 5000}
    assert visitor.post("/desk/late/dr-ahmed", typed).status == 303


def test_pressing_cancel_twice_is_as_good_as_once(visitor: Visitor, clinic: Clinic):
    token = book(visitor)
    asked = visitor.get(f"/manage/{token}/cancel")
    first = visitor.fill(asked, f"/manage/{token}/cancel")
    second = visitor.fill(asked, f"/manage/{token}/cancel")
    assert (first.status, first.location) == (second.status, second.location)
    assert visitor.follow(second).heading == "Your appointment is cancelled"


@on_one_engine
def test_the_confirmation_of_a_cancelled_booking_does_not_say_booked(visitor: Visitor):
    token = book(visitor)
    cancel(visitor, token)
    page = visitor.get(f"/book/confirmed/{token}")
    if page.status in {302, 303}:
        page = visitor.follow(page)
    assert "is booked" not in page.words


@on_one_engine
def test_ten_thousand_characters_of_any_script_come_back(visitor: Visitor, clinic: Clinic):
    take(visitor)
    page = fill_in(visitor, name="王" * 10_000)
    assert page.status == 422
    assert page.value("name") == "王" * 10_000


@on_one_engine
@pytest.mark.parametrize("value", [b"%00", b"Ann%00", b"%FF", b"%ED%A0%80", b"\xff"])
def test_bytes_that_are_no_text_are_refused_in_forms(visitor: Visitor, value: bytes):
    visitor.get("/book")
    for path in ("/book/take", "/book/details", "/login"):
        body = b"csrf_token=" + visitor.token.encode() + b"&slot=a&name=" + value
        answer = visitor.open(
            path, "POST", data=body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status == 400, path


@on_one_engine
def test_ten_thousand_fields_are_too_many(visitor: Visitor):
    visitor.get("/book")
    body = b"csrf_token=" + visitor.token.encode() + b"&a=" * 10_000
    answer = visitor.open(
        "/book/take", "POST", data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status in {400, 413}


@on_one_engine
def test_moving_to_somebody_elses_time_is_refused(visitor: Visitor, clinic: Clinic):
    """A slot id that names another practitioner or service must not move this booking."""
    token = book(visitor)
    slot = slot_id("massage", "dr-nobody", datetime(2026, 1, 14, 14, 0, tzinfo=UTC))
    visitor.get(f"/manage/{token}/cancel")
    assert visitor.post(f"/manage/{token}/move", {"slot": slot}).status == 404
    assert the(clinic).start == datetime(2026, 1, 13, 14, 0, tzinfo=UTC)
