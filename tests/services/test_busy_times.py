"""Busy time from other calendars counts as taken, and claims nothing."""

from datetime import datetime

import pytest

from booking.domain.errors import SlotUnavailable
from booking.domain.time import Span
from booking.services import audit
from booking.services.admin import busy_times
from booking.services.admin.busy_times import Clash, Source
from booking.services.times import free_time
from booking.store.busy_times import BusyTime
from tests.services.deeds import (
    HALF_HOUR,
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    WEDNESDAY_9,
    add_practitioner,
    cancel,
    change_service,
    count,
    hold,
    holds_left,
    is_offered,
    move,
    owners,
    undo,
)
from tests.support import RECEPTION, Clinic

DOCTOR = 1


def busy(clinic: Clinic, *starts: datetime, source: str = "Hospital", who: int = DOCTOR) -> None:
    """Half hours in another calendar, in the place of those read before."""
    spans = [Span(start, start + HALF_HOUR) for start in starts]
    clinic.write(
        lambda session, now: busy_times.bring_in(
            session, who, source, spans, actor=RECEPTION, now=now
        )
    )


def forget(clinic: Clinic, source: str = "Hospital") -> None:
    clinic.write(
        lambda session, now: busy_times.remove(session, DOCTOR, source, actor=RECEPTION, now=now)
    )


def sources(clinic: Clinic) -> list[Source]:
    return clinic.read(lambda session, _: busy_times.sources(session, DOCTOR))


def clashes(clinic: Clinic) -> list[Clash]:
    return clinic.read(lambda session, now: busy_times.clashes(session, DOCTOR, now=now))


def words(clinic: Clinic) -> list[tuple[str | None, str]]:
    wanted = audit.Search(action="busy_times")
    found = clinic.read(lambda session, _: audit.search(session, wanted, limit=9))
    return [(entry.subject, entry.reason) for entry in found]


def test_busy_time_is_neither_offered_nor_accepted(clinic: Clinic) -> None:
    assert is_offered(clinic, TUESDAY_9)
    busy(clinic, TUESDAY_9)
    assert not is_offered(clinic, TUESDAY_9)
    assert is_offered(clinic, TUESDAY_930)
    for actor in ({}, {"actor": RECEPTION}):
        with pytest.raises(SlotUnavailable):
            clinic.book(TUESDAY_9, **actor)  # type: ignore[arg-type]
    with pytest.raises(SlotUnavailable):
        hold(clinic, TUESDAY_9)
    with pytest.raises(SlotUnavailable):
        move(clinic, clinic.book(TUESDAY_10), TUESDAY_9)


def test_staff_on_the_phone_are_not_offered_busy_time(clinic: Clinic) -> None:
    busy(clinic, TUESDAY_9)
    day = TUESDAY_9.date()
    slots = clinic.read(
        lambda session, now: free_time.staff_slots(
            session, clinic.offers.rulebook(session).plans, first=day, last=day, now=now
        )
    )
    assert slots[0].start == TUESDAY_930


def test_buffers_keep_clear_of_busy_time(clinic: Clinic) -> None:
    change_service(clinic, buffer_after_minutes=10)
    busy(clinic, TUESDAY_930)
    assert not is_offered(clinic, TUESDAY_9)
    assert is_offered(clinic, TUESDAY_10)


def test_busy_time_is_one_practitioners_own(clinic: Clinic) -> None:
    add_practitioner(clinic, "dr-lee")
    busy(clinic, TUESDAY_9)
    assert not is_offered(clinic, TUESDAY_9, practitioner="dr-ahmed")
    assert is_offered(clinic, TUESDAY_9, practitioner="dr-lee")


def test_what_is_read_again_replaces_what_was_read_before(clinic: Clinic) -> None:
    busy(clinic, TUESDAY_9, TUESDAY_930)
    busy(clinic, WEDNESDAY_9, source="Private")
    clinic.time.pass_(hours=1)
    busy(clinic, TUESDAY_10, TUESDAY_10)
    assert sources(clinic) == [
        Source("Hospital", 1, clinic.time.now),
        Source("Private", 1, clinic.time.now.replace(hour=13)),
    ]
    assert is_offered(clinic, TUESDAY_9)
    assert not is_offered(clinic, TUESDAY_10)
    assert not is_offered(clinic, WEDNESDAY_9)


def test_a_calendar_without_times_is_known_to_have_been_read(clinic: Clinic) -> None:
    busy(clinic)
    assert sources(clinic) == [Source("Hospital", 0, clinic.time.now)]


def test_a_removed_calendar_gives_its_time_back(clinic: Clinic) -> None:
    busy(clinic, TUESDAY_9)
    forget(clinic)
    forget(clinic)
    assert sources(clinic) == []
    assert count(clinic, BusyTime) == 0
    assert is_offered(clinic, TUESDAY_9)
    # Newest first; what was gone already is no deed.
    assert words(clinic) == [
        ("Dr. Ahmed", "Hospital: removed"),
        ("Dr. Ahmed", "Hospital: 1 times brought in"),
    ]


def test_bookings_stay_and_their_clashes_are_listed(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    clinic.book(TUESDAY_10)
    busy(clinic, TUESDAY_9 - HALF_HOUR, TUESDAY_930, WEDNESDAY_9)
    assert clashes(clinic) == []
    busy(clinic, TUESDAY_9)
    (clash,) = clashes(clinic)
    assert (clash.booking.id, clash.source) == (booking.id, "Hospital")
    assert clash.busy == Span(TUESDAY_9, TUESDAY_930)
    assert [owner for *_, owner in owners(clinic)] == ["booking", "booking"]
    move(clinic, booking, WEDNESDAY_9)
    assert clashes(clinic) == []


def test_an_undone_cancellation_is_as_it_was_and_clashes(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    busy(clinic, TUESDAY_9)
    cancel(clinic, booking, actor=RECEPTION, reason="mistaken")
    assert clashes(clinic) == []
    undo(clinic, booking)
    assert len(clashes(clinic)) == 1


def test_what_was_held_is_given_back_when_the_time_turns_out_busy(clinic: Clinic) -> None:
    gone, kept = hold(clinic, TUESDAY_9), hold(clinic, TUESDAY_10)
    busy(clinic, TUESDAY_9)
    assert holds_left(clinic) == 1
    with pytest.raises(SlotUnavailable):
        clinic.book(TUESDAY_9, hold_id=gone.id)
    assert clinic.book(TUESDAY_10, hold_id=kept.id).start == TUESDAY_10


def test_busy_time_counts_for_no_cap(clinic: Clinic) -> None:
    change_service(clinic, cap_day=1)
    busy(clinic, TUESDAY_9)
    assert is_offered(clinic, TUESDAY_930)


def test_busy_time_makes_nobody_look_as_if_they_had_more_visits(clinic: Clinic) -> None:
    add_practitioner(clinic, "dr-lee")
    busy(clinic, TUESDAY_9, TUESDAY_930)
    tables = clinic.read(
        lambda session, now: clinic.offers.timetables(session, service="consultation", now=now)
    )
    assert [table.load_at(TUESDAY_10) for table in tables] == [0, 0]
