"""Bringing in what was decided: patients, bookings, claims, the audit and messages, all at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.domain.errors import SlotUnavailable
from booking.domain.importing import Becomes, Outcome, counted
from booking.domain.lifecycle import State, Stranding
from booking.domain.messages import Audience, MessageKind
from booking.formats.links import Links
from booking.formats.tokens import RandomToken
from booking.services import audit
from booking.services.audit import Actor
from booking.services.bookings.rows import new_patient, new_reference, new_row
from booking.services.clinic import Rulebook
from booking.services.imports.deciding import Decider, Decision, Visit
from booking.services.imports.lines import Line
from booking.services.imports.people import Known, parts
from booking.services.mail import outbox
from booking.services.patients import search
from booking.services.times import acceptance
from booking.services.times.availability import Offers
from booking.store.base import table
from booking.store.bookings import Booking, Patient
from booking.store.claims import Claim, is_overlap
from booking.store.patients import PatientNote, PatientWord
from booking.store.records import AuditEntry

SOURCE = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who brings a file in and with what; `tells` if each booking is confirmed to its patient."""

    links: Links
    actor: Actor
    random_token: RandomToken
    tells: bool = False


def bring_in(session: Session, lines: Sequence[Line], by: By, *, now: datetime) -> list[Outcome]:
    """
    Bring in every line that can be taken; what became of each.

    Everything stands under the locks of the practitioners whom the lines name.

    Raises:
        SlotUnavailable: the database refused a claim; the transaction must not be committed.
    """
    # Memory of its own: what is read in a rehearsal is not true before the commit.
    offers = Offers()
    named = {line.practitioner for line in lines}
    ids = {
        plan.practitioner_id
        for plan in offers.rulebook(session).plans
        if plan.practitioner in named
    }
    rulebook = acceptance.lock(session, offers, sorted(ids), calendar_changed=now)
    decisions = Decider(session, rulebook, lines, now=now).all(lines)
    taken = [one for one in decisions if one.who is not None]
    patients = _add_patients(session, taken, now=now)
    _add_notes(session, taken, patients, by, now=now)
    _add_bookings(session, rulebook, taken, patients, by, now=now)
    outcomes = [one.outcome for one in decisions]
    _record(session, outcomes, len(patients.new), by, now=now)
    return outcomes


@dataclass(frozen=True, slots=True)
class _Patients:
    """The patients of the lines, by the `Known` that a line is about."""

    by_known: dict[int, int]
    new: list[int]

    def of(self, who: Known | None) -> int:
        assert who is not None  # noqa: S101 - a line that is taken is about somebody
        return who.id or self.by_known[id(who)]


def _add_patients(session: Session, taken: Sequence[Decision], *, now: datetime) -> _Patients:
    new = {id(one.who): one.who for one in taken if one.who is not None and one.who.id is None}
    rows = [new_patient(one.name, one.born, one.email, one.phone, now=now) for one in new.values()]
    ids = _insert(session, Patient, rows)
    words = [
        word
        for patient_id, row in zip(ids, rows, strict=True)
        for word in search.word_rows(patient_id, name=row["name"], phone=row["phone"])
    ]
    _insert_all(session, PatientWord, words)
    return _Patients(dict(zip(new, ids, strict=True)), ids)


def _add_notes(
    session: Session, taken: Sequence[Decision], patients: _Patients, by: By, *, now: datetime
) -> None:
    rows = [
        {
            "patient_id": patients.of(one.who),
            "staff_id": by.actor.staff_id,
            "text": one.line.note,
            "at": now,
        }
        for one in taken
        if one.line.note
    ]
    _insert_all(session, PatientNote, rows)


def _add_bookings(
    session: Session,
    rulebook: Rulebook,
    taken: Sequence[Decision],
    patients: _Patients,
    by: By,
    *,
    now: datetime,
) -> None:
    visits = [(one, one.visit) for one in taken if one.visit is not None]
    new = _references(session, len(visits), by.random_token)
    rows = [
        _booking(visit, by, now) | {"patient_id": patients.of(one.who), "reference": reference}
        for (one, visit), reference in zip(visits, new, strict=True)
    ]
    ids = _insert(session, Booking, rows)
    claims = [
        {
            "resource_id": resource,
            "start": visit.claim.start,
            "end": visit.claim.end,
            "hold_id": None,
            "booking_id": booking_id,
        }
        for booking_id, (_, visit) in zip(ids, visits, strict=True)
        for resource in visit.resources
    ]
    try:
        _insert_all(session, Claim, claims)
    except IntegrityError as error:
        raise SlotUnavailable if is_overlap(error) else error from error
    _insert_all(session, AuditEntry, [_entry(one, by.actor, now) for one in ids])
    if by.tells:
        _tell(session, rulebook, ids, by, now=now)


def _booking(visit: Visit, by: By, now: datetime) -> dict[str, Any]:
    row = new_row(by.links, visit.plan, visit.span, SOURCE, by.random_token, now=now)
    return row | {"stranding": Stranding.KEPT if visit.is_kept else None}


def _references(session: Session, count: int, random_token: RandomToken) -> list[str]:
    """So many that are nobody's; the database would refuse one that is."""
    found: set[str] = set()
    while len(found) < count:
        new = sorted({new_reference(random_token) for _ in range(count - len(found))} - found)
        for some in parts(new):
            known = session.scalars(select(Booking.reference).where(Booking.reference.in_(some)))
            found |= set(some) - set(known)
    return list(found)


def _tell(
    session: Session, rulebook: Rulebook, booking_ids: Iterable[int], by: By, *, now: datetime
) -> None:
    for some in parts(list(booking_ids)):
        query = select(Booking, Patient).join(Patient, Booking.patient_id == Patient.id)
        for booking, patient in session.execute(query.where(Booking.id.in_(some))):
            outbox.tell(
                session,
                by.links,
                rulebook,
                booking,
                patient,
                MessageKind.CONFIRMED,
                now=now,
                # The doctor has these visits in the calendar that they come from.
                audiences=frozenset({Audience.PATIENT}),
            )


def _entry(booking_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "actor_kind": actor.kind.value,
        "staff_id": actor.staff_id,
        "action": "state",
        "booking_id": booking_id,
        "subject": None,
        "from_value": None,
        "to_value": State.CONFIRMED.value,
        "reason": "Brought in from a table",
    }


def _record(
    session: Session, outcomes: Sequence[Outcome], new: int, by: By, *, now: datetime
) -> None:
    counts = counted(outcomes)
    words = (
        f"{counts[Becomes.TAKEN]} lines taken, {new} patients new, "
        f"{counts[Becomes.HERE_ALREADY]} here already, {counts[Becomes.REFUSED]} left out"
    )
    audit.record(session, by.actor, "imported", now=now, reason=words)


def _insert(session: Session, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Add rows; their ids, in their order."""
    if not rows:
        return []
    key = table(model).c.id
    statement = insert(table(model)).returning(key, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def _insert_all(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table(model)), rows)
