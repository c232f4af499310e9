"""Two records of one person become one, and can be taken apart again on the same day."""

from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.errors import RecordsChanged
from booking.domain.notes import Whose
from booking.domain.people import Person
from booking.domain.search import read_query
from booking.services import audit
from booking.services.bookings import bookings
from booking.services.patients import cards, merging, notes, search
from booking.store.access import Staff
from booking.store.bookings import Booking, Patient
from booking.store.clinic import Resource
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    WEDNESDAY_9,
    add_practitioner,
    now_is,
)
from tests.support import ANN, RECEPTION, Clinic

ONLINE = Person("Ann Maria O’Brien", ANN.date_of_birth, "ann@patient.example", None)
BY_PHONE = Person("Ann O’Brien", ANN.date_of_birth, None, "+1 202-555-0143")


@pytest.fixture
def two(clinic: Clinic) -> tuple[Booking, Booking]:
    """A booking by phone, and one that she made online: a record each."""
    return clinic.book(TUESDAY_9, BY_PHONE), clinic.book(TUESDAY_10, ONLINE)


def merge(clinic: Clinic, kept: int, gone: int, *taken: str, seen: int = 9) -> None:
    clinic.write(
        lambda session, now: merging.merge(
            session,
            clinic.offers,
            kept,
            gone,
            taken=taken,
            seen=seen,
            actor=RECEPTION,
            now=now,
        )
    )


def take_apart(clinic: Clinic, kept: int) -> None:
    def work(session: Session, now: datetime) -> None:
        found = merging.latest(session, clinic.offers, kept, now=now)
        number = found.id if found else 0
        merging.take_apart(session, clinic.offers, kept, number, actor=RECEPTION, now=now)

    clinic.write(work)


def details(clinic: Clinic, patient_id: int) -> tuple[Any, ...]:
    def look(session: Session, now: datetime) -> tuple[Any, ...]:
        one = session.get(Patient, patient_id)
        assert one is not None
        return one.name, one.phone, one.email, one.merged_into

    return clinic.read(look)


def found(clinic: Clinic, typed: str) -> list[int]:
    def look(session: Session, now: datetime) -> list[int]:
        ids = search.matching(session, read_query(typed, today=now.date()))
        return [one.id for one in search.describe(session, ids, now=now)]

    return clinic.read(look)


def whose(clinic: Clinic, *booked: Booking) -> list[int]:
    return [now_is(clinic, one).patient_id for one in booked]


def test_the_record_that_stays_has_everything_and_the_other_is_found_no_more(
    clinic: Clinic, two: tuple[Booking, Booking]
):
    by_phone, online = two
    kept, gone = by_phone.patient_id, online.patient_id
    clinic.write(lambda session, now: note(session, gone, now=now))
    merge(clinic, kept, gone, "name")
    assert whose(clinic, *two) == [kept, kept]
    card = look(clinic, gone)
    assert card.patient.id == kept
    assert [one.id for one in card.bookings] == [online.id, by_phone.id]
    assert {one.booking_id for one in card.messages} == {online.id}
    assert [one.purpose for one in card.consents] == ["privacy_notice", "privacy_notice"]
    assert clinic.read(lambda s, _: len(notes.of(s, kept, Whose.DOCTOR))) == 1
    assert details(clinic, kept) == (ONLINE.name, BY_PHONE.phone, ONLINE.email, None)
    for typed in ("maria", "obrien", "0143", "14.3.1990", online.reference):
        assert found(clinic, typed) == [kept]


def note(session: Session, patient_id: int, *, now: datetime) -> None:
    doctor = Staff(email="doctor@clinic.example", password_hash="-", created_at=now)
    session.add(doctor)
    session.flush()
    notes.add(
        session,
        patient_id,
        "Deep scar",
        whose=Whose.DOCTOR,
        staff_id=doctor.id,
        actor=RECEPTION,
        now=now,
    )


def look(clinic: Clinic, patient_id: int) -> cards.Card:
    return clinic.write(
        lambda session, now: cards.card(
            session, patient_id, only_practitioner=None, actor=RECEPTION, now=now, with_twins=True
        )
    )


def test_taking_apart_gives_back_what_each_had_and_leaves_what_came_since(
    clinic: Clinic, two: tuple[Booking, Booking]
):
    kept, gone = (one.patient_id for one in two)
    before = [details(clinic, one) for one in (kept, gone)]
    merge(clinic, kept, gone, "name", "email")
    since = book_for(clinic, gone)
    assert whose(clinic, since) == [kept]
    take_apart(clinic, kept)
    assert [details(clinic, one) for one in (kept, gone)] == before
    assert whose(clinic, *two, since) == [kept, gone, kept]
    assert found(clinic, "maria") == [gone]
    with pytest.raises(RecordsChanged):
        take_apart(clinic, kept)


def book_for(clinic: Clinic, patient_id: int, practitioner: str = "dr-ahmed") -> Booking:
    """Somebody on the phone, for a form that was opened before the records were one."""
    wish = bookings.Wish(
        service="consultation",
        practitioner=practitioner,
        start=WEDNESDAY_9,
        person=Person(BY_PHONE.name, ANN.date_of_birth, None, None),
        privacy_notice=None,
        source="phone",
        mail_at_once=True,
        patient_id=patient_id,
    )
    return clinic.write(
        lambda session, now: bookings.book(
            session,
            clinic.offers,
            clinic.links,
            wish,
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
        )
    )


