"""Who sees what of a patient's answers: the desk numbers, the doctor the answers."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.intake import read_intake
from booking.domain.people import Findings
from booking.domain.roles import Role
from booking.services.bookings.intakes import Given
from booking.store.bookings import Booking, Patient
from booking.store.intakes import Caution
from booking.store.records import AuditEntry
from tests.services.deeds import TUESDAY_9
from tests.support import Clinic
from tests.web.journeys import ANN as TYPED
from tests.web.journeys import count, on_one_engine
from tests.web.site import add_practitioner, add_staff
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
DAY = "/desk?day=2026-01-13"
ANSWERS = {
    "cause": "acne",
    "hopes_words": "To go out without make-up.",
    "health": ["active_infection", "isotretinoin"],
    "health_when": {"isotretinoin": "now"},
    "help": ["interpreter", "quiet_wait"],
    "language": "Polski",
}
SECRET = ("isotretinoin", "Sore, infected", "Acne", "without make-up")


@pytest.fixture
def booked(clinic: Clinic) -> Booking:
    return clinic.book(TUESDAY_9, given=Given(read_intake(ANSWERS, Findings()), 1))


def sits_down(app: Flask, clinic: Clinic, who: Role | str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(clinic, who)
    return visitor


def shows_no_answer(page: Page) -> None:
    assert page.status == 200
    for words in SECRET:
        assert words not in page.text


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.ADMIN])
def test_the_desk_sees_numbers_and_what_to_make_ready(
    app: Flask, clinic: Clinic, booked: Booking, role: Role
):
    visitor = sits_down(app, clinic, role)
    for path in (DAY, f"/desk/bookings/{booked.id}"):
        page = visitor.get(path)
        shows_no_answer(page)
        for words in ("2 to review", "Interpreter: Polski", "Quiet place to wait"):
            assert words in page.words
    assert "1to call 2to review" in visitor.get(DAY).words
    assert "was asked to call before they come" in visitor.get(f"/desk/bookings/{booked.id}").words
    assert "answers_read" not in actions(clinic)


def actions(clinic: Clinic) -> list[str]:
    return clinic.read(
        lambda session, _: list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    )


def test_the_doctor_reads_the_answers_and_that_is_recorded(
    app: Flask, clinic: Clinic, booked: Booking
):
    visitor = sits_down(app, clinic, Role.DOCTOR)
    shows_no_answer(visitor.get(DAY))
    card = visitor.get(f"/desk/bookings/{booked.id}")
    for words in (
        "What the patient told us",
        "for example Accutane or Roaccutane – Now",
        "To go out without make-up.",
        "Interpreter: Polski",
    ):
        assert words in card.words
    assert card.text.count("isotretinoin") == 1
    assert actions(clinic)[-2:] == ["viewed", "answers_read"]


def test_the_doctor_marks_them_reviewed_and_it_says_when(
    app: Flask, clinic: Clinic, booked: Booking
):
    visitor = sits_down(app, clinic, Role.DOCTOR)
    card = visitor.get(f"/desk/bookings/{booked.id}")
    done = visitor.post(card.form(f"/desk/bookings/{booked.id}/review").action)
    after = visitor.follow(done)
    assert "Reviewed Monday 12 January, 8:00 am" in after.words
    assert "Mark reviewed" not in after.words
    assert "Answers reviewed by doctor@clinic.example" in after.words
    found = clinic.read(lambda session, _: session.scalars(select(Caution)).all())
    assert all(one.reviewed_by and one.reviewed_at == clinic.time.now for one in found)
    assert "to review" not in sits_down(app, clinic, Role.RECEPTION).get(DAY).words


def test_nobody_else_reads_or_reviews(app: Flask, clinic: Clinic, booked: Booking):
    weber = add_practitioner(clinic)
    add_staff(clinic, "weber@clinic.example", Role.DOCTOR, practitioner_id=weber)
    # Sees every booking, and treats somebody else's patients.
    add_staff(clinic, "both@clinic.example", Role.DOCTOR, Role.RECEPTION, practitioner_id=weber)
    review = f"/desk/bookings/{booked.id}/review"
    for who, status in (
        (Role.RECEPTION, 403),
        (Role.ADMIN, 403),
        ("weber@clinic.example", 404),
        ("both@clinic.example", 404),
    ):
        visitor = sits_down(app, clinic, who)
        visitor.get(DAY)
        assert visitor.post(review).status == status, who
    shows_no_answer(
        sits_down(app, clinic, "both@clinic.example").get(f"/desk/bookings/{booked.id}")
    )
    found = clinic.read(lambda session, _: session.scalars(select(Caution)).all())
    assert not any(one.reviewed_at for one in found)


def test_reception_says_that_they_have_talked(app: Flask, clinic: Clinic, booked: Booking):
    visitor = sits_down(app, clinic, Role.RECEPTION)
    card = visitor.get(f"/desk/bookings/{booked.id}")
    called = card.form(f"/desk/bookings/{booked.id}/called").action
    after = visitor.follow(visitor.post(called))
    assert "asked to call" not in after.words
    assert "Talked to the patient by reception@clinic.example" in after.words
    assert "to call" not in visitor.get(DAY).words
    doctor = sits_down(app, clinic, Role.DOCTOR)
    doctor.get(DAY)
    assert doctor.post(called).status == 403


def test_a_cancelled_visit_needs_nothing(app: Flask, clinic: Clinic, booked: Booking):
    visitor = sits_down(app, clinic, Role.RECEPTION)
    visitor.get(DAY)
    visitor.post(f"/desk/bookings/{booked.id}/cancel", {"reason": "ill"})
    page = visitor.get(DAY)
    assert "to review" not in page.words
    assert "Interpreter" not in page.words


def test_for_a_child_the_office_asks_for_the_guardian(app: Flask, clinic: Clinic):
    visitor = sits_down(app, clinic, Role.RECEPTION)
    form = visitor.get("/desk/book?day=2026-01-13")
    slot = form.document.all("input", name="slot")[0].attrs["value"]
    child = TYPED | {"slot": slot, "year": "2015"}
    refused = visitor.post("/desk/book", child)
    assert (refused.status, list(refused.summary())) == (422, ["guardian"])
    assert refused.document.all("details")[-1].attrs.get("open") is not None
    assert count(clinic, Booking) == 0
    made = visitor.post("/desk/book", child | {"guardian": "Maria O’Brien"})
    assert made.status == 303
    patient = clinic.read(lambda session, _: session.scalars(select(Patient)).one())
    assert (patient.guardian, patient.date_of_birth) == ("Maria O’Brien", date(2015, 3, 14))
    number = made.location.rpartition("=")[2]
    assert "Guardian Maria O’Brien" in visitor.get(f"/desk/bookings/{number}").words


def test_of_a_grown_up_no_guardian_is_kept(app: Flask, clinic: Clinic):
    visitor = sits_down(app, clinic, Role.RECEPTION)
    form = visitor.get("/desk/book?day=2026-01-13")
    slot = form.document.all("input", name="slot")[0].attrs["value"]
    assert visitor.post("/desk/book", TYPED | {"slot": slot, "guardian": "Maria"}).status == 303
    assert clinic.read(lambda session, _: session.scalars(select(Patient.guardian)).one()) is None


def test_answers_are_shown_in_the_words_in_which_they_were_asked(
    app: Flask, clinic: Clinic, booked: Booking, admin: Visitor
):
    path = "/admin/texts/questions"
    values = admin.get(path).form(path).values | {"cause_acne": "Spots"}
    assert admin.post(path, values | {"go": "save"}).status == 303
    card = sits_down(app, clinic, Role.DOCTOR).get(f"/desk/bookings/{booked.id}")
    assert "What did your scar come from? Acne" in card.words
    assert "Spots" not in card.words
