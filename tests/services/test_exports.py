"""Bookings and patients as tables: all of them, in order, and nothing that is nobody's business."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.services import past
from booking.services.admin import exports
from booking.services.admin.exports import BOOKINGS, PATIENTS, Export, Period
from booking.store.bookings import Patient
from tests.services.deeds import TUESDAY_9, TUESDAY_10, TUESDAY_930, cancel
from tests.services.test_merging import merge
from tests.support import ANN, Clinic


def rows(clinic: Clinic, export: Export, period: Period = Period()) -> list[dict[str, str]]:  # noqa: B008
    head, *lines = (row for batch in exports.lines(clinic.read, export, period) for row in batch)
    return [dict(zip(head, line, strict=True)) for line in lines]


def erase(clinic: Clinic, patient_id: int) -> None:
    """Nobody can be told from the row any more, and nobody should be shown it."""

    def work(session: Session, now: object) -> None:
        session.execute(update(Patient).where(Patient.id == patient_id).values(erased_at=now))

    clinic.write(work)


def test_a_booking_is_told_in_the_time_of_its_place(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9, replace(ANN, phone="+1 202-555-0143"))
    (row,) = rows(clinic, BOOKINGS)
    assert (row["reference"], row["state"]) == (booking.reference, "confirmed")
    assert row["start"] == "2026-01-13T09:00:00-05:00"
    assert row["time_zone"] == "America/New_York"
    assert (row["name"], row["date_of_birth"]) == ("Ann O’Brien", "1990-03-14")
    assert (row["email"], row["phone"]) == ("ann@patient.example", "+1 202-555-0143")
    cancel(clinic, booking)
    assert rows(clinic, BOOKINGS)[0]["state"] == "cancelled"


def test_a_period_takes_the_visits_that_begin_in_it(clinic: Clinic) -> None:
    for start in (TUESDAY_10, TUESDAY_9, TUESDAY_930):
        clinic.book(start)
    found = rows(clinic, BOOKINGS, Period(TUESDAY_930, TUESDAY_10))
    assert [row["start"][11:16] for row in found] == ["09:30"]
    assert [row["start"][11:16] for row in rows(clinic, BOOKINGS)] == ["09:00", "09:30", "10:00"]
    assert len(rows(clinic, PATIENTS, Period(since=clinic.time.now))) == 3
    assert rows(clinic, PATIENTS, Period(since=clinic.time.now + timedelta(hours=1))) == []


def test_who_was_erased_is_in_no_table(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    erase(clinic, booking.patient_id)
    (row,) = rows(clinic, BOOKINGS)
    assert [row[name] for name in ("name", "date_of_birth", "email", "phone")] == [""] * 4
    assert rows(clinic, PATIENTS) == []


def test_who_was_merged_into_another_record_is_one_row(clinic: Clinic) -> None:
    gone = clinic.book(TUESDAY_9, replace(ANN, email="old@patient.example"))
    kept = clinic.book(TUESDAY_930)
    merge(clinic, kept.patient_id, gone.patient_id)
    assert [row["email"] for row in rows(clinic, PATIENTS)] == ["ann@patient.example"]
    assert len(rows(clinic, BOOKINGS)) == 2


def test_batches_make_up_the_whole_and_no_row_comes_twice(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BATCH", 7)
    clinic.write(lambda session, now: past.fill(session, 21, now=now))
    for start in (TUESDAY_9, TUESDAY_930):
        clinic.book(start)
    for export, key in ((BOOKINGS, "reference"), (PATIENTS, "email")):
        found = [row[key] for row in rows(clinic, export)]
        # All those of the past came at one instant: only their numbers tell them apart.
        assert len(found) == 23
        assert len(set(found)) == (23 if export is BOOKINGS else 22)
