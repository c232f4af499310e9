"""A patient changes their mind about the time before confirming."""

from datetime import date

from booking.domain.came_from import NOWHERE, CameFrom
from booking.domain.slots import Slot
from booking.domain.suspicion import ConfirmEmail
from booking.services.audit import PATIENT
from booking.services.bookings import drafts, submissions
from booking.services.bookings.bookings import NOTHING_ASKED
from booking.services.bookings.submissions import Sent
from booking.store.bookings import Booking
from tests.support import ANN, Clinic

FINDER = CameFrom("finder.example", "8f0c-77aa")


def take(
    clinic: Clinic, slot: Slot, token: str | None = None, came_from: CameFrom = NOWHERE
) -> str:
    return clinic.write(
        lambda session, now: drafts.take(
            session,
            clinic.offers,
            token,
            slot.id,
            random_token=clinic.random_token,
            now=now,
            came_from=came_from,
        )
    )


def confirm(clinic: Clinic, token: str) -> Booking:
    made = clinic.write(
        lambda session, now: submissions.submit(
            session,
            clinic.offers,
            clinic.links,
            token,
            person=ANN,
            privacy_notice="1",
            given=NOTHING_ASKED,
            sent=Sent(),
            setting=ConfirmEmail.SUSPICIOUS,
            actor=PATIENT,
            random_token=clinic.random_token,
            now=now,
        )
    )
    assert made is not None
    return made


def test_a_patient_who_took_another_time_instead_can_confirm_it(clinic: Clinic):
    first, second = clinic.slots(date(2026, 1, 13))[:2]
    token = take(clinic, second, take(clinic, first))
    assert confirm(clinic, token).start == second.start


def test_where_a_patient_came_from_outlives_another_choice(clinic: Clinic):
    first, second = clinic.slots(date(2026, 1, 13))[:2]
    booking = confirm(clinic, take(clinic, second, take(clinic, first, came_from=FINDER)))
    assert (booking.came_from, booking.referral) == ("finder.example", "8f0c-77aa")


def test_the_last_source_that_says_so_counts_and_the_next_booking_begins_anew(clinic: Clinic):
    first, second, third = clinic.slots(date(2026, 1, 13))[:3]
    token = take(clinic, first, came_from=FINDER)
    token = take(clinic, second, token, came_from=CameFrom(source="other.example"))
    booking = confirm(clinic, token)
    assert (booking.came_from, booking.referral) == ("other.example", None)
    assert confirm(clinic, take(clinic, third, token)).came_from is None
