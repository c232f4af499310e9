"""The same request twice: one booking, and the first answer again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import update

from booking.store.bookings import Booking
from booking.store.clinic import Clinic as ClinicRow
from booking.store.records import Message
from tests.support import Clinic, Time
from tests.web.api.client import (
    SECRET,
    TUESDAY_THREE,
    Api,
    booking_body,
    count,
    problem,
    wrong,
)

MakeApi = Callable[..., Api]
KEY = {"Idempotency-Key": "0d3b2a1c-one"}


def test_the_same_request_again_gets_the_first_answer(api: Api, clinic: Clinic):
    first = api.post("/bookings", booking_body(), headers=KEY)
    assert first.status_code == 201
    # The order of the fields is no other data.
    again = api.post("/bookings", dict(reversed(booking_body().items())), headers=KEY)
    assert (again.status_code, again.json) == (201, first.json)
    assert (count(clinic, Booking), count(clinic, Message)) == (1, 1)


def test_a_repeated_request_gets_its_answer_whatever_happened_since(
    api: Api, clinic: Clinic, time: Time
):
    first = api.post("/bookings", booking_body(), headers=KEY).json
    api.patch(f"/bookings/{first['manage_token']}", {"start": TUESDAY_THREE})
    api.delete(f"/bookings/{first['manage_token']}")
    clinic.write(
        lambda session, _: session.execute(
            update(ClinicRow).values(privacy_notice="2", version=ClinicRow.version + 1)
        )
    )
    time.pass_(days=2)
    again = api.post("/bookings", booking_body(), headers=KEY)
    assert (again.status_code, again.json) == (201, first)
    assert count(clinic, Booking) == 1


def test_a_key_with_other_data_is_refused(api: Api, clinic: Clinic):
    api.post("/bookings", booking_body(), headers=KEY)
    other = api.post("/bookings", booking_body(TUESDAY_THREE), headers=KEY)
    problem(other, 422, "idempotency_key_reused")
    assert count(clinic, Booking) == 1


def test_a_refused_request_does_not_use_up_its_key(api: Api):
    taken = api.book()
    problem(api.post("/bookings", booking_body(), headers=KEY), 409, "slot_unavailable")
    api.delete(f"/bookings/{taken['manage_token']}")
    assert api.post("/bookings", booking_body(), headers=KEY).status_code == 201


def test_a_key_must_be_visible_ascii_of_some_length(api: Api):
    for key in ("", " ", "x" * 256, "schlüssel"):
        response = api.post("/bookings", booking_body(), headers={"Idempotency-Key": key})
        assert wrong(response) == [("Idempotency-Key", "impossible")]


def test_a_token_whose_key_was_retired_is_not_told_again(make_api: MakeApi):
    first = make_api().post("/bookings", booking_body(), headers=KEY).json
    later = make_api(SECRET_KEY="another secret, as long as a secret must be")
    again = later.post("/bookings", booking_body(), headers=KEY).json
    assert again == first | {"manage_token": None, "manage_url": None}
    assert later.get(f"/bookings/{first['manage_token']}").status_code == 200
    both = make_api(SECRET_KEY=f"another secret, as long as a secret must be,{SECRET}")
    assert both.post("/bookings", booking_body(), headers=KEY).json == first


def test_parallel_requests_with_one_key_make_one_booking(api: Api, clinic: Clinic):
    def book(_: int) -> tuple[int, str]:
        response = Api(api.app).post("/bookings", booking_body(), headers=KEY)
        return response.status_code, response.text

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(book, range(16)))
    assert [status for status, _ in answers] == [201]
    assert count(clinic, Booking) == 1


def test_parallel_requests_with_one_key_and_other_data_make_one_booking(api: Api, clinic: Clinic):
    days = [f"2026-01-{day}T14:00:00-05:00" for day in (13, 14, 15, 16)]

    def book(start: str) -> int:
        return Api(api.app).post("/bookings", booking_body(start), headers=KEY).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(book, days))
    assert statuses == [201, 422, 422, 422]
    assert count(clinic, Booking) == 1
