"""The doctor's day: whose card stands on top, what is on it, and that nobody else reads it."""

from datetime import timedelta

import pytest
from flask import Flask

from booking.domain.intake import read_intake
from booking.domain.people import Findings
from booking.domain.roles import Role
from booking.domain.slots import parse_slot_id
from booking.services.bookings.intakes import Given
from booking.store.bookings import Booking
from tests.services.deeds import TUESDAY_9
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.site import add_practitioner, add_staff
from tests.web.test_answers_at_the_desk import ANSWERS, actions, sits_down
from tests.web.visitor import Visitor

pytestmark = on_one_engine
DAY = "/doctor?day=2026-01-13"


@pytest.fixture
def booked(clinic: Clinic) -> Booking:
    return clinic.book(TUESDAY_9, given=Given(read_intake(ANSWERS, Findings()), 1))


def test_the_day_begins_with_the_card_of_whoever_comes_next(
    app: Flask, clinic: Clinic, booked: Booking
):
    clinic.book(TUESDAY_9 + timedelta(hours=1))
    page = sits_down(app, clinic, Role.DOCTOR).get(DAY)
    for words in (
        "To go out without make-up.",
        "Accutane or Roaccutane – Now",
        "As asked in version 1 of the questions.",
        "Interpreter: Polski",
        "None with you before this one.",
        "The others of the day",
    ):
        assert words in page.words
    assert actions(clinic)[-2:] == ["viewed", "answers_read"]
    assert page.words.index("What do you hope") < page.words.index("What did your scar come from?")


def test_reviewing_comes_back_to_the_doctors_card(app: Flask, clinic: Clinic, booked: Booking):
    doctor = sits_down(app, clinic, Role.DOCTOR)
    form = doctor.get(f"/doctor/bookings/{booked.id}").form(f"/desk/bookings/{booked.id}/review")
    done = doctor.post(form.action, form.values)
    assert done.location == f"/doctor/bookings/{booked.id}"
    assert "Mark reviewed" not in doctor.follow(done).words


def test_a_doctor_reads_nobody_elses_cards(app: Flask, clinic: Clinic, booked: Booking):
    weber = add_practitioner(clinic)
    add_staff(clinic, "weber@clinic.example", Role.DOCTOR, practitioner_id=weber)
    add_staff(clinic, "nobody@clinic.example", Role.DOCTOR)
    other = sits_down(app, clinic, "weber@clinic.example")
    assert "Nobody is booked with you on this day." in other.get(DAY).words
    assert other.get(f"/doctor/bookings/{booked.id}").status == 404
    assert sits_down(app, clinic, "nobody@clinic.example").get(DAY).status == 404
    assert "answers_read" not in actions(clinic)


def test_doctors_notes_are_read_by_the_patients_doctors_only(
    app: Flask, clinic: Clinic, booked: Booking
):
    weber = add_practitioner(clinic)
    add_staff(clinic, "weber@clinic.example", Role.DOCTOR, practitioner_id=weber)
    doctor, other, admin, desk = (
        sits_down(app, clinic, one)
        for one in (Role.DOCTOR, "weber@clinic.example", Role.ADMIN, Role.RECEPTION)
    )
    card, patient = f"/doctor/bookings/{booked.id}", f"/desk/patients/{booked.patient_id}"
    for one, page in ((desk, patient), (doctor, card), (other, DAY)):
        one.get(page)
    desk.post(f"{patient}/notes", {"note": "Prefers mornings"})
    empty = doctor.post(f"{card}/notes", {"note": " "})
    assert (empty.status, list(empty.summary())) == (422, ["note"])
    secret = "Scar is deeper than it looks"
    assert doctor.post(f"{card}/notes", {"note": secret}).status == 303
    shown = doctor.get(card).words
    assert f"{secret} Monday 12 January 2026" in shown
    assert "Prefers mornings" in shown
    assert actions(clinic).count("doctor_noted") == 1
    assert other.post(f"{card}/notes", {"note": "x"}).status == 404
    for somebody in (desk, admin, other):
        for page in (patient, f"/desk/bookings/{booked.id}", card):
            assert secret not in somebody.get(page).text
    # Who reads the doctor's card as a doctor reads the desk's card as everybody does.
    assert secret not in doctor.get(patient).text


def test_a_completed_visit_suggests_the_next_to_reception_and_to_the_patient(
    app: Flask, clinic: Clinic, booked: Booking
):
    clinic.time.now = TUESDAY_9
    doctor, desk = (sits_down(app, clinic, one) for one in (Role.DOCTOR, Role.RECEPTION))
    card = f"/doctor/bookings/{booked.id}"
    form = doctor.get(card).form(f"{card}/advance")
    wrong = doctor.post(form.action, form.values | {"weeks": "53", "to": "completed"})
    assert (wrong.status, list(wrong.summary())) == (422, ["weeks"])
    done = doctor.post(form.action, form.values | {"weeks": "3", "to": "completed"})
    assert done.location == card
    assert "Follow-up in 3 weeks: book" in desk.get("/desk?day=2026-01-13").words
    assert "Follow-up in 3 weeks: book" in desk.get(f"/desk/bookings/{booked.id}").words
    on = desk.get(f"/desk/bookings/{booked.id}/follow-up")
    assert "after=2026-02-02" in on.location
    phone = desk.follow(on)
    assert phone.value("name") == "Ann O’Brien"
    assert "Next free times Tuesday 3 February" in phone.words
    own = Visitor(app).get(f"/manage/{clinic.links.keys.new(booked.uid, 0)}")
    assert "another visit in about 3 weeks" in own.words
    assert "after=2026-02-02" in own.text
    form = doctor.get(card).form(f"{card}/follow-up")
    doctor.post(form.action, form.values | {"deed": "take-back"})
    assert "Follow-up" not in desk.get("/desk?day=2026-01-13").words
    assert actions(clinic).count("follow_up_suggested") == 1
    assert "follow_up_taken_back" in actions(clinic)


def test_a_series_is_proposed_kept_and_booked_together(app: Flask, clinic: Clinic, booked: Booking):
    doctor = sits_down(app, clinic, Role.DOCTOR)
    series = f"/desk/bookings/{booked.id}/series"
    asked = doctor.get(series).form(series).values | {"count": "9"}
    wrong = doctor.post(series, asked)
    assert (wrong.status, list(wrong.summary())) == (422, ["count"])
    proposed = doctor.post(series, asked | {"count": "3", "weeks": "4", "first": "2026-01-20"})
    assert "3 visits, not booked yet" in proposed.words
    slots = [one.attrs["value"] for one in proposed.document.all("input", name="slot")][:3]
    holds = [one.attrs["value"] for one in proposed.document.all("input", name="hold")][:3]
    form = {"service": "consultation", "count": "3", "weeks": "4", "first": "2026-01-20"}
    confirm = {**form, "slot": slots, "hold": holds, "deed": "confirm"}
    # One was taken meanwhile: nothing is booked, and another is proposed.
    clinic.time.pass_(minutes=11)
    clinic.book(parse_slot_id(slots[0])[2])
    doctor.get(series)
    again = doctor.post(series, confirm)
    assert again.status == 422
    assert "A time was taken meanwhile" in again.words
    assert count(clinic, Booking) == 2
    slots = [one.attrs["value"] for one in again.document.all("input", name="slot")][:3]
    holds = [one.attrs["value"] for one in again.document.all("input", name="hold")][:3]
    done = doctor.post(series, confirm | {"slot": slots, "hold": holds})
    assert done.location == f"/desk/patients/{booked.patient_id}"
    assert count(clinic, Booking) == 5
