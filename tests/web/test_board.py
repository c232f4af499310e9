"""The open board: what it says of the day, and what its watchers are told."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.intake import Intake
from booking.domain.lifecycle import State
from booking.domain.roles import Role
from booking.services.bookings import intakes, reconfirmations
from booking.services.bookings.intakes import Given
from booking.store.access import StaffSession
from booking.store.bookings import Booking
from tests.support import DOCTOR, Clinic, at
from tests.web.journeys import on_one_engine
from tests.web.site import add_practitioner, add_staff
from tests.web.visitor import Page, Visitor

NINE = at("2026-01-13T09:00-05:00")
LIVE = "/desk/board?day=2026-01-13"


@pytest.fixture
def desk(app: Flask, clinic: Clinic) -> Visitor:
    """Reception, on Tuesday morning at ten past nine."""
    clinic.book(NINE)
    clinic.time.now = at("2026-01-13T09:10-05:00")
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.RECEPTION)
    visitor.get("/desk")
    return visitor


def the(clinic: Clinic) -> Booking:
    return clinic.read(
        lambda session, _: session.scalars(select(Booking).where(Booking.start == NINE)).one()
    )


def press(desk: Visitor, clinic: Clinic, to: str) -> Page:
    """A button of the board: what it does, and the version that it was seen at."""
    deed = "undo" if to == "back" else "advance"
    booking = the(clinic)
    step = f"{to} {booking.updated_at.isoformat()}"
    return desk.post(f"/desk/bookings/{booking.id}/{deed}", {"step": step, "day": "2026-01-13"})


def buttons(page: Page) -> dict[str, str]:
    """What the buttons of the board do, by their keys."""
    found = page.document.all("button", form="steps")
    return {one.attrs["data-row-key"]: one.attrs["formaction"].rpartition("/")[2] for one in found}


def ask(desk: Visitor, etag: str = "") -> Page:
    return desk.get(LIVE, headers={"If-None-Match": etag} if etag else {})


def tokens(page: Page) -> set[str]:
    return {one.attrs["value"] for one in page.document.all("input", name="csrf_token")}


def test_a_page_from_memory_is_each_browser_s_own(app: Flask, desk: Visitor, clinic: Clinic):
    desk.get("/desk")
    again = desk.get("/desk")
    colleague = Visitor(app)
    colleague.sign_in(clinic, Role.ADMIN)
    theirs = colleague.get("/desk")
    assert "reception@clinic.example" in again.words
    assert "reception@clinic.example" not in theirs.words
    (mine,), (other,) = tokens(again), tokens(theirs)
    assert mine != other
    # The token of one browser is worth nothing in another.
    step = f"arrived {the(clinic).updated_at.isoformat()}"
    path, form = f"/desk/bookings/{the(clinic).id}/advance", {"step": step, "day": "2026-01-13"}
    assert colleague.post(path, {**form, "csrf_token": mine}).status == 400
    assert desk.post(path, {**form, "csrf_token": mine}).status == 303
    assert the(clinic).state is State.ARRIVED


def test_what_the_desk_noted_last_stands_in_the_row_and_the_doctors_does_not(
    app: Flask, desk: Visitor, clinic: Clinic
):
    patient, etag = the(clinic).patient_id, ask(desk).headers["ETag"]
    desk.post(f"/desk/patients/{patient}/notes", {"note": "Prefers mornings"})
    desk.post(f"/desk/patients/{patient}/notes", {"note": "Brings\n\nher daughter " + "x" * 200})
    fresh = ask(desk, etag)
    assert fresh.status == 200
    assert "Note: Brings her daughter xxx" in fresh.words
    assert "x…" in fresh.words
    assert "x" * 150 not in fresh.words
    assert "Prefers mornings" not in fresh.words
    doctor = Visitor(app)
    doctor.sign_in(clinic, Role.DOCTOR)
    doctor.get("/desk")
    doctor.post(f"/doctor/bookings/{the(clinic).id}/notes", {"note": "Only for doctors"})
    assert "Only for doctors" not in ask(desk).words
    assert "Note: Brings her daughter" in ask(doctor).words
    # The printed day goes through many hands.
    assert "daughter" not in desk.get("/desk/sheet?day=2026-01-13").words


def test_how_long_somebody_waits_is_counted_from_their_arrival(desk: Visitor, clinic: Clinic):
    assert press(desk, clinic, "arrived").status == 303
    clinic.time.pass_(minutes=12, seconds=40)
    assert "waiting 12 min" in desk.get("/desk").words
    # In the room nobody waits; back from there by mistake, they have waited all along.
    press(desk, clinic, "in_room")
    assert "waiting" not in desk.get("/desk").words
    press(desk, clinic, "back")
    assert "waiting 12 min" in desk.get("/desk").words


def test_the_last_step_is_taken_back_from_the_board(desk: Visitor, clinic: Clinic):
    assert "u" not in buttons(desk.get("/desk"))
    press(desk, clinic, "no_show")
    assert buttons(desk.get("/desk"))["u"] == "undo"
    answer = press(desk, clinic, "back")
    assert answer.location == f"/desk?day=2026-01-13#booking-{the(clinic).id}"
    assert the(clinic).state is State.CONFIRMED
    assert "u" not in buttons(desk.get("/desk"))


@on_one_engine
def test_a_step_of_yesterday_is_not_taken_back(desk: Visitor, clinic: Clinic):
    press(desk, clinic, "no_show")
    clinic.time.pass_(days=1)
    desk.sign_in(clinic, Role.RECEPTION)
    assert "u" not in buttons(desk.get("/desk?day=2026-01-13"))


def test_a_button_of_an_old_board_does_not_overwrite_a_colleague(desk: Visitor, clinic: Clinic):
    booking = the(clinic)
    clinic.time.pass_(seconds=5)
    press(desk, clinic, "arrived")
    step = f"no_show {booking.updated_at.isoformat()}"
    late = desk.post(f"/desk/bookings/{booking.id}/advance", {"step": step})
    assert late.status == 409
    assert the(clinic).state is State.ARRIVED


def test_earlier_visits_are_resolved_from_the_board(desk: Visitor, clinic: Clinic):
    clinic.time.now = at("2026-01-14T08:00-05:00")
    desk.sign_in(clinic, Role.RECEPTION)
    assert set(buttons(desk.get("/desk"))) == {"c", "x"}
    press(desk, clinic, "completed")
    assert "no outcome yet" not in desk.get("/desk").words


@on_one_engine
def test_several_practitioners_stand_side_by_side_or_in_one_list(desk: Visitor, clinic: Clinic):
    add_practitioner(clinic)
    one = desk.get("/desk?day=2026-01-13")
    assert len(one.document.all("tbody")) == 1
    beside = desk.get("/desk?day=2026-01-13&view=beside")
    assert [heading.words for heading in beside.document.all("h2")][:2] == [
        "Dr. Ahmed",
        "Dr. Weber",
    ]
    # The choice stays in the address, from day to day and through a step.
    assert "/desk?day=2026-01-14&view=beside" in beside.text.replace("&amp;", "&")
    answer = desk.post(
        f"/desk/bookings/{the(clinic).id}/advance", {"to": "arrived", "view": "beside"}
    )
    assert "view=beside" in answer.location


def test_while_nothing_changes_the_board_is_not_sent_again(desk: Visitor, clinic: Clinic):
    first = ask(desk)
    assert (first.status, "Ann O’Brien" in first.words) == (200, True)
    assert ask(desk, first.headers["ETag"]).status == 304
    clinic.time.pass_(seconds=30)
    assert ask(desk, first.headers["ETag"]).status == 304
    # By the minute, since people wait.
    clinic.time.pass_(seconds=30)
    assert ask(desk, first.headers["ETag"]).status == 200


def test_whatever_the_board_shows_raises_its_version(desk: Visitor, clinic: Clinic):
    everything = Given(Intake({"health": ("active_infection",)}))
    other = clinic.book(NINE + timedelta(hours=4), given=everything)
    deeds = {
        "a step": lambda: press(desk, clinic, "arrived"),
        "a step back": lambda: press(desk, clinic, "back"),
        "a web booking": lambda: clinic.book(NINE + timedelta(hours=5)),
        "their word": lambda: clinic.write(
            lambda session, now: reconfirmations.reconfirm(
                session, other, start=other.start, now=now
            )
        ),
        "a call": lambda: clinic.write(
            lambda session, now: intakes.called(
                session, other.id, staff_id=1, actor=DOCTOR, now=now
            )
        ),
        "a review": lambda: clinic.write(
            lambda session, now: intakes.review(
                session, other.id, staff_id=1, actor=DOCTOR, now=now
            )
        ),
    }
    for name, deed in deeds.items():
        before = ask(desk).headers["ETag"]
        assert ask(desk, before).status == 304, name
        deed()
        assert ask(desk, before).status == 200, name


def test_an_open_board_does_not_keep_its_reader_signed_in(desk: Visitor, clinic: Clinic):
    def last_seen() -> object:
        return clinic.read(lambda session, _: session.scalar(select(StaffSession.last_seen_at)))

    seen = last_seen()
    for _ in range(14):
        clinic.time.pass_(minutes=1)
        assert ask(desk).status == 200
    assert last_seen() == seen
    clinic.time.pass_(minutes=2)
    assert ask(desk).location.startswith("/login")
    assert "signed out because nothing had happened" in desk.follow(desk.get("/desk")).words


def test_a_doctor_watches_their_own_patients_only(app: Flask, desk: Visitor, clinic: Clinic):
    weber = add_practitioner(clinic)
    add_staff(clinic, "weber@clinic.example", Role.DOCTOR, practitioner_id=weber)
    doctor = Visitor(app)
    doctor.sign_in(clinic, "weber@clinic.example")
    assert "Ann O’Brien" in ask(desk).words
    assert "Ann O’Brien" not in ask(doctor).words
    doctor.sign_in(clinic, Role.DOCTOR)
    assert "Ann O’Brien" in ask(doctor).words


def test_running_late_is_said_told_and_taken_back(desk: Visitor, clinic: Clinic):
    clinic.book(NINE + timedelta(hours=5))
    page = desk.get("/desk/late/dr-ahmed")
    assert "Also tell this patient by e-mail" in page.words
    (form,) = (one for one in page.forms if "minutes" in one.values)
    answer = desk.post(form.action, form.values | {"minutes": "20", "tell": "1"})
    assert answer.location == "/desk"
    words = desk.get("/desk").words
    assert "Dr. Ahmed is running 20 minutes late since 9:10 am · 1 patient told" in words
    # It is today that is late.
    assert "minutes late" not in desk.get("/desk?day=2026-01-14").words
    assert desk.post("/desk/late/dr-ahmed/over").status == 303
    assert "minutes late" not in desk.get("/desk").words


@on_one_engine
@pytest.mark.parametrize("minutes", ["", "0", "4", "241", "-5", "twenty", "٢٠"])
def test_minutes_that_cannot_be_are_refused_beside_their_field(desk: Visitor, minutes: str):
    answer = desk.post("/desk/late/dr-ahmed", {"minutes": minutes})
    assert answer.status == 422
    assert answer.why("minutes").startswith("Give the minutes as a number from 5 to 240")
    assert answer.value("minutes") == minutes


def test_a_list_that_has_grown_is_shown_again(desk: Visitor, clinic: Clinic):
    first = clinic.book(NINE + timedelta(hours=5))
    typed = {"minutes": "20", "tell": "1", "shown": str(first.id)}
    clinic.book(NINE + timedelta(hours=6))
    answer = desk.post("/desk/late/dr-ahmed", typed)
    assert answer.status == 422
    assert "look at the list again" in answer.why("tell")
    assert "these 2 patients" in answer.words


@on_one_engine
def test_a_doctor_says_it_of_nobody_else(app: Flask, desk: Visitor, clinic: Clinic):
    add_practitioner(clinic)
    doctor = Visitor(app)
    doctor.sign_in(clinic, Role.DOCTOR)
    doctor.get("/desk")
    assert doctor.get("/desk/late/dr-weber").status == 404
    assert doctor.post("/desk/late/dr-weber/over").status == 404
    assert doctor.get("/desk/late/dr-ahmed").status == 200
