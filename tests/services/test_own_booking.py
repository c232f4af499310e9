"""What a patient may do with the own booking beside moving it, and until when."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from booking.domain.errors import (
    AlreadyCancelled,
    AlreadyOver,
    Outdated,
    TooLateOnline,
    TransitionRefused,
)
from booking.domain.lifecycle import State, Stranding
from booking.formats.links import Links
from booking.formats.tokens import ManageKeys, token_hash
from booking.services.bookings import bookings, contact_details, lost_links, reconfirmations
from booking.services.bookings.contact_details import NewDetails
from booking.services.mail.letters import manage_token
from booking.store.bookings import Booking
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_10,
    cancel,
    history,
    move,
    now_is,
    set_cut_offs,
    step,
    told,
    undo,
)
from tests.support import ANN, RECEPTION, Clinic

BORN = ANN.date_of_birth


@pytest.fixture
def booking(clinic: Clinic) -> Booking:
    return clinic.book(TUESDAY_9)


def come(clinic: Clinic, booking: Booking, start: datetime = TUESDAY_9) -> None:
    clinic.write(
        lambda session, now: reconfirmations.reconfirm(session, booking, start=start, now=now)
    )


def change(clinic: Clinic, booking: Booking, **new: str) -> list[str]:
    return clinic.write(
        lambda session, now: contact_details.change(
            session, clinic.offers, booking, NewDetails(**new), now=now
        )
    )


def find(
    clinic: Clinic, reference: str, born: date = BORN, *, links: Links | None = None
) -> str | None:
    return clinic.write(
        lambda session, now: lost_links.find(
            session, links or clinic.links, reference, born, now=now
        )
    )


def actions(clinic: Clinic, booking: Booking) -> list[str]:
    return [entry.action for entry in history(clinic, booking)]


# -- I will come ---------------------------------------------------------------------------


def test_who_says_that_they_will_come_is_believed_once_and_gets_no_mail(
    clinic: Clinic, booking: Booking
):
    seen = now_is(clinic, booking).updated_at
    said = clinic.time.now
    come(clinic, booking)
    clinic.time.pass_(minutes=5)
    come(clinic, booking)
    found = now_is(clinic, booking)
    assert (found.reconfirmed_at, found.state, found.sequence) == (said, State.CONFIRMED, 0)
    assert actions(clinic, booking) == ["state", "reconfirmed"]
    assert len(told(clinic, booking)) == 1
    # A colleague's open page is still right.
    step(clinic, booking, State.CANCELLED, actor=RECEPTION, seen=seen)


def test_a_move_takes_it_back(clinic: Clinic, booking: Booking):
    come(clinic, booking)
    move(clinic, booking, TUESDAY_10)
    assert now_is(clinic, booking).reconfirmed_at is None
    with pytest.raises(Outdated):
        come(clinic, booking, TUESDAY_9)
    assert now_is(clinic, booking).reconfirmed_at is None
    come(clinic, booking, TUESDAY_10)
    assert now_is(clinic, booking).reconfirmed_at is not None


def test_a_cancellation_takes_it_back_for_good(clinic: Clinic, booking: Booking):
    come(clinic, booking)
    cancel(clinic, booking)
    with pytest.raises(AlreadyCancelled):
        come(clinic, booking)
    undo(clinic, booking)
    assert now_is(clinic, booking).reconfirmed_at is None


def test_nobody_comes_to_what_has_begun(clinic: Clinic, booking: Booking):
    clinic.time.now = TUESDAY_9
    with pytest.raises(AlreadyOver):
        come(clinic, booking)
    step(clinic, booking, State.ARRIVED)
    with pytest.raises(TransitionRefused):
        come(clinic, booking)
    assert "reconfirmed" not in actions(clinic, booking)


# -- name and phone ------------------------------------------------------------------------


def test_name_and_phone_are_changed_and_the_history_names_fields_only(
    clinic: Clinic, booking: Booking
):
    assert change(clinic, booking, name="Ann Other", phone="+1 202-555-0177") == ["name", "phone"]
    patient = now_is(clinic, booking).patient
    assert (patient.name, patient.phone) == ("Ann Other", "+1 202-555-0177")
    assert (patient.email, patient.date_of_birth) == (ANN.email, ANN.date_of_birth)
    last = history(clinic, booking)[-1]
    assert (last.action, last.actor_kind, last.to_value) == (
        "details_changed",
        "patient",
        "name, phone",
    )
    assert (last.from_value, last.reason, last.subject) == (None, "", None)


def test_what_is_the_same_is_no_change(clinic: Clinic, booking: Booking):
    before = now_is(clinic, booking).updated_at
    clinic.time.pass_(minutes=5)
    assert change(clinic, booking, name=ANN.name) == []
    assert change(clinic, booking) == []
    assert now_is(clinic, booking).updated_at == before
    assert actions(clinic, booking) == ["state"]


def test_details_stay_as_they_were_once_the_visit_began_or_is_cancelled(clinic: Clinic):
    over, gone = clinic.book(TUESDAY_9), clinic.book(TUESDAY_10)
    cancel(clinic, gone)
    with pytest.raises(AlreadyCancelled):
        change(clinic, gone, name="Ann Other")
    clinic.time.now = TUESDAY_9
    with pytest.raises(AlreadyOver):
        change(clinic, over, name="Ann Other")
    assert now_is(clinic, over).patient.name == ANN.name


# -- until when ----------------------------------------------------------------------------


def test_patients_change_nothing_after_the_cut_off_and_staff_do(clinic: Clinic, booking: Booking):
    set_cut_offs(clinic, move=20, cancel=2)
    clinic.time.now = TUESDAY_9 - timedelta(hours=20)
    with pytest.raises(TooLateOnline):
        move(clinic, booking, TUESDAY_10)
    assert now_is(clinic, booking).start == TUESDAY_9
    move(clinic, booking, TUESDAY_10, actor=RECEPTION)
    clinic.time.now = TUESDAY_10 - timedelta(hours=2)
    with pytest.raises(TooLateOnline):
        cancel(clinic, booking)
    assert now_is(clinic, booking).state is State.CONFIRMED
    cancel(clinic, booking, actor=RECEPTION, reason="called us")
    assert now_is(clinic, booking).state is State.CANCELLED


def test_before_the_cut_off_a_late_cancellation_is_still_marked(clinic: Clinic, booking: Booking):
    set_cut_offs(clinic, move=2, cancel=2)
    clinic.time.now = TUESDAY_9 - timedelta(hours=3)
    cancel(clinic, booking)
    assert now_is(clinic, booking).cancelled_late


def test_whom_the_clinic_asked_to_move_may_until_the_visit_begins(clinic: Clinic, booking: Booking):
    set_cut_offs(clinic, move=48, cancel=48)
    to_move = update(Booking).values(stranding=Stranding.TO_MOVE)
    clinic.write(lambda session, _: session.execute(to_move) and None)
    assert move(clinic, booking, TUESDAY_10).start == TUESDAY_10


# -- the way back --------------------------------------------------------------------------


def test_reference_and_date_of_birth_lead_back_to_the_booking(clinic: Clinic, booking: Booking):
    token = find(clinic, booking.reference)
    assert token == manage_token(booking, clinic.links)
    assert actions(clinic, booking) == ["state", "found"]


def test_nothing_else_leads_anywhere_and_nothing_is_written(clinic: Clinic, booking: Booking):
    other = clinic.book(TUESDAY_10)
    wrong = date(1990, 3, 15)
    for reference, born in ((booking.reference, wrong), ("77777777", BORN), ("", BORN)):
        assert find(clinic, reference, born) is None
    assert actions(clinic, booking) == actions(clinic, other) == ["state"]


def test_a_booking_without_a_date_of_birth_is_found_by_nobody(clinic: Clinic, booking: Booking):
    def forget(session, _):
        bookings.get(session, booking.id).patient.date_of_birth = None

    clinic.write(forget)
    assert find(clinic, booking.reference) is None


def test_a_link_whose_key_is_gone_is_made_anew_and_the_old_one_ends(
    clinic: Clinic, booking: Booking
):
    old = manage_token(booking, clinic.links)
    rotated = Links(clinic.links.public_url, ManageKeys(["another secret, long enough to be one"]))
    token = find(clinic, booking.reference, links=rotated)
    found = now_is(clinic, booking)
    assert token is not None
    assert token != old
    assert (found.manage_generation, found.manage_token_hash) == (1, token_hash(token))
    assert manage_token(found, rotated) == token
    assert find(clinic, booking.reference, links=rotated) == token
