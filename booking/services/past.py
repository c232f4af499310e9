"""A past full of bookings, for benchmarks and for trying the program with a history."""

import random
import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.domain import references
from booking.domain.lifecycle import State
from booking.formats.tokens import token_hash
from booking.services.patients import search
from booking.store.bookings import Booking, Patient
from booking.store.clinic import Location, Practitioner, Service
from booking.store.patients import PatientWord

_BATCH = 5_000
_SPAN = timedelta(days=3650)
_OUTCOMES = (State.COMPLETED,) * 15 + (State.NO_SHOW,) * 2 + (State.CANCELLED,) * 3
_NAMES = ("Maria Gonzalez", "Tom Baker", "Leila Haddad", "Sam Roy", "Siobhán O’Brien", "王小明")
# Steps through all references without meeting one twice: odd, and no multiple of 11.
_STRIDE = 9_876_543_211


def fill(session: Session, count: int, *, now: datetime) -> None:
    """
    Add `count` bookings over the past ten years, each with a patient of its own.

    With many of them they overlap, which is no contradiction: what is past claims no time.

    Raises:
        ValueError: there is no clinic yet.
    """
    service = session.scalars(select(Service).order_by(Service.id)).first()
    practitioner = session.scalars(select(Practitioner).order_by(Practitioner.id)).first()
    place = session.scalars(select(Location).order_by(Location.id)).first()
    if service is None or practitioner is None or place is None:
        raise ValueError("there is no clinic whose past could be filled")
    # Seeded: two benchmark runs should meet the same past.
    dice = random.Random(count)  # noqa: S311
    earlier = session.scalars(select(Booking.id).order_by(Booking.id.desc()).limit(1)).first() or 0
    starts = _starts(count, now=now)
    for begin in range(0, count, _BATCH):
        numbers = range(begin, min(begin + _BATCH, count))
        patients = [_patient(number, dice, now) for number in numbers]
        ids = session.scalars(
            insert(Patient).returning(Patient.id, sort_by_parameter_order=True), patients
        ).all()
        words = [
            row
            for patient_id, patient in zip(ids, patients, strict=True)
            for row in search.word_rows(patient_id, name=patient["name"], phone=patient["phone"])
        ]
        session.execute(insert(PatientWord), words)
        rows = []
        for number, patient_id in zip(numbers, ids, strict=True):
            row = _booking(earlier + number, next(starts), service, place)
            row |= {"patient_id": patient_id, "practitioner_id": practitioner.id}
            row["state"] = dice.choice(_OUTCOMES)
            rows.append(row)
        session.execute(insert(Booking), rows)


def _starts(count: int, *, now: datetime) -> Iterator[datetime]:
    first = (now - _SPAN).replace(second=0, microsecond=0)
    gap = (_SPAN - timedelta(days=1)) / max(count, 1)
    for number in range(count):
        start = first + number * gap
        yield start.replace(minute=start.minute // 10 * 10, second=0, microsecond=0)


def _patient(number: int, dice: random.Random, now: datetime) -> dict[str, Any]:
    return {
        "name": dice.choice(_NAMES),
        "date_of_birth": date(1940, 1, 1) + timedelta(days=dice.randrange(24_000)),
        "email": f"patient{number}@past.example",
        "phone": None,
        "locale": "en",
        "created_at": now,
    }


def _booking(number: int, start: datetime, service: Service, place: Location) -> dict[str, Any]:
    zone = ZoneInfo(place.time_zone)
    uid = f"{uuid.uuid5(uuid.NAMESPACE_OID, str(number))}@past.example"
    return {
        "reference": references.from_number(number * _STRIDE + 1),
        "uid": uid,
        "sequence": 0,
        "service_id": service.id,
        "location_id": place.id,
        "start": start,
        "end": start + timedelta(minutes=service.length_minutes),
        "local_start": start.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S"),
        "time_zone": zone.key,
        "source": "online",
        "manage_generation": 0,
        "manage_token_hash": token_hash(uid),
        "cancelled_late": False,
        "created_at": start - timedelta(days=7),
        "updated_at": start,
    }
