"""Making two records of one person one, and taking them apart again on the same day."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.domain.errors import RecordsChanged
from booking.domain.time import local_day
from booking.services import audit
from booking.services.audit import Actor
from booking.services.patients import cards, search
from booking.services.times.availability import Offers
from booking.store.base import insert_row
from booking.store.bookings import Booking, Consent, Patient
from booking.store.patients import PatientMerge, PatientNote

# What can be taken over from the record that goes.
FIELDS = ("name", "date_of_birth", "phone", "email")
# Messages and wishes for an earlier time hang on bookings, so they go along.
_MOVED: Mapping[str, type[Booking | PatientNote | Consent]] = {
    "bookings": Booking,
    "notes": PatientNote,
    "consents": Consent,
}


def merge(
    session: Session,
    offers: Offers,
    kept_id: int,
    gone_id: int,
    *,
    taken: Collection[str],
    seen: int,
    actor: Actor,
    now: datetime,
) -> Patient:
    """
    Let everything of one record be the other's; the record that has it all now.

    `taken` are those of FIELDS that are to be as the record that goes has them; what the record
    that stays has none of comes over in any case. `seen` is how many bookings of the one that goes
    were shown to whoever decided.

    Raises:
        NotFound: there is no such patient.
        RecordsChanged: they are one already, or have more bookings by now.
    """
    kept, gone = _both(session, offers, kept_id, gone_id, now=now)
    moved = _move(session, gone.id, kept.id)
    if len(moved["bookings"]) > seen:
        raise RecordsChanged
    swapped, copied = _take_over(kept, gone, taken)
    gone.merged_into = kept.id
    _keep_words(session, kept)
    search.forget_words(session, gone.id)
    insert_row(
        session,
        PatientMerge,
        kept_id=kept.id,
        gone_id=gone.id,
        moved=moved,
        swapped=",".join(swapped),
        copied=",".join(copied),
        at=now,
        undone_at=None,
    )
    audit.record(
        session,
        actor,
        "patients_merged",
        now=now,
        subject=cards.subject(kept.id),
        from_value=cards.subject(gone.id),
        to_value=cards.subject(kept.id),
        reason=_summary(moved, (*swapped, *copied)),
    )
    return kept


def _both(
    session: Session, offers: Offers, kept_id: int, gone_id: int, *, now: datetime
) -> tuple[Patient, Patient]:
    """The two records under the locks of everybody who has a booking of theirs."""
    ids = [cards.get(session, one).id for one in (kept_id, gone_id)]
    cards.lock_calendars(session, offers, *ids, now=now)
    # In one order, so that two who merge the same two do not wait for each other.
    found = {one: cards.get(session, one, stays=True) for one in sorted(ids)}
    kept, gone = found[ids[0]], found[ids[1]]
    if kept.id == gone.id or [kept.id, gone.id] != ids:
        raise RecordsChanged
    return kept, gone


def _move(session: Session, from_id: int, to_id: int) -> dict[str, list[int]]:
    """The ids of what is the other record's now, by table."""
    moved = {}
    for name, model in _MOVED.items():
        done = session.execute(
            update(model)
            .where(model.patient_id == from_id)
            .values(patient_id=to_id)
            .returning(model.id)
        )
        moved[name] = sorted(done.scalars())
    return moved


def _take_over(kept: Patient, gone: Patient, taken: Collection[str]) -> tuple[list[str], list[str]]:
    """
    Which details changed places, and which the record that stays had none of and has now.

    The record that goes never loses its last way to be reached.
    """
    swapped, copied = [], []
    for name in (*FIELDS, "guardian"):
        mine, other = getattr(kept, name), getattr(gone, name)
        if other is None or other == mine or (mine is not None and name not in taken):
            continue
        if name == "guardian" or mine is None:
            copied.append(name)
        else:
            swapped.append(name)
            setattr(gone, name, mine)
        setattr(kept, name, other)
    return swapped, copied


def _summary(moved: Mapping[str, Collection[int]], details: Collection[str]) -> str:
    """What an audit entry says of it: numbers and the names of fields."""
    words = [f"{name}: {len(ids)}" for name, ids in moved.items()]
    return "; ".join([*words, *([f"taken over: {', '.join(details)}"] if details else [])])


def latest(session: Session, offers: Offers, kept_id: int, *, now: datetime) -> PatientMerge | None:
    """
    The merge that can still be taken apart: the last into this record, on the same clinic day.

    Earlier ones can when it is undone: they changed what the later one found.
    """
    query = (
        select(PatientMerge)
        .where(PatientMerge.kept_id == kept_id, PatientMerge.undone_at.is_(None))
        .order_by(PatientMerge.id.desc())
        .limit(1)
    )
    found = session.scalar(query.execution_options(populate_existing=True))
    zone = offers.rulebook(session).clinic.zone
    if found is None or local_day(found.at, zone) != local_day(now, zone):
        return None
    return found


def take_apart(
    session: Session, offers: Offers, kept_id: int, merge_id: int, *, actor: Actor, now: datetime
) -> None:
    """
    Give a record back what it had; what came since, and corrections, stay where they are.

    Raises:
        NotFound: there is no such patient.
        RecordsChanged: this is not the merge that can be taken apart, or not any more.
    """
    cards.lock_calendars(session, offers, cards.get(session, kept_id).id, now=now)
    kept = cards.get(session, kept_id, stays=True)
    found = latest(session, offers, kept.id, now=now)
    gone = session.get(Patient, found.gone_id) if found else None
    if found is None or found.id != merge_id or gone is None or gone.erased_at is not None:
        raise RecordsChanged
    for name, model in _MOVED.items():
        session.execute(
            update(model)
            .where(model.id.in_(found.moved[name]), model.patient_id == kept.id)
            .values(patient_id=gone.id)
        )
    _give_back(kept, gone, found)
    gone.merged_into = None
    found.undone_at = now
    for one in (kept, gone):
        _keep_words(session, one)
    audit.record(
        session,
        actor,
        "patients_parted",
        now=now,
        subject=cards.subject(kept.id),
        from_value=cards.subject(kept.id),
        to_value=cards.subject(gone.id),
        reason=_summary(found.moved, ()),
    )


def _give_back(kept: Patient, gone: Patient, found: PatientMerge) -> None:
    for name in filter(None, found.swapped.split(",")):
        mine, other = getattr(kept, name), getattr(gone, name)
        setattr(kept, name, other)
        setattr(gone, name, mine)
    for name in filter(None, found.copied.split(",")):
        # Their own way to be reached may have been deleted since.
        if name in {"email", "phone"} and not (kept.email and kept.phone):
            continue
        setattr(kept, name, None)


def _keep_words(session: Session, patient: Patient) -> None:
    search.keep_words(session, patient.id, name=patient.name, phone=patient.phone)
