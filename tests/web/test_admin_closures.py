"""The administrator closes days and opens others; nothing is stranded in silence."""

import pytest
from flask import Flask

from booking.domain.lifecycle import State
from booking.store.clinic import Closure, ExtraOpening
from tests.services.deeds import TUESDAY_9, is_offered, now_is, told, wall
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.visitor import Page, Visitor

# Forms and their errors; what they change is proven on both engines in tests/services.
pytestmark = on_one_engine

CLOSURES = "/admin/closures"
DAY_OFF = {
    "deed": "close",
    "who": "clinic",
    "name": "Course",
    "first": "2026-01-13",
    "go": "save",
}
SATURDAY = {
    "deed": "open",
    "practitioner": "1",
    "day": "2026-01-17",
    "opens": "10:00",
    "closes": "12:00",
    "go": "save",
}


@pytest.fixture
def admin(app: Flask, clinic: Clinic) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, "admin")
    visitor.get(CLOSURES)
    return visitor


def send(admin: Visitor, form: dict[str, str], **changes: str) -> Page:
    return admin.post(CLOSURES, form | changes)


def test_a_day_is_closed_and_opened_again(admin: Visitor, clinic: Clinic):
    done = send(admin, DAY_OFF)
    assert (done.status, done.location) == (303, f"{CLOSURES}?saved=1&part=closed#closed")
    shown = admin.follow(done)
    assert "Course" in shown.words
    assert not is_offered(clinic, TUESDAY_9)
    form = next(form for form in shown.forms if form.values.get("deed") == "reopen")
    assert admin.post(CLOSURES, form.values).status == 303
    assert is_offered(clinic, TUESDAY_9)


def test_a_preview_shows_next_week_and_saves_nothing(admin: Visitor, clinic: Clinic):
    shown = send(admin, DAY_OFF, first="2026-01-20", begins="12:00", go="preview")
    assert shown.status == 200
    assert "6 times, 9:00 am – 11:30 am now 14" in shown.words
    assert shown.value("name") == "Course"
    assert count(clinic, Closure) == 0


def test_affected_bookings_are_listed_and_decided_on_before_anything_is_saved(
    admin: Visitor, clinic: Clinic
):
    kept, cancelled = clinic.book(TUESDAY_9), clinic.book(wall("01-13 15:00"))
    asked = send(admin, DAY_OFF)
    assert asked.status == 200
    assert "2 bookings do not fit any more" in asked.words
    assert count(clinic, Closure) == 0
    form = next(form for form in asked.forms if "all" in form.values)
    choices = {f"do-{kept.id}": "keep", f"do-{cancelled.id}": "cancel"}
    both = {"booking": [str(kept.id), str(cancelled.id)]}
    unexplained = admin.post(CLOSURES, form.values | choices | both)
    assert unexplained.status == 422
    assert "Say why" in unexplained.why("reason")
    assert count(clinic, Closure) == 0
    done = admin.post(CLOSURES, form.values | choices | both | {"reason": "Course"})
    assert done.status == 303
    assert now_is(clinic, kept).state is State.CONFIRMED
    assert now_is(clinic, cancelled).state is State.CANCELLED
    assert ("cancelled", 1, "queued") in told(clinic, cancelled)


def test_what_is_chosen_for_all_counts_for_those_on_the_page_only(admin: Visitor, clinic: Clinic):
    first = clinic.book(TUESDAY_9)
    send(admin, DAY_OFF)
    later = clinic.book(wall("01-13 15:00"))
    again = send(admin, DAY_OFF, all="cancel", booking=str(first.id), reason="Course")
    assert again.status == 422
    assert "Decide on each booking" in again.words
    assert count(clinic, Closure) == 0
    for booking in (first, later):
        assert now_is(clinic, booking).state is State.CONFIRMED


def test_an_extra_day_is_opened_and_taken_back(admin: Visitor, clinic: Clinic):
    shown = admin.follow(send(admin, SATURDAY))
    assert is_offered(clinic, wall("01-17 10:00"))
    booking = clinic.book(wall("01-17 10:00"))
    form = next(form for form in shown.forms if form.values.get("deed") == "close-extra")
    asked = admin.post(CLOSURES, form.values)
    assert "1 booking does not fit any more" in asked.words
    kept = {"booking": str(booking.id), f"do-{booking.id}": "keep"}
    assert admin.post(CLOSURES, form.values | kept).status == 303
    assert count(clinic, ExtraOpening) == 0


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"name": " "}, "name", "Enter a name"),
        ({"name": "x" * 101}, "name", "Use 100 characters or fewer"),
        ({"name": "a\nb"}, "name", "Use letters, digits and punctuation only"),
        ({"first": ""}, "first", "Enter a day"),
        ({"first": "2026-02-31"}, "first", "Enter a day that exists"),
        ({"last": "2026-01-12"}, "last", "not before the first"),
        ({"last": "2036-01-12"}, "last", "closer to the first"),
        ({"first": "2026-01-11", "last": "2026-01-11"}, "first", "These days have passed"),
        ({"begins": "25:00"}, "begins", "Enter a time like 09:30"),
        ({"begins": "12:00", "ends": "11:00"}, "ends", "after the one it begins at"),
        ({"who": "77"}, "who", "Choose who"),
        ({"yearly": "1", "last": "2027-01-13"}, "last", "closer to the first"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field_and_kept(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], field: str, why: str
):
    shown = send(admin, DAY_OFF, **changes)
    assert shown.status == 422
    assert why in shown.why(field)
    assert set(shown.summary()) == {field}
    assert shown.title.startswith("Error: ")
    if field != "who":
        assert shown.value(field).replace("\n", "") == changes.get(field, "").replace("\n", "")
    assert count(clinic, Closure) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens": ""}, "opens"),
        ({"closes": "09:00"}, "closes"),
        ({"day": "2026-01-11"}, "day"),
        ({"practitioner": ""}, "practitioner"),
    ],
)
def test_the_same_for_an_extra_day(
    admin: Visitor, clinic: Clinic, changes: dict[str, str], field: str
):
    shown = send(admin, SATURDAY, **changes)
    assert shown.status == 422
    assert shown.why(field)
    assert count(clinic, ExtraOpening) == 0


def test_an_unknown_deed_changes_nothing(admin: Visitor, clinic: Clinic):
    assert send(admin, {"deed": "burn"}).status == 422
    assert send(admin, {"deed": "reopen", "id": "9" * 30}).status in {200, 303}


def test_what_is_closed_already_is_said_so(admin: Visitor, clinic: Clinic):
    assert send(admin, DAY_OFF).status == 303
    again = send(admin, DAY_OFF, name="Under another name")
    assert again.status == 422
    assert "closed at these times already" in again.why("first")
    assert again.value("name") == "Under another name"
    assert count(clinic, Closure) == 1
    # One afternoon of it, or the same of another year, is something else.
    assert send(admin, DAY_OFF, yearly="1").status == 303


def test_what_becomes_of_29_february_stands_beside_the_field(admin: Visitor, clinic: Clinic):
    (label,) = admin.get(CLOSURES).document.all("label", **{"for": "yearly"})
    assert "it begins on 1 March, or ends on 28 February" in label.words


def test_after_removing_the_page_stays_at_its_list(admin: Visitor, clinic: Clinic):
    shown = admin.follow(send(admin, SATURDAY))
    form = next(form for form in shown.forms if form.values.get("deed") == "close-extra")
    done = admin.post(CLOSURES, form.values)
    assert done.location == f"{CLOSURES}?saved=1&part=opened#opened"
    (opened,) = admin.follow(done).document.all("section", id="opened")
    assert "Saved." in opened.words
