"""What the holder of a manage token may do: see, move, cancel."""

from sqlalchemy import select

from booking.store.records import AuditEntry, Message
from tests.services.deeds import set_cut_offs
from tests.support import Clinic, Time, at
from tests.web.api.client import (
    TUESDAY_THREE,
    TUESDAY_TWO,
    Api,
    count,
    problem,
    starts,
    wrong,
)


def test_a_booking_is_shown_without_who_comes(api: Api):
    booked = api.book()
    response = api.get(f"/bookings/{booked['manage_token']}")
    assert (response.status_code, response.json) == (200, booked)
    assert response.headers["Cache-Control"] == "no-store"
    for secret in ("Ann", "Brien", "1990", "ann@"):
        assert secret not in response.text


def test_a_booking_is_moved(api: Api, clinic: Clinic):
    booked = api.book()
    path = f"/bookings/{booked['manage_token']}"
    moved = api.patch(path, {"start": TUESDAY_THREE})
    assert moved.status_code == 200
    assert moved.json == booked | {"start": TUESDAY_THREE, "end": "2026-01-13T15:30:00-05:00"}
    assert api.get(path).json == moved.json
    assert count(clinic, Message) == 2
    # The same time again is no second move.
    assert api.patch(path, {"start": TUESDAY_THREE}).json == moved.json
    assert count(clinic, Message) == 2


def test_a_move_that_is_refused_keeps_the_old_time(api: Api):
    path = f"/bookings/{api.book()['manage_token']}"
    api.book(TUESDAY_THREE)
    refused = problem(api.patch(path, {"start": TUESDAY_THREE}), 409, "slot_unavailable")
    assert len(refused["alternatives"]) == 3
    assert api.get(path).json["start"] == TUESDAY_TWO
    assert wrong(api.patch(path, {})) == [("start", "missing")]
    assert wrong(api.patch(path, {"start": 5})) == [("start", "not_text")]


def test_a_booking_is_cancelled_and_may_be_cancelled_again(api: Api, clinic: Clinic):
    booked = api.book()
    path = f"/bookings/{booked['manage_token']}"
    cancelled = api.delete(path)
    assert (cancelled.status_code, cancelled.json) == (200, booked | {"status": "cancelled"})
    messages = count(clinic, Message)
    assert api.delete(path).json == cancelled.json
    assert api.delete(path, {"reason": "again"}).json == cancelled.json
    assert api.get(path).json == cancelled.json
    assert count(clinic, Message) == messages
    assert TUESDAY_TWO in starts(api.slots())
    problem(api.patch(path, {"start": TUESDAY_THREE}), 409, "already_cancelled")


def test_a_reason_may_be_given(api: Api, clinic: Clinic):
    path = f"/bookings/{api.book()['manage_token']}"
    assert wrong(api.delete(path, {"reason": "x" * 501})) == [("reason", "too_long")]
    assert wrong(api.delete(path, {"reason": "\x07"})) == [("reason", "control_characters")]
    assert wrong(api.delete(path, {"reason": 7})) == [("reason", "not_text")]
    assert api.get(path).json["status"] == "confirmed"
    assert api.delete(path, {"reason": "I have a cold"}).status_code == 200
    reasons = clinic.read(lambda session, _: session.scalars(select(AuditEntry.reason)).all())
    assert "I have a cold" in reasons


def test_no_reason_is_a_reason_too(api: Api):
    for more in ({"json": {}}, {"json": {"reason": None}}, {"content_type": "application/json"}):
        path = f"/bookings/{api.book()['manage_token']}"
        assert api.delete(path, **more).json["status"] == "cancelled"


def test_after_the_visit_has_begun_nothing_is_changed(api: Api, time: Time):
    booked = api.book()
    path = f"/bookings/{booked['manage_token']}"
    time.pass_(days=1, hours=6)
    problem(api.patch(path, {"start": "2026-01-14T14:00:00-05:00"}), 409, "visit_over")
    problem(api.delete(path), 409, "visit_over")
    assert api.get(path).json == booked


def test_after_the_visit_a_cancelled_booking_stays_cancelled(api: Api, time: Time):
    path = f"/bookings/{api.book()['manage_token']}"
    api.delete(path)
    time.pass_(days=3)
    assert api.delete(path).status_code == 200
    problem(api.patch(path, {"start": "2026-01-16T14:00:00-05:00"}), 409, "already_cancelled")


def test_unknown_tokens_are_all_alike(api: Api):
    known = api.book()["manage_token"]
    expected = problem(api.get("/bookings/unknown"), 404, "not_found")
    for token in (
        known[:-1],
        known.swapcase(),
        "x" * 10_000,
        "%C3%BC",
        "%F0%9F%98%80",
        "..",
        "'--",
    ):
        path = f"/bookings/{token}"
        for response in (
            api.get(path),
            api.patch(path, {"start": TUESDAY_THREE}),
            api.patch(path, {}),
            api.delete(path),
        ):
            assert problem(response, 404, "not_found") == expected, token


def test_after_the_cut_off_a_change_is_refused_with_a_code_of_its_own(
    api: Api, clinic: Clinic, time: Time
):
    set_cut_offs(clinic, move=12, cancel=6)
    path = f"/bookings/{api.book()['manage_token']}"
    time.now = at("2026-01-13T02:00-05:00")
    problem(api.patch(path, {"start": TUESDAY_THREE}), 409, "too_late_online")
    assert api.get(path).json["start"] == TUESDAY_TWO
    time.now = at("2026-01-13T08:00-05:00")
    problem(api.delete(path), 409, "too_late_online")
    assert api.get(path).json["status"] == "confirmed"
