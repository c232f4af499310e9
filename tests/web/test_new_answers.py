"""By their link patients answer questions after booking; what they told before is not shown."""

import pytest
from flask import Flask
from sqlalchemy import select

from booking.domain.roles import Role
from booking.services.bookings.intakes import Given
from booking.store.intakes import Caution, Intake
from tests.services import waiting
from tests.services.deeds import TUESDAY_9
from tests.services.test_new_answers import FIRST, read
from tests.support import Clinic
from tests.web.journeys import book, count, on_one_engine
from tests.web.test_manage import cancel
from tests.web.test_waitlist import BIRTH, comes_free
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine


@pytest.fixture
def token(clinic: Clinic) -> str:
    booked = clinic.book(TUESDAY_9, given=Given(read(FIRST), 1))
    return clinic.links.keys.new(booked.uid, 0)


def send(visitor: Visitor, token: str, page: str, **answers: object) -> Page:
    visitor.get(f"/manage/{token}/answers/{page}")
    return visitor.post(f"/manage/{token}/answers/{page}", answers)


def test_from_the_own_page_one_changes_an_answer(visitor: Visitor, clinic: Clinic, token: str):
    links = {a.words: a.attrs["href"] for a in visitor.get(f"/manage/{token}").document.all("a")}
    page = visitor.get(links["Change your answers to our questions"])
    assert page.heading == "Help the doctor to prepare"
    done = send(visitor, token, "health", health=["keloid"])
    assert "Thank you. Your answers are saved." in visitor.follow(done).words
    keys = clinic.read(lambda session, _: session.scalars(select(Caution.key)).all())
    assert keys == ["keloid"]


def test_what_was_answered_before_is_shown_to_nobody_with_the_link(visitor: Visitor, token: str):
    for path in ("answers", "answers/cause", "answers/health", "answers/how"):
        page = visitor.get(f"/manage/{token}/{path}")
        assert page.status == 200
        assert " checked" not in page.text
        assert " selected" not in page.text


def test_an_empty_page_keeps_everything(visitor: Visitor, clinic: Clinic, token: str):
    done = send(visitor, token, "health")
    assert done.location == f"/manage/{token}/answers"
    assert count(clinic, Intake) == 1


def test_all_questions_one_after_the_other(visitor: Visitor, token: str):
    page = visitor.get(f"/manage/{token}/answers")
    hrefs = [a.attrs["href"] for a in page.document.all("a")]
    path = f"/manage/{token}/answers/cause?all=1"
    assert path in hrefs
    steps = 0
    while "?all=1" in path:
        form = visitor.get(path).forms[0]
        path = visitor.post(form.action, form.values).location
        steps += 1
    assert (path, steps) == (f"/manage/{token}/answers", 8)


def test_what_follows_is_said_once_and_the_call_stays(visitor: Visitor, clinic: Clinic, token: str):
    page = send(visitor, token, "health", health=["changing_mole"])
    assert (page.status, page.heading) == (200, "Your answers are saved")
    assert "call" in page.words
    own = visitor.get(f"/manage/{token}")
    assert "Please call us before you come" in own.words
    assert "mole" not in own.text


def test_a_contradiction_is_refused_beside_the_question(
    visitor: Visitor, clinic: Clinic, token: str
):
    page = send(visitor, token, "health", health=["none", "keloid"])
    assert page.status == 422
    assert "Untick one of them" in page.why("health")
    (ticked,) = page.document.all("input", name="health", value="keloid")
    assert "checked" in ticked.attrs
    assert count(clinic, Intake) == 1


def test_neither_cancelled_nor_unknown(visitor: Visitor, clinic: Clinic, token: str):
    assert visitor.get(f"/manage/{token}/answers/nothing").status == 404
    assert visitor.get("/manage/unknown/answers").status == 404
    cancel(visitor, token)
    for path in ("answers", "answers/health"):
        assert visitor.get(f"/manage/{token}/{path}").status == 409
    assert visitor.post(f"/manage/{token}/answers/health", {"health": "keloid"}).status == 409
    assert count(clinic, Intake) == 1


def test_the_doctor_reads_that_answers_changed_and_reviews_it(
    app: Flask, visitor: Visitor, clinic: Clinic, token: str
):
    doctor = Visitor(app)
    doctor.sign_in(clinic, Role.DOCTOR)
    doctor.get("/desk/bookings/1")
    send(visitor, token, "health", health=["keloid", "bleeding"])
    card = doctor.get("/desk/bookings/1")
    assert "The patient changed answers after they were read" in card.words
    assert "Last changed by the patient" in card.words
    assert "Changed answers by the patient" in card.words
    doctor.fill(card, "/desk/bookings/1/review")
    assert "Mark reviewed" not in doctor.get("/desk/bookings/1").words


def test_who_took_a_time_from_the_waitlist_is_offered_the_questions(
    visitor: Visitor, clinic: Clinic
):
    taken = clinic.book(TUESDAY_9)
    waiting.join(clinic)
    address = comes_free(clinic, taken)
    visitor.get(address)
    page = visitor.follow(visitor.post(address, {"deed": "accept", **BIRTH}))
    assert page.heading == "Your consultation is booked"
    assert "Help the doctor to prepare" in page.words
    links = {a.words: a.attrs["href"] for a in page.document.all("a")}
    answers = links["Answer the questions"]
    own = answers.removesuffix("/answers")
    assert "Answer the questions" in visitor.get(own).words
    send(visitor, own.removeprefix("/manage/"), "cause", cause="acne")
    assert "Help the doctor to prepare" not in visitor.get(own).words
    assert "Change your answers to our questions" in visitor.get(own).words


def test_who_skipped_all_questions_while_booking_is_not_asked_again_at_once(visitor: Visitor):
    token = book(visitor)
    assert "Help the doctor" not in visitor.get(f"/book/confirmed/{token}").words
    assert "Help the doctor to prepare" in visitor.get(f"/manage/{token}").words
