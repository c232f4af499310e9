"""A copy of all that is kept of one patient, for the patient: values in, a file out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

# Raised when a field changes its meaning or goes; new fields may come without.
FORMAT = "booking-patient-copy/1"
MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who somebody is and how they are reached."""

    number: int
    name: str
    date_of_birth: date | None
    guardian: str | None
    email: str | None
    phone: str | None
    language: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happened to an appointment: what, by whom, from where to where, and why."""

    at: datetime
    what: str
    by: str
    before: str | None
    after: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An answer that the doctor was to see, and when the doctor did."""

    key: str
    effect: str
    detail: str
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers as they were kept, by the keys of the questions; `version` is that of those."""

    version: int
    language: str
    given_at: datetime
    given_by: str
    answers: Mapping[str, Any]
    to_make_ready: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message: of which kind, to whom, and what became of it when."""

    kind: str
    address: str | None
    state: str
    written_at: datetime
    sent_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """
    An appointment; `zone` is that of the wall on which its time was promised.

    `answers` and `flags` are None where they were left out.
    """

    id: int
    reference: str
    state: str
    start: datetime
    end: datetime
    zone: str
    service: str
    practitioner: str
    place: str
    source: str
    came_from: str | None
    referral: str | None
    booked_at: datetime
    cancelled_late: bool
    will_come_said_at: datetime | None
    next_visit_in_weeks: int | None
    to_make_ready: Mapping[str, Any]
    history: Sequence[Step]
    messages: Sequence[Sent]
    answers: Sequence[Answers] | None
    flags: Sequence[Flag] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What was agreed to or withdrawn, in which version of the words."""

    purpose: str
    version: str
    language: str
    granted: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What staff noted for each other."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A time that came free, and what became of the offer."""

    start: datetime
    practitioner: str
    offered_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """
    A place on the waitlist, what was wished for and which times were offered.

    `weekdays` count from Monday as 0; an empty wish is any.
    """

    state: str
    since: datetime
    until: datetime
    name: str
    email: str | None
    phone: str | None
    service: str
    practitioner: str | None
    place: str | None
    weekdays: Sequence[int]
    parts: Sequence[str]
    earliest: date | None
    latest: date | None
    offered: Sequence[Offered]
    messages: Sequence[Sent]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCopy:
    """
    All of it, the newest first. `left_out` says in sentences what whoever made the copy may not
    hand on; an empty one is whole. `merged` are records of the same person that became this one.
    """

    clinic: str
    made_at: datetime
    left_out: Sequence[str]
    who: Who
    merged: Sequence[Who]
    visits: Sequence[Visit]
    consents: Sequence[Agreed]
    notes: Sequence[Note]
    waits: Sequence[Wait]


def file_name(copy: PatientCopy) -> str:
    """What the file is called; no name stands in it."""
    return f"patient-{copy.who.number}.json"


def as_json(copy: PatientCopy) -> bytes:
    """The file, for people and for programs: moments in UTC, those of visits as on their wall."""
    shape = {
        "format": FORMAT,
        "made_at": copy.made_at,
        "clinic": copy.clinic,
        "left_out": list(copy.left_out),
        "patient": asdict(copy.who),
        "merged_records": [asdict(one) for one in copy.merged],
        "appointments": [_visit(one) for one in copy.visits],
        "consents": [asdict(one) for one in copy.consents],
        "notes": [asdict(one) for one in copy.notes],
        "waitlist": [asdict(one) for one in copy.waits],
    }
    text = json.dumps(shape, ensure_ascii=False, indent=2, default=_plain)
    return f"{text}\n".encode()


def _visit(visit: Visit) -> dict[str, Any]:
    shape = asdict(visit)
    # Ours, and of no use outside.
    del shape["id"]
    zone = ZoneInfo(visit.zone)
    for name in ("start", "end"):
        shape[name] = shape[name].astimezone(zone).isoformat()
    return {name: value for name, value in shape.items() if value is not None}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
