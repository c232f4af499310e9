"""Answers are kept with the booking, for the doctor; the desk knows how many there are."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import SlotUnavailable
from booking.domain.intake import Intake, read_intake
from booking.domain.people import Findings, Person
from booking.domain.questions import HEALTH
from booking.domain.suspicion import ConfirmEmail
from booking.services.bookings import drafts, intakes, submissions
from booking.services.bookings.intakes import Given
from booking.services.bookings.submissions import Sent
from booking.store import intakes as rows
from booking.store.access import Staff
from booking.store.bookings import Booking, Consent, Draft
from tests.services.deeds import TUESDAY_9, history
from tests.support import ANN, DOCTOR, PATIENT, RECEPTION, Clinic
from tests.web.journeys import count

ANSWERS = {
    "cause": "acne",
    "health": ["active_infection", "isotretinoin", "sunburn"],
    "health_when": {"isotretinoin": "now"},
    "help": ["interpreter"],
    "language": "Polski",
    "earlier_time": True,
}


def answered(**given: object) -> Intake:
    found = Findings()
    intake = read_intake(given or ANSWERS, found)
    assert not found.errors
    return intake


def book(clinic: Clinic, given: Given | None = None, person: Person = ANN) -> Booking:
    return clinic.book(TUESDAY_9, person, given=given or Given())


def consents(clinic: Clinic) -> list[tuple[str, str, str, bool, str]]:
    return clinic.read(
        lambda session, _: [
            (one.purpose, one.text_version, one.locale, one.granted, one.given_by)
            for one in session.scalars(select(Consent).order_by(Consent.id))
        ]
    )


@pytest.fixture
def colleague(clinic: Clinic) -> int:
    """Somebody at the desk."""

    def work(session: Session, now: datetime) -> int:
        person = Staff(email="a@clinic.example", password_hash="-", active=True, created_at=now)
        session.add(person)
        session.flush()
        return person.id

    return clinic.write(work)


def test_answers_are_kept_in_the_words_of_a_version(clinic: Clinic):
    booked = book(clinic, Given(answered(), 3, may_remind=True))
    row = clinic.read(lambda session, _: session.scalars(select(rows.Intake)).one())
    assert (row.booking_id, row.text_version, row.locale, row.given_by) == (
        booked.id,
        3,
        "en",
        "patient",
    )
    assert row.given_at == clinic.time.now
    assert row.help == {"help": ["interpreter"], "language": "Polski"}
    assert "help" not in row.answers
    assert row.answers["health_when"] == {"isotretinoin": "now"}


def test_each_thing_agreed_to_is_a_row_of_the_ledger_and_the_rest_is_none(clinic: Clinic):
    book(clinic, Given(answered(), 3, may_remind=True))
    assert consents(clinic) == [
        ("privacy_notice", "1", "en", True, "patient"),
        ("email_reminders", "3", "en", True, "patient"),
        ("earlier_time", "3", "en", True, "patient"),
    ]


def test_whoever_skips_everything_agrees_to_the_notice_alone(clinic: Clinic):
    book(clinic)
    assert [purpose for purpose, *_ in consents(clinic)] == ["privacy_notice"]
    assert count(clinic, rows.Intake) == count(clinic, rows.Caution) == 0


def test_answers_of_a_booking_that_is_not_made_are_not_kept(clinic: Clinic):
    book(clinic)
    with pytest.raises(SlotUnavailable):
        book(clinic, Given(answered()))
    assert count(clinic, rows.Intake) == count(clinic, rows.Caution) == 0
    assert len(consents(clinic)) == 1


def test_no_answer_blocks_or_takes_a_time_away(clinic: Clinic):
    before = len(clinic.slots(date(2026, 1, 14)))
    everything = [one for one in HEALTH.options if one != "none"]
    booked = book(clinic, Given(answered(health=everything)))
    assert booked.state.value == "confirmed"
    assert len(clinic.slots(date(2026, 1, 14))) == before


def test_the_desk_knows_numbers_and_what_to_make_ready(clinic: Clinic):
    booked = book(clinic, Given(answered()))
    found = clinic.read(lambda session, _: intakes.for_the_desk(session, booked.id))
    assert (found.to_review, found.to_call) == (2, 1)
    assert found.help == {"help": ["interpreter"], "language": "Polski"}
    nothing = clinic.book(TUESDAY_9.replace(hour=16))
    found = clinic.read(lambda session, _: intakes.for_the_desk(session, nothing.id))
    assert (found.to_review, found.to_call, found.help) == (0, 0, {})


def test_who_is_under_22_on_the_day_is_flagged_however_they_book(clinic: Clinic):
    young = replace(ANN, date_of_birth=date(2004, 1, 14))
    booked = book(clinic, person=young)
    (caution,) = clinic.read(lambda session, _: session.scalars(select(rows.Caution)).all())
    assert (caution.booking_id, caution.key) == (booked.id, "under_22")


def test_reading_answers_is_recorded(clinic: Clinic):
    booked = book(clinic, Given(answered(), 2))
    found = clinic.write(
        lambda session, now: intakes.for_the_doctor(session, booked.id, actor=DOCTOR, now=now)
    )
    assert found.intake.for_the_doctor == answered().for_the_doctor
    assert found.version == 2
    assert [one.caution.key for one in found.cautions] == ["active_infection", "isotretinoin"]
    assert history(clinic, booked)[-1].action == "answers_read"


def test_a_review_says_who_and_when_and_happens_once(clinic: Clinic, colleague: int):
    booked = book(clinic, Given(answered()))

    def review(session: Session, now: datetime) -> int:
        return intakes.review(session, booked.id, staff_id=colleague, actor=DOCTOR, now=now)

    assert clinic.write(review) == 2
    then = clinic.time.now
    clinic.time.pass_(hours=1)
    assert clinic.write(review) == 0
    found = clinic.read(lambda session, _: session.scalars(select(rows.Caution)).all())
    assert {(one.reviewed_by, one.reviewed_at) for one in found} == {(colleague, then)}
    entries = [one for one in history(clinic, booked) if one.action == "cautions_reviewed"]
    assert [one.to_value for one in entries] == ["2"]


def test_a_call_waits_until_somebody_has_talked_to_the_patient(clinic: Clinic, colleague: int):
    booked = book(clinic, Given(answered()))

    def must_call() -> bool:
        return clinic.read(lambda session, _: intakes.must_call(session, booked.id))

    assert must_call()
    done = clinic.write(
        lambda session, now: intakes.called(
            session, booked.id, staff_id=colleague, actor=RECEPTION, now=now
        )
    )
    assert done == 1
    assert not must_call()
    found = clinic.read(lambda session, _: intakes.for_the_desk(session, booked.id))
    # The doctor has yet to read it.
    assert (found.to_review, found.to_call) == (2, 0)
    assert history(clinic, booked)[-1].action == "patient_called"


def test_a_draft_keeps_what_was_typed_until_it_is_a_booking(clinic: Clinic):
    slot = clinic.slots(date(2026, 1, 13))[0].id
    token = clinic.write(
        lambda session, now: drafts.take(
            session, clinic.offers, None, slot, random_token=clinic.random_token, now=now
        )
    )

    def found() -> drafts.DraftView:
        return clinic.read(lambda session, now: drafts.find(session, token, now=now))

    for typed, seen in (({"cause": ["acne"]}, True), ({"where": ["nose"], "cause": []}, False)):
        clinic.write(
            lambda session, now, typed=typed, seen=seen: drafts.keep_intake(
                session, found().id, typed, version=2, seen=seen, now=now
            )
        )
    kept = found().intake
    assert dict(kept.typed) == {"cause": [], "where": ["nose"]}
    assert (kept.version, kept.seen) == (2, True)
    clinic.write(
        lambda session, now: submissions.submit(
            session,
            clinic.offers,
            clinic.links,
            token,
            person=ANN,
            privacy_notice="1",
            given=Given(answered(where=["nose"]), 2),
            sent=Sent(),
            setting=ConfirmEmail.SUSPICIOUS,
            actor=PATIENT,
            random_token=clinic.random_token,
            now=now,
        )
    )
    assert count(clinic, rows.Intake) == 1
    assert clinic.read(lambda session, _: session.scalars(select(Draft.intake)).one()) is None
