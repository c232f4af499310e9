"""Booking: all that belongs to it in one transaction, or nothing."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select, update

from booking.domain.errors import (
    BeyondHorizon,
    IdempotencyKeyReused,
    InPast,
    NaiveTime,
    NotFound,
    OutsideHours,
    SlotRefusal,
    SlotUnavailable,
    TooSoon,
    UnknownPractitioner,
    UnknownService,
)
from booking.domain.lifecycle import State
from booking.domain.people import Person
from booking.formats.links import Links
from booking.formats.tokens import ManageKeys, token_hash
from booking.services.audit import PATIENT, Actor
from booking.services.bookings import bookings, once
from booking.services.bookings.bookings import Wish
from booking.services.bookings.once import Once
from booking.store.bookings import Booking, Consent, IdempotencyKey, Patient
from tests.services.deeds import (
    HALF_HOUR,
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    WEDNESDAY_9,
    add_practitioner,
    add_service,
    cancel,
    change_service,
    count,
    everything,
    history,
    messages,
    owners,
    wall,
)
from tests.support import ANN, DOCTOR, MONDAY, RECEPTION, SECRET, Clinic

ON_THE_PHONE = Person("Tom Baker", date(1980, 1, 1), None, "+1 202-555-0199")
WISH = Wish(
    service="consultation",
    practitioner="dr-ahmed",
    start=TUESDAY_9,
    person=ANN,
    privacy_notice="1",
    source="online",
)


def book(
    clinic: Clinic,
    wish: Wish = WISH,
    *,
    key: Once | None = None,
    actor: Actor = PATIENT,
    links: Links | None = None,
) -> Booking:
    return clinic.write(
        lambda session, now: bookings.book(
            session,
            clinic.offers,
            links or clinic.links,
            wish,
            actor=actor,
            random_token=clinic.random_token,
            now=now,
            once=key,
        )
    )


def refuse(clinic: Clinic, refusal: type[Exception], wish: Wish) -> None:
    before = everything(clinic)
    with pytest.raises(refusal):
        book(clinic, wish)
    assert everything(clinic) == before


def test_a_booking_brings_patient_consent_claim_audit_entry_and_message_along(
    clinic: Clinic,
) -> None:
    booking = book(clinic)
    assert (booking.start, booking.end) == (TUESDAY_9, TUESDAY_9 + HALF_HOUR)
    assert (booking.state, booking.sequence, booking.source) == (State.CONFIRMED, 0, "online")
    assert (booking.local_start, booking.time_zone) == ("2026-01-13T09:00:00", "America/New_York")
    assert booking.created_at == booking.updated_at == MONDAY
    assert booking.patient.name == ANN.name
    assert owners(clinic) == [(TUESDAY_9, TUESDAY_9 + HALF_HOUR, "booking")]

    (entry,) = history(clinic, booking)
    assert (entry.action, entry.from_value, entry.to_value) == ("state", None, "confirmed")
    assert (entry.actor_kind, entry.at) == ("patient", MONDAY)

    (message,) = messages(clinic, booking)
    assert (message.kind.value, message.recipient) == ("confirmed", "ann@patient.example")
    assert (message.state.value, message.next_try_at) == ("queued", MONDAY)

    consent = clinic.read(lambda session, now: session.scalars(select(Consent)).one())
    assert (consent.purpose, consent.text_version, consent.granted) == ("privacy_notice", "1", True)
    assert (consent.patient_id, consent.given_by) == (booking.patient_id, "patient")


def test_a_refused_booking_writes_nothing(clinic: Clinic) -> None:
    book(clinic)
    naive = datetime(2026, 1, 13, 9, 30)  # noqa: DTZ001
    for start, refusal in (
        (TUESDAY_9, SlotUnavailable),
        (wall("01-13 12:00"), OutsideHours),
        (wall("01-12 09:00"), TooSoon),
        (wall("01-12 07:00"), InPast),
        (wall("06-12 09:00"), BeyondHorizon),
        (naive, NaiveTime),
    ):
        refuse(clinic, refusal, replace(WISH, start=start))
    refuse(clinic, UnknownService, replace(WISH, service="massage"))
    refuse(clinic, UnknownPractitioner, replace(WISH, practitioner="dr-who"))


def test_a_booking_that_breaks_off_at_its_last_step_leaves_nothing(clinic: Clinic) -> None:
    class Breaking(Links):
        asked = 0

        @property
        def host(self) -> str:
            Breaking.asked += 1
            # The first is for the UID, the second for the message's own id.
            if Breaking.asked == 2:
                raise ConnectionError
            return "clinic.example"

    before = everything(clinic)
    with pytest.raises(ConnectionError):
        book(clinic, links=Breaking("http://clinic.example", ManageKeys([SECRET])))
    assert everything(clinic) == before
    assert book(clinic).start == TUESDAY_9


def test_staff_book_for_somebody_who_has_only_a_phone(clinic: Clinic) -> None:
    wish = replace(WISH, person=ON_THE_PHONE, privacy_notice=None, source="phone")
    booking = book(clinic, wish, actor=RECEPTION)
    assert booking.patient.phone == "+1 202-555-0199"
    assert messages(clinic, booking) == []
    assert count(clinic, Consent) == 0
    assert history(clinic, booking)[0].actor_kind == "reception"


def test_staff_need_no_notice_and_patients_do(clinic: Clinic) -> None:
    soon = replace(WISH, start=wall("01-12 09:00"))
    for actor in (RECEPTION, DOCTOR):
        clinic.time.now = wall("01-12 08:59")
        booking = book(clinic, soon, actor=actor)
        cancel(clinic, booking, actor=RECEPTION, reason="tried out")
    refuse(clinic, TooSoon, soon)


def test_a_patient_who_is_known_gets_a_record_of_their_own_all_the_same(clinic: Clinic) -> None:
    one, other = book(clinic), book(clinic, replace(WISH, start=WEDNESDAY_9))
    assert one.patient_id != other.patient_id
    assert count(clinic, Patient) == 2


def test_every_booking_has_a_reference_a_uid_and_a_link_of_its_own(clinic: Clinic) -> None:
    made = [
        book(clinic, replace(WISH, start=TUESDAY_9 + number * HALF_HOUR)) for number in range(5)
    ]
    for values in ("reference", "uid", "manage_token_hash"):
        assert len({getattr(booking, values) for booking in made}) == 5
    assert all(booking.uid.endswith("@127.0.0.1") for booking in made)


def test_a_reference_that_is_taken_is_not_given_again(clinic: Clinic) -> None:
    tokens = iter(["uid-1", "reference", "uid-2", "reference", "another reference"])
    clinic.random_token = lambda: next(tokens)
    one, other = book(clinic), book(clinic, replace(WISH, start=WEDNESDAY_9))
    assert one.reference != other.reference
    assert list(tokens) == []


def test_what_was_booked_is_handed_back_as_it_stands_in_the_database(clinic: Clinic) -> None:
    made = book(clinic)
    found = clinic.read(lambda session, _: bookings.get(session, made.id))
    columns = [column.key for column in type(made).__mapper__.column_attrs]
    assert {key: getattr(made, key) for key in columns} == {
        key: getattr(found, key) for key in columns
    }


def test_a_link_leads_to_its_booking_until_it_is_revoked(clinic: Clinic) -> None:
    booking = book(clinic)
    token = clinic.links.keys.new(booking.uid, 0)
    found = clinic.read(lambda session, now: bookings.by_token(session, token))
    assert found.id == booking.id

    newer = token_hash(clinic.links.keys.new(booking.uid, 1))
    revoke = update(Booking).values(manage_generation=1, manage_token_hash=newer)
    clinic.write(lambda session, now: session.execute(revoke) and None)
    for wrong in (token, "", "\ud800", "x" * 43, booking.reference):
        with pytest.raises(NotFound):
            clinic.read(lambda session, now, wrong=wrong: bookings.by_token(session, wrong))


def test_buffers_are_claimed_and_keep_the_neighbours_away(clinic: Clinic) -> None:
    change_service(clinic, buffer_before_minutes=10, buffer_after_minutes=15)
    book(clinic, replace(WISH, start=TUESDAY_10))
    assert owners(clinic) == [(wall("01-13 09:50"), wall("01-13 10:45"), "booking")]
    for clock in ("09:30", "10:00", "10:30"):
        refuse(clinic, SlotUnavailable, replace(WISH, start=wall(f"01-13 {clock}")))
    book(clinic, replace(WISH, start=TUESDAY_9))
    book(clinic, replace(WISH, start=wall("01-13 11:00")))
    assert count(clinic, Booking) == 3


def test_a_visit_may_start_the_moment_another_ends(clinic: Clinic) -> None:
    for start in (TUESDAY_930, TUESDAY_9, TUESDAY_10):
        book(clinic, replace(WISH, start=start))
    assert [start for start, _, _ in owners(clinic)] == [TUESDAY_9, TUESDAY_930, TUESDAY_10]


def test_two_doctors_may_have_the_same_hour(clinic: Clinic) -> None:
    add_practitioner(clinic, "dr-lee")
    book(clinic)
    book(clinic, replace(WISH, practitioner="dr-lee"))
    refuse(clinic, SlotRefusal, replace(WISH, practitioner="dr-lee"))


def test_the_same_request_twice_makes_one_booking_and_gets_one_answer(clinic: Clinic) -> None:
    key = Once("key", "the request")
    first = book(clinic, key=key)
    before = everything(clinic) | {"idempotency_keys": 1}
    clinic.time.pass_(hours=30)
    assert book(clinic, key=key).id == first.id
    assert everything(clinic) == before


def test_a_key_that_comes_back_with_other_data_is_refused(clinic: Clinic) -> None:
    book(clinic, key=Once("key", "the request"))
    before = everything(clinic)
    with pytest.raises(IdempotencyKeyReused):
        book(clinic, replace(WISH, start=TUESDAY_10), key=Once("key", "another request"))
    assert everything(clinic) == before


def test_a_refused_request_does_not_use_its_key_up(clinic: Clinic) -> None:
    other = book(clinic)
    with pytest.raises(SlotUnavailable):
        book(clinic, key=Once("key", "the request"))
    cancel(clinic, other)
    assert book(clinic, key=Once("key", "the request")).id != other.id


def test_keys_are_kept_as_hashes_and_forgotten_after_two_days(clinic: Clinic) -> None:
    book(clinic, key=Once("the key", "the request"))
    row = clinic.read(lambda session, now: session.scalars(select(IdempotencyKey)).one())
    assert {"the key", "the request"}.isdisjoint({row.key_hash, row.request_hash})
    for hours, left in ((48, 1), (1, 0)):
        clinic.time.pass_(hours=hours)
        clinic.write(lambda session, now: once.sweep(session, now=now))
        assert count(clinic, IdempotencyKey) == left


def test_a_service_that_is_new_can_be_booked_by_those_who_have_not_looked_since(
    clinic: Clinic,
) -> None:
    book(clinic)
    add_service(Clinic(clinic.database, clinic.time), "long", minutes=60)
    booking = book(clinic, replace(WISH, service="long", start=WEDNESDAY_9))
    assert booking.end - booking.start == 2 * HALF_HOUR
