"""A doctor is away: for themselves only, and nobody's visit is stranded in silence."""

from flask import Flask
from sqlalchemy import select

from booking.domain.lifecycle import Stranding
from booking.domain.roles import Role
from booking.store.clinic import Closure
from tests.services.deeds import TUESDAY_9, TUESDAY_10, is_offered, now_is
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine
from tests.web.site import add_practitioner, add_staff
from tests.web.test_answers_at_the_desk import sits_down

pytestmark = on_one_engine
ABSENCES = "/doctor/absences"
COURSE = {"deed": "close", "name": "Course", "first": "2026-01-13", "go": "save"}


def test_an_absence_is_the_doctors_own_whatever_the_form_says(app: Flask, clinic: Clinic):
    weber = add_practitioner(clinic)
    doctor = sits_down(app, clinic, Role.DOCTOR)
    assert "Monday 09:00" in doctor.get(ABSENCES).words
    wrong = doctor.post(ABSENCES, COURSE | {"first": ""})
    assert (wrong.status, list(wrong.summary())) == (422, ["first"])
    done = doctor.post(ABSENCES, COURSE | {"who": str(weber)})
    assert done.location == f"{ABSENCES}?saved=1"
    assert not is_offered(clinic, TUESDAY_9, practitioner="dr-ahmed")
    closure = clinic.read(lambda session, _: session.scalars(select(Closure)).one())
    assert (closure.practitioner_id, closure.is_yearly) == (1, False)
    add_staff(clinic, "weber@clinic.example", Role.DOCTOR, practitioner_id=weber)
    other = sits_down(app, clinic, "weber@clinic.example")
    assert "No absences are planned." in other.get(ABSENCES).words
    back = {"deed": "reopen", "id": str(closure.id), "go": "save"}
    assert other.post(ABSENCES, back).status == 404
    assert doctor.post(ABSENCES, back).status == 303
    assert count(clinic, Closure) == 0


def test_whoever_is_booked_then_is_decided_on_and_only_reception_cancels(
    app: Flask, clinic: Clinic
):
    booking = clinic.book(TUESDAY_9)
    doctor = sits_down(app, clinic, Role.DOCTOR)
    doctor.get(ABSENCES)
    asked = doctor.post(ABSENCES, COURSE)
    assert "1 booking does not fit any more" in asked.words
    assert "Cancel it" not in asked.words
    chosen = COURSE | {"booking": str(booking.id), "reason": "Course"}
    assert doctor.post(ABSENCES, chosen | {f"do-{booking.id}": "cancel"}).status == 403
    assert count(clinic, Closure) == 0
    assert doctor.post(ABSENCES, chosen | {f"do-{booking.id}": "offer"}).status == 303
    assert now_is(clinic, booking).stranding is Stranding.TO_MOVE


def test_a_doctor_changes_their_own_week_and_cancels_nobody(app: Flask, clinic: Clinic):
    booking = clinic.book(TUESDAY_9)
    doctor = sits_down(app, clinic, Role.DOCTOR)
    mine = doctor.get("/doctor/hours")
    assert mine.heading == "My hours"
    # All of Tuesday is cleared away.
    rows = {name: value for name, value in mine.form("/doctor/hours").values.items() if value}
    tuesdays = [name[-1] for name, value in rows.items() if name[:7] == "weekday" and value == "1"]
    kept = {name: value for name, value in rows.items() if name[-1] not in tuesdays}
    shown = doctor.post("/doctor/hours", kept)
    assert "1 booking does not fit any more" in shown.words
    assert "Cancel it" not in shown.words
    chosen = kept | {"go": "save", "booking": str(booking.id), "reason": "No more Tuesdays"}
    assert doctor.post("/doctor/hours", chosen | {f"do-{booking.id}": "cancel"}).status == 403
    done = doctor.post("/doctor/hours", chosen | {f"do-{booking.id}": "keep"})
    assert done.location == "/doctor/hours?saved=1"
    assert not is_offered(clinic, TUESDAY_10)
    assert now_is(clinic, booking).stranding is Stranding.KEPT
