"""Answers given after booking: the newest count, cautions follow, and the doctor is told."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import AlreadyCancelled, AlreadyOver
from booking.domain.intake import CHANGED, Intake, read_intake
from booking.domain.people import Findings
from booking.services.bookings import intakes, new_answers
from booking.services.bookings.intakes import Given
from booking.store import intakes as rows
from booking.store.access import Staff
from booking.store.bookings import Booking, Consent
from booking.store.records import AuditEntry, Message
from tests.services.deeds import TUESDAY_9, cancel
from tests.support import DOCTOR, Clinic
from tests.web.journeys import count

HEALTH = ("health", "health_when.isotretinoin")
FIRST = {
    "cause": "acne",
    "health": ["isotretinoin", "keloid"],
    "health_when": {"isotretinoin": "now"},
}


def read(given: dict[str, object]) -> Intake:
    found = Findings()
    intake = read_intake(given, found)
    assert not found.errors
    return intake


@pytest.fixture
def booked(clinic: Clinic) -> Booking:
    return clinic.book(TUESDAY_9, given=Given(read(FIRST), 1))


@pytest.fixture
def doctor(clinic: Clinic) -> int:
    def work(session: Session, now: datetime) -> int:
        person = Staff(email="a@clinic.example", password_hash="-", active=True, created_at=now)
        session.add(person)
        session.flush()
        return person.id

    return clinic.write(work)


def answer(
    clinic: Clinic, booked: Booking, names: tuple[str, ...] = HEALTH, **given: object
) -> bool:
    return clinic.write(
        lambda session, now: new_answers.answer(
            session, booked.id, Given(read(given), 2), names, now=now
        )
    )


def looks(clinic: Clinic, booked: Booking) -> intakes.ForTheDoctor:
    return clinic.write(
        lambda session, now: intakes.for_the_doctor(session, booked.id, actor=DOCTOR, now=now)
    )


def cautions(clinic: Clinic) -> dict[str, bool]:
    """The keys of what the doctor should see, and whether it was reviewed."""
    return clinic.read(
        lambda session, _: {
            one.key: one.reviewed_at is not None
            for one in session.scalars(select(rows.Caution).order_by(rows.Caution.key))
        }
    )


def review(clinic: Clinic, booked: Booking, doctor: int) -> int:
    return clinic.write(
        lambda session, now: intakes.review(
            session, booked.id, staff_id=doctor, actor=DOCTOR, now=now
        )
    )


def test_the_newest_answers_count_and_the_earlier_ones_are_kept(clinic: Clinic, booked: Booking):
    clinic.time.pass_(hours=1)
    assert answer(clinic, booked, health=["metal_allergy"])
    found = looks(clinic, booked)
    assert found.intake.chosen == {"cause": ("acne",), "health": ("metal_allergy",)}
    assert found.intake.when == {}
    assert (found.version, found.changed_at) == (2, clinic.time.now)
    kept = clinic.read(lambda session, _: session.scalars(select(rows.Intake)).all())
    assert sorted((one.revision, one.text_version) for one in kept) == [(0, 1), (1, 2)]
    assert count(clinic, Consent) == count(clinic, Message) == 1


def test_cautions_follow_the_newest_answers(clinic: Clinic, booked: Booking):
    assert cautions(clinic) == {"isotretinoin": False, "keloid": False}
    answer(clinic, booked, health=["keloid", "changing_mole"])
    assert cautions(clinic) == {"changing_mole": False, "keloid": False}
    assert clinic.read(lambda session, _: intakes.must_call(session, booked.id))
    answer(clinic, booked, ("how_long", "looks"), how_long="under_6_months")
    assert "new_scar" in cautions(clinic)


def test_who_changes_an_answer_that_was_read_tells_the_doctor(
    clinic: Clinic, booked: Booking, doctor: int
):
    looks(clinic, booked)
    review(clinic, booked, doctor)
    answer(clinic, booked, health=["keloid", "bleeding"])
    # What stayed as it was stays reviewed.
    assert cautions(clinic) == {"bleeding": False, CHANGED: False, "keloid": True}
    assert review(clinic, booked, doctor) == 2
    answer(clinic, booked, health=["keloid"])
    assert cautions(clinic) == {CHANGED: False, "keloid": True}


def test_another_age_of_an_answer_is_to_be_reviewed_again(
    clinic: Clinic, booked: Booking, doctor: int
):
    review(clinic, booked, doctor)
    answer(
        clinic, booked, health=["isotretinoin", "keloid"], health_when={"isotretinoin": "longer"}
    )
    assert cautions(clinic) == {CHANGED: False, "isotretinoin": False, "keloid": True}


def test_nobody_is_told_of_a_change_who_had_read_nothing(clinic: Clinic, booked: Booking):
    answer(clinic, booked, health=["keloid"])
    assert cautions(clinic) == {"keloid": False}


def test_an_empty_page_and_the_same_answers_change_nothing(clinic: Clinic, booked: Booking):
    assert not answer(clinic, booked)
    assert not answer(clinic, booked, **{k: v for k, v in FIRST.items() if k != "cause"})
    assert count(clinic, rows.Intake) == 1


def test_who_had_answered_nothing_answers_for_the_first_time(clinic: Clinic):
    booked = clinic.book(TUESDAY_9)
    assert not clinic.read(lambda session, _: new_answers.is_answered(session, booked.id))
    assert answer(clinic, booked, health=["none"])
    assert clinic.read(lambda session, _: new_answers.is_answered(session, booked.id))
    assert looks(clinic, booked).changed_at is None
    actions = clinic.read(lambda session, _: session.scalars(select(AuditEntry.action)).all())
    assert "answers_given" in actions


def test_the_audit_names_questions_and_no_answer(clinic: Clinic, booked: Booking):
    answer(clinic, booked, health=["bleeding"])
    entry = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry).where(AuditEntry.action == "answers_changed")
        ).one()
    )
    assert (entry.to_value, entry.actor_kind, entry.booking_id) == ("health", "patient", booked.id)


def test_the_desk_reads_the_newest_of_what_to_make_ready(clinic: Clinic, booked: Booking):
    answer(clinic, booked, ("help", "language"), help=["interpreter"], language="Polski")
    answer(clinic, booked, ("help", "language"), help=["quiet_wait"])
    found = clinic.read(lambda session, _: intakes.for_the_desk(session, booked.id))
    assert found.help == {"help": ["quiet_wait"]}


def test_nobody_answers_for_a_visit_that_is_cancelled_or_over(clinic: Clinic, booked: Booking):
    other = clinic.book(TUESDAY_9.replace(hour=16))
    cancel(clinic, booked)
    with pytest.raises(AlreadyCancelled):
        answer(clinic, booked, health=["none"])
    clinic.time.pass_(days=2)
    with pytest.raises(AlreadyOver):
        answer(clinic, other, health=["none"])