def test_a_booking_made_at_that_moment_is_not_left_behind(served: Clinic):
    """By another practitioner, whose lock the merge does not need: only the record's own helps."""
    add_practitioner(served, "dr-lee")
    kept, gone = (
        served.book(at, who).patient_id for at, who in ((TUESDAY_9, BY_PHONE), (TUESDAY_10, ONLINE))
    )
    merging_now = Thread(target=merge, args=(served, kept, gone))
    made = served.random_token

    def random_token() -> str:
        # The seam for randomness stands between the look at the record and the new row.
        if merging_now.ident is None:
            merging_now.start()
            merging_now.join(timeout=0.5)
        return made()

    served.random_token = random_token
    booked = book_for(served, gone, "dr-lee")
    merging_now.join()
    assert whose(served, booked) == [kept]


def test_three_records_are_taken_apart_in_the_order_they_came_together(
    clinic: Clinic, two: tuple[Booking, Booking]
):
    third = clinic.book(TUESDAY_930, Person("A. O’Brien", ANN.date_of_birth, "a@b.example", None))
    kept, *others = (one.patient_id for one in (*two, third))
    before = [details(clinic, one) for one in (kept, *others)]
    for one in others:
        merge(clinic, kept, one, "name", "email")
    assert details(clinic, kept) == ("A. O’Brien", BY_PHONE.phone, "a@b.example", None)
    for _ in others:
        take_apart(clinic, kept)
    assert [details(clinic, one) for one in (kept, *others)] == before


def test_the_next_day_is_too_late_to_take_apart(clinic: Clinic, two: tuple[Booking, Booking]):
    kept, gone = (one.patient_id for one in two)
    merge(clinic, kept, gone)
    # The clinic's day: in New York it is still Monday evening.
    clinic.time.pass_(hours=15)
    assert clinic.read(lambda s, now: merging.latest(s, clinic.offers, kept, now=now)) is not None
    clinic.time.pass_(hours=2)
    with pytest.raises(RecordsChanged):
        take_apart(clinic, kept)


def test_what_nobody_saw_is_not_merged(clinic: Clinic, two: tuple[Booking, Booking]):
    kept, gone = (one.patient_id for one in two)
    for refused in (
        lambda: merge(clinic, kept, gone, seen=0),
        lambda: merge(clinic, kept, kept),
    ):
        with pytest.raises(RecordsChanged):
            refused()
    assert whose(clinic, *two) == [kept, gone]
    merge(clinic, kept, gone)
    # A second press, or a colleague who merged them the other way round.
    with pytest.raises(RecordsChanged):
        merge(clinic, gone, kept)


def test_calendars_notice_and_the_audit_says_who_was_merged_and_no_detail(
    clinic: Clinic, two: tuple[Booking, Booking]
):
    add_practitioner(clinic, "dr-lee")
    elsewhere = clinic.book(TUESDAY_9, ONLINE, practitioner="dr-lee")
    kept, gone = two[0].patient_id, elsewhere.patient_id
    versions = calendars_of(clinic)
    merge(clinic, kept, gone, "name")
    assert all(new > old for new, old in zip(calendars_of(clinic), versions, strict=True))
    (entry,) = clinic.read(
        lambda session, _: audit.search(session, audit.Search(action="patients_merged"), limit=9)
    )
    assert (entry.subject, entry.from_value) == (f"patient:{kept}", f"patient:{gone}")
    assert entry.reason == "bookings: 1; notes: 0; consents: 1; taken over: name, email"


def calendars_of(clinic: Clinic) -> list[int]:
    versions = select(Resource.calendar_version).where(Resource.kind == "practitioner")
    return clinic.read(lambda session, _: list(session.scalars(versions.order_by(Resource.id))))


def test_likely_twins_share_an_address_or_a_birthday_with_a_name_or_number(clinic: Clinic):
    def add(name: str, born: Any, email: str | None, phone: str | None = None) -> int:
        start = TUESDAY_9 + len(made) * (TUESDAY_930 - TUESDAY_9)
        made.append(clinic.book(start, Person(name, born, email, phone)).patient_id)
        return made[-1]

    made: list[int] = []
    ann = add("Ann O’Brien", ANN.date_of_birth, "ann@patient.example", "+1 202-555-0143")
    other_day = ANN.date_of_birth.replace(year=1991)
    same_mail = add("Anni", other_day, "ann@patient.example")
    same_name = add("O’BRIEN Ann", ANN.date_of_birth, "x@patient.example")
    same_phone = add("Ann Smith", ANN.date_of_birth, None, "+1 202-555-0143")
    add("Ann O’Brien", other_day, "y@patient.example")
    add("Bob", ANN.date_of_birth, None, "+1 202-555-0199")
    shown = look(clinic, ann).twins
    assert {one.id for one in shown} == {same_mail, same_name, same_phone}
