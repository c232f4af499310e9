"""A patient changes their mind about the time before confirming."""

from datetime import date

from booking.services import drafts
from booking.services.audit import PATIENT
from tests.support import ANN, Clinic


def test_a_patient_who_took_another_time_instead_can_confirm_it(clinic: Clinic):
    first, second = clinic.slots(date(2026, 1, 13))[:2]
    token = None
    for slot in (first, second):
        token = clinic.write(
            lambda session, now, slot=slot, token=token: drafts.take(
                session, clinic.offers, token, slot.id, random_token=clinic.random_token, now=now
            )
        )
    booking = clinic.write(
        lambda session, now: drafts.confirm(
            session,
            clinic.offers,
            clinic.links,
            token,
            person=ANN,
            privacy_notice="1",
            actor=PATIENT,
            random_token=clinic.random_token,
            now=now,
        )
    )
    assert booking.start == second.start
