"""What comes in from a table stands as any booking does: never over another, and never twice."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from booking.domain.errors import SlotUnavailable
from booking.domain.importing import Field, Layout, Outcome
from booking.domain.lifecycle import Stranding
from booking.formats import tables
from booking.services.audit import Actor
from booking.services.imports.lines import Line, Reader
from booking.services.imports.writing import By, bring_in
from booking.services.mail import reminders
from booking.store.bookings import Booking, Consent, Patient
from booking.store.claims import Claim
from booking.store.records import Message
from tests.services.deeds import (
    TUESDAY_9,
    TUESDAY_10,
    TUESDAY_930,
    add_practitioner,
    cancel,
    change_service,
    count,
    everything,
    hold,
    is_offered,
    move,
    owners,
    told,
    wall,
)
from tests.services.test_busy_times import busy
from tests.services.test_merging import merge
from tests.support import ANN, RECEPTION, Clinic, drop_guarantee

COLUMNS = (Field.NAME, Field.EMAIL, Field.PHONE, Field.BORN, Field.START, Field.END, Field.STATE)
LAYOUT = Layout(COLUMNS, "ymd", "24", "America/New_York", "consultation", "dr-ahmed")
HEAD = "name,email,phone,born,start,end,state\n"
ANNS = "Ann O’Brien,ann@patient.example,,1990-03-14"


def lines(*rows: str, layout: Layout = LAYOUT) -> list[Line]:
    table = tables.read(HEAD + "\n".join(rows) + "\n")
    reader = Reader(layout, country="US", today=date(2026, 1, 12))
    return [reader.read(*one) for one in zip(table.lines, table.rows, strict=True)]


def by(clinic: Clinic, *, tells: bool = False, actor: Actor = RECEPTION) -> By:
    return By(links=clinic.links, actor=actor, random_token=clinic.random_token, tells=tells)


def take(clinic: Clinic, *rows: str, tells: bool = False) -> list[Outcome]:
    found = lines(*rows)
    return clinic.write(
        lambda session, now: bring_in(session, found, by(clinic, tells=tells), now=now)
    )


def said(outcomes: list[Outcome]) -> list[tuple[str, ...]]:
    """What becomes of each line, and the codes of what is said of it."""
    return [(one.becomes.value, *(remark.code for remark in one.remarks)) for one in outcomes]


def bookings(clinic: Clinic) -> list[Booking]:
    query = select(Booking).order_by(Booking.start)
    return clinic.read(lambda session, _: list(session.scalars(query)))


def test_a_line_becomes_a_booking_like_any_other(clinic: Clinic) -> None:
    assert said(take(clinic, f"{ANNS},2026-01-13 09:00,2026-01-13 09:30,booked")) == [("taken",)]
    (booking,) = bookings(clinic)
    assert (booking.start, booking.end, booking.source) == (TUESDAY_9, TUESDAY_930, "import")
    assert (booking.local_start, booking.stranding) == ("2026-01-13T09:00:00", None)
    assert not is_offered(clinic, TUESDAY_9)
    assert is_offered(clinic, TUESDAY_930)
    with pytest.raises(SlotUnavailable):
        clinic.book(TUESDAY_9)
    assert move(clinic, booking, TUESDAY_10).start == TUESDAY_10
    assert is_offered(clinic, TUESDAY_9)


def test_a_second_time_adds_nothing(clinic: Clinic) -> None:
    rows = (
        f"{ANNS},2026-01-13 09:00,,",
        "Ben Roy,ben@patient.example,,,2026-01-13 10:00,,",
        "Cem Kaya,,+49 30 901820,1980-01-02,2026-01-13T11:00:00-05:00,,",
    )
    assert said(take(clinic, *rows)) == [("taken",)] * 3
    before = everything(clinic)
    assert said(take(clinic, *rows)) == [("here", "here")] * 3
    # Cancelled here on purpose: it does not come back.
    cancel(clinic, bookings(clinic)[0])
    assert said(take(clinic, *rows))[0] == ("here", "here")
    after = everything(clinic)
    audits = {"audit_entries", "messages"}
    assert {k: n for k, n in after.items() if k not in audits | {"claims"}} == {
        k: n for k, n in before.items() if k not in audits | {"claims"}
    }


def test_what_overlaps_is_refused(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    hold(clinic, TUESDAY_10)
    outcomes = take(
        clinic,
        "Ben Roy,ben@patient.example,,,2026-01-13 09:15,,",
        "Ben Roy,ben@patient.example,,,2026-01-13 10:00,,",
        "Ben Roy,ben@patient.example,,,2026-01-13 11:00,2026-01-13 12:00,",
        "Cem Kaya,cem@patient.example,,,2026-01-13 11:45,,",
        "Cem Kaya,cem@patient.example,,,2026-01-14 09:00,,",
        "Cem Kaya,cem@patient.example,,,2026-01-14 09:00,,",
    )
    assert said(outcomes) == [
        ("refused", "taken"),
        ("refused", "held"),
        ("taken", "other_length"),
        ("refused", "overlaps"),
        ("taken",),
        ("here", "twice"),
    ]
    assert outcomes[3].remarks[0].detail == "4"
    assert len(owners(clinic)) == 4


def test_an_instant_that_the_check_missed_is_refused_by_the_database(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "booking.services.imports.deciding._Calendar.meets", lambda self, span: None
    )
    rows = (f"{ANNS},2026-01-13 09:00,,", "Ben Roy,b@patient.example,,,2026-01-13 09:15,,")
    before = everything(clinic)
    with pytest.raises(SlotUnavailable):
        take(clinic, *rows)
    assert everything(clinic) == before
    drop_guarantee(clinic.database)
    take(clinic, *rows)
    assert count(clinic, Claim) == 2


def test_a_rehearsal_says_the_same_and_leaves_nothing(clinic: Clinic) -> None:
    found = lines(f"{ANNS},2026-01-13 09:00,,", f"{ANNS},2026-01-10 09:00,,")
    before = everything(clinic)
    outcomes = clinic.database.rehearse(
        lambda session, now: bring_in(session, found, by(clinic, tells=True), now=now)
    )
    assert said(outcomes) == [("taken",), ("refused", "past")]
    assert everything(clinic) == before
    assert is_offered(clinic, TUESDAY_9)


def test_outside_of_hours_is_said_and_kept(clinic: Clinic) -> None:
    busy(clinic, wall("01-14 09:00"))
    outcomes = take(
        clinic,
        f"{ANNS},2026-01-13 06:00,,",
        f"{ANNS},2026-01-13 09:10,,",
        f"{ANNS},2026-01-14 09:00,,",
    )
    assert said(outcomes) == [
        ("taken", "outside_hours"),
        ("taken", "off_step"),
        ("taken", "busy"),
    ]
    assert [one.stranding for one in bookings(clinic)] == [Stranding.KEPT, None, None]
    assert count(clinic, Patient) == 1


def test_what_the_table_itself_rules_out_is_said(clinic: Clinic) -> None:
    outcomes = take(
        clinic,
        ",ann@patient.example,,,2026-01-13 09:00,,",
        "Ann,,,,2026-01-13 09:00,,",
        "Ann,nonsense,,,2026-01-13 09:00,,",
        "Ann,a@b.example,,,13/01/2026 09:00,,",
        "Ann,a@b.example,,,2026-03-08 02:30,,",
        "Ann,a@b.example,,2030-01-01,2026-01-13 09:00,,",
        "Ann,a@b.example,,,2026-01-13 09:00,2026-01-13 09:00,",
        "Ann,a@b.example,,,2026-01-13 09:00,,Cancelled",
        "Ann,a@b.example,,,2026-01-13 09:00,,Who knows",
        "Ann,a@b.example,,,,,",
        "Ann,a@b.example,12,,2026-11-01 01:30,,",
    )
    assert said(outcomes) == [
        ("refused", "no_name"),
        ("refused", "no_contact"),
        ("refused", "bad_contact"),
        ("refused", "bad_start"),
        ("refused", "skipped_time"),
        ("refused", "bad_birth"),
        ("refused", "bad_length"),
        ("refused", "gone"),
        ("refused", "unknown_state"),
        ("refused", "no_start"),
        ("taken", "phone_left_out", "shown_twice", "outside_hours"),
    ]


def test_patients_are_matched_as_the_desk_would(clinic: Clinic) -> None:
    known = clinic.book(TUESDAY_9, replace(ANN, phone="+1 202-555-0143"))
    outcomes = take(
        clinic,
        # The same address and name; the day of birth is not said.
        "ann o'brien,ANN@patient.example,,,2026-01-13 10:00,,",
        # The same day of birth and number, under a longer name.
        "Ann Maria O’Brien,,(202) 555-0143,1990-03-14,2026-01-13 10:30,,",
        # A twin: the same day and number, another name.
        "Ben O’Brien,,(202) 555-0143,1990-03-14,2026-01-13 11:00,,",
        # The same address and name, born on another day.
        "Ann O’Brien,ann@patient.example,,1960-01-01,2026-01-13 11:30,,",
    )
    assert said(outcomes) == [("taken", "known"), ("taken", "known"), ("taken",), ("taken",)]
    who = [one.patient_id for one in bookings(clinic)]
    assert who[:3] == [known.patient_id] * 3
    assert len(set(who[2:])) == 3


def test_what_is_brought_in_hangs_on_the_record_that_has_it_all(clinic: Clinic) -> None:
    gone = clinic.book(TUESDAY_9, replace(ANN, email="old@patient.example"))
    kept = clinic.book(TUESDAY_930, ANN)
    merge(clinic, kept.patient_id, gone.patient_id)
    outcomes = take(
        clinic,
        "Ann O’Brien,old@patient.example,,,2026-01-13 10:00,,",
        "Ann O’Brien,ann@patient.example,,,2026-01-13 10:00,,",
    )
    assert said(outcomes) == [("taken", "known"), ("here", "twice")]
    assert [one.patient_id for one in bookings(clinic)] == [kept.patient_id] * 3


def test_patients_alone_are_brought_in_once(clinic: Clinic) -> None:
    layout = Layout((*COLUMNS[:4], None, None, None), "ymd", "24", "America/New_York")
    found = lines(f"{ANNS},,,", f"{ANNS},,,", "Ben Roy,,202 555 0143,,,,", layout=layout)

    def work(session: object, now: datetime) -> list[Outcome]:
        return bring_in(session, found, by(clinic), now=now)  # type: ignore[arg-type]

    assert said(clinic.write(work)) == [("taken",), ("here", "twice"), ("taken",)]
    assert said(clinic.write(work)) == [("here", "known")] * 3
    assert count(clinic, Patient, Booking) == 2


def test_nobody_is_told_unless_it_is_wished(clinic: Clinic) -> None:
    take(clinic, f"{ANNS},2026-01-13 09:00,,")
    assert count(clinic, Message, Consent) == 0
    clinic.time.pass_(hours=8)
    due = clinic.read(lambda session, now: reminders.due_now(session, hours=[24], now=now))
    assert due == []
    take(clinic, "Ben Roy,ben@patient.example,,,2026-01-13 10:00,,", tells=True)
    assert told(clinic, bookings(clinic)[1]) == [("confirmed", 0, "queued")]
    assert count(clinic, Message) == 1


def test_buffers_count_and_colleagues_have_time_of_their_own(clinic: Clinic) -> None:
    change_service(clinic, buffer_after_minutes=10)
    add_practitioner(clinic, "dr-lee")
    rows = (f"{ANNS},2026-01-13 09:00,,", "Ben Roy,b@patient.example,,,2026-01-13 09:30,,")
    assert said(take(clinic, *rows)) == [("taken",), ("refused", "overlaps")]
    lee = replace(LAYOUT, practitioner="dr-lee")
    found = lines(rows[1], layout=lee)
    outcomes = clinic.write(lambda session, now: bring_in(session, found, by(clinic), now=now))
    assert said(outcomes) == [("taken",)]
