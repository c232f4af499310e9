"""Erasing a patient: what goes, what stays, and what stands in the way."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.calls import Cause, Outcome
from booking.domain.errors import NotFound, TransitionRefused, VisitAhead
from booking.domain.lifecycle import State
from booking.domain.messages import Audience, MessageState
from booking.domain.roles import FeedPrivacy
from booking.domain.search import read_query
from booking.services import calendars
from booking.services.bookings import bookings, lost_links
from booking.services.imports import files
from booking.services.patients import belongings, cards, merging, search
from booking.store.access import Staff
from booking.store.bookings import Booking, Consent
from booking.store.calls import Call
from booking.store.records import AuditEntry, Message
from tests.services import waiting
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_10,
    WEDNESDAY_9,
    add_practitioner,
    cancel,
    count,
    now_is,
    step,
    undo,
)
from tests.services.zelda import SAID, ZELDA, book_again, erase, hire, leak, note
from tests.support import RECEPTION, Clinic


@pytest.fixture
def zelda(clinic: Clinic) -> Booking:
    """Somebody of whom there is something everywhere, and who was here an hour ago."""
    booking = clinic.book(TUESDAY_9, ZELDA, given=SAID)
    gone = book_again(clinic, booking.patient_id)
    waiting.wish(clinic, now_is(clinic, gone))
    cancel(clinic, gone, actor=RECEPTION, reason="Zelda whispered")
    waiting.join(clinic, "Zelda Quux", email="zelda@QUUX.example")
    note(clinic, booking.patient_id, hire(clinic))
    clinic.write(lambda session, _: refer(session, booking.id))
    clinic.time.now = TUESDAY_9 + timedelta(hours=1)
    step(clinic, booking, State.COMPLETED, reason="")
    return booking


def refer(session: Session, booking_id: int) -> None:
    """By its mark the program that sent them still knows who they are."""
    session.get_one(Booking, booking_id).referral = "whispered-8f0c2d51"


def test_nothing_that_says_who_somebody_was_or_what_they_said_is_left(
    clinic: Clinic, zelda: Booking
):
    assert {one.partition(":")[0] for one in leak(clinic)} >= {
        *("patients", "patient_words", "patient_notes", "intakes", "cautions", "messages"),
        *("audit_entries", "waitlist_entries", "bookings"),
    }
    assert erase(clinic, zelda.patient_id)
    assert leak(clinic) == []


def test_when_they_came_stays_under_a_record_without_a_name(clinic: Clinic, zelda: Booking):
    before = now_is(clinic, zelda)
    erase(clinic, zelda.patient_id)
    after = now_is(clinic, zelda)
    assert (after.start, after.state, after.reference) == (
        before.start,
        State.COMPLETED,
        before.reference,
    )
    assert (after.patient.name, after.patient.erased_at) == ("Erased", clinic.time.now)
    assert count(clinic, Booking, Consent) == 2 + 2
    entry = clinic.read(
        lambda session, _: session.scalars(
            select(AuditEntry).where(AuditEntry.action == "patient_erased")
        ).one()
    )
    assert (entry.subject, entry.reason) == (
        f"patient:{zelda.patient_id}",
        "The patient asked for it",
    )


def test_an_erased_patient_is_found_no_more_and_no_link_leads_to_them(
    clinic: Clinic, zelda: Booking
):
    token = clinic.links.keys.new(zelda.uid, 0)
    erase(clinic, zelda.patient_id)
    for wanted in (token, clinic.links.keys.new(zelda.uid, 1)):
        with pytest.raises(NotFound):
            clinic.read(lambda session, _, t=wanted: bookings.by_token(session, t))
    again = lost_links.find
    assert not clinic.write(
        lambda s, now: again(s, clinic.links, zelda.reference, ZELDA.date_of_birth, now=now)
    )
    with pytest.raises(NotFound):
        clinic.read(lambda session, _: cards.get(session, zelda.patient_id))
    for typed in ("zelda", "0167", "14.3.1990"):
        query = read_query(typed, today=clinic.time.now.date())
        assert clinic.read(lambda s, _, q=query: search.matching(s, q)) == []


def test_what_waited_to_be_sent_is_not(clinic: Clinic, zelda: Booking):
    erase(clinic, zelda.patient_id)
    sent = clinic.read(lambda session, _: session.scalars(select(Message)).all())
    assert {one.state for one in sent} == {MessageState.DROPPED}
    assert [one.address for one in sent if one.kind.audience is Audience.PATIENT] == [
        None for _ in sent
    ]


def test_a_visit_ahead_stands_in_the_way_until_it_is_cancelled(clinic: Clinic):
    booking = clinic.book(WEDNESDAY_9, ZELDA)
    with pytest.raises(VisitAhead):
        erase(clinic, booking.patient_id)
    assert now_is(clinic, booking).patient.name == ZELDA.name
    cancel(clinic, booking, actor=RECEPTION, reason="asked for")
    assert erase(clinic, booking.patient_id)
    # Nobody would come.
    with pytest.raises(TransitionRefused):
        undo(clinic, booking)


def test_erasing_twice_changes_nothing_more_and_nobody_else_is_touched(clinic: Clinic):
    gone, stays = clinic.book(TUESDAY_9, ZELDA), clinic.book(WEDNESDAY_9, ZELDA)
    entry = waiting.join(clinic, "Zelda Quux", email=ZELDA.email)
    cancel(clinic, gone, actor=RECEPTION, reason="twice")
    assert erase(clinic, gone.patient_id)
    assert not erase(clinic, gone.patient_id)
    assert now_is(clinic, stays).patient.name == ZELDA.name
    # Somebody else is reached there too, so it may be theirs.
    assert waiting.state(clinic, entry) == "open"


def test_nobody_books_for_a_patient_or_notes_about_them_once_they_are_erased(
    clinic: Clinic, zelda: Booking
):
    erase(clinic, zelda.patient_id)
    with pytest.raises(NotFound):
        book_again(clinic, zelda.patient_id)
    with pytest.raises(NotFound):
        note(clinic, zelda.patient_id, 1)


def test_calendars_notice_that_a_name_is_gone(clinic: Clinic, zelda: Booking):
    token = clinic.write(
        lambda session, now: calendars.add_feed(
            session,
            practitioner="dr-ahmed",
            name="phone",
            privacy=FeedPrivacy.FULL,
            random_token=clinic.random_token,
            now=now,
        )
    )

    def fetch() -> tuple[str, bytes]:
        def work(session: Session, now: datetime) -> tuple[str, bytes]:
            rulebook = clinic.offers.rulebook(session)
            version = calendars.feed_version(session, rulebook, token, now=now)
            return version.etag, calendars.render_feed(session, rulebook, clinic.links, version)

        return clinic.read(work)

    before = fetch()
    erase(clinic, zelda.patient_id)
    after = fetch()
    assert b"Zelda" in before[1]
    assert b"Zelda" not in after[1]
    assert b"SUMMARY:Erased" in after[1]
    assert before[0] != after[0]


def meanwhile(first: Callable[..., object], second: Callable[[], object]) -> Future[object]:
    """
    What comes of the second when it begins while the first has done its work and not committed.
    """
    begun, done = threading.Event(), threading.Event()

    def then() -> None:
        begun.set()
        done.wait(20)

    with ThreadPoolExecutor() as pool:
        running = pool.submit(first, then=then)
        assert begun.wait(20)
        other = pool.submit(second)
        # Without a lock to wait for it would be over by then.
        wait([other], timeout=1)
        done.set()
        running.result()
    return other


def test_who_is_being_booked_for_is_not_erased_meanwhile(served: Clinic):
    add_practitioner(served, "dr-weber")
    gone = served.book(TUESDAY_9, ZELDA)
    cancel(served, gone, actor=RECEPTION, reason="asked for")
    patient = gone.patient_id
    book = partial(book_again, served, patient, practitioner="dr-weber")
    with pytest.raises(VisitAhead):
        meanwhile(book, lambda: erase(served, patient)).result()
    assert leak(served)


def test_who_is_being_erased_is_not_booked_for_meanwhile(served: Clinic):
    add_practitioner(served, "dr-weber")
    gone = served.book(TUESDAY_9, ZELDA)
    cancel(served, gone, actor=RECEPTION, reason="asked for")
    patient = gone.patient_id
    book = partial(book_again, served, patient, practitioner="dr-weber")
    with pytest.raises(NotFound):
        meanwhile(partial(erase, served, patient), book).result()
    assert leak(served) == []


def test_records_merged_into_it_and_what_was_noted_of_its_visits_go_with_it(clinic: Clinic):
    kept, other = clinic.book(TUESDAY_9, ZELDA), clinic.book(TUESDAY_10, ZELDA)
    staff_id = hire(clinic)

    def work(session: Session, now: datetime) -> None:
        call = {"booking_id": other.id, "cause": Cause.NO_SHOW, "number": 1, "at": now}
        said = Outcome.NO_ANSWER
        session.add(Call(**call, outcome=said, note="Quux whispered", staff_id=staff_id))
        session.get_one(Booking, other.id).exceptional_reason = "Zelda whispered"
        both = kept.patient_id, other.patient_id
        merging.merge(session, clinic.offers, *both, taken=(), seen=1, actor=RECEPTION, now=now)

    clinic.write(work)
    clinic.time.now = TUESDAY_10 + timedelta(minutes=10)
    step(clinic, kept, State.COMPLETED, reason="")
    # The merged visit is hers, too.
    with pytest.raises(VisitAhead):
        erase(clinic, kept.patient_id)
    clinic.time.now = TUESDAY_10 + timedelta(hours=1)
    step(clinic, other, State.COMPLETED, reason="")
    assert erase(clinic, other.patient_id)
    assert leak(clinic) == []


def test_a_table_that_waits_to_be_imported_does_not_bring_somebody_back(
    clinic: Clinic, zelda: Booking
):
    def hand_in(cells: str) -> int:
        text = f"Name,Contact\n{cells}\n"
        staff_id = clinic.read(lambda session, _: session.scalars(select(Staff.id)).first()) or 0
        start = files.start
        return clinic.write(
            lambda s, now: start(s, "old.csv", text, total=1, staff_id=staff_id, now=now)
        )

    named = {hand_in("Quux,ZELDA@quux.example"), hand_in("Zelda,(202) 555 0167")}
    other = hand_in("Zelda,zelda@elsewhere.example")
    assert clinic.read(lambda s, _: set(belongings.tables(s, [zelda.patient_id]))) == named
    erase(clinic, zelda.patient_id)
    assert [one.id for one in clinic.read(lambda session, _: files.listed(session))] == [other]
