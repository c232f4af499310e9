"""What the API answers: values as JSON, refusals as problems."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import Response

from booking.domain import references
from booking.domain.errors import Invalid, SlotRefusal
from booking.domain.lifecycle import State
from booking.domain.slots import Slot
from booking.services.times import availability
from booking.web.api.times import show_time
from booking.web.clinic import facts, place, timetables
from booking.web.errors import ANSWERS, problem
from booking.web.installation import here


class _Named(Protocol):
    slug: str


class Appointment(Protocol):
    """A booking, as far as its answer needs it: who comes is no part of it."""

    reference: str
    state: State
    start: datetime
    end: datetime
    uid: str
    manage_generation: int
    manage_token_hash: str

    @property
    def service(self) -> _Named: ...

    @property
    def practitioner(self) -> _Named: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """The slot that somebody asks for; `start` in UTC."""

    service: str
    practitioner: str
    start: datetime


def as_bytes(value: object) -> bytes:
    """JSON without blanks."""
    return json.dumps(value, separators=(",", ":")).encode()


def answer(value: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(as_bytes(value), status=status, content_type="application/json")


def slot(offered: Slot, zone: ZoneInfo) -> dict[str, str]:
    """A slot in the contract's shape; where, only if that is a question."""
    told = {
        "id": offered.id,
        "start": show_time(offered.start, zone),
        "end": show_time(offered.end, zone),
        "practitioner": offered.practitioner,
    }
    return told if facts().is_one_place else told | {"location": offered.location}


def appointment(booked: Appointment, zone: ZoneInfo, token: str) -> dict[str, str]:
    """A booking as it is now, for the one who has its token."""
    return {
        "reference": references.show(booked.reference),
        "status": booked.state.value,
        "start": show_time(booked.start, zone),
        "end": show_time(booked.end, zone),
        "service": booked.service.slug,
        "practitioner": booked.practitioner.slug,
        "manage_token": token,
        "manage_url": here().links.manage(token),
    }


def first_answer(booked: Appointment, wanted: Wanted, zone: ZoneInfo) -> dict[str, str | None]:
    """
    What a request for a booking is answered with, the first time and whenever it is repeated.

    So it is told from the request: meanwhile the booking may have been moved or cancelled.
    """
    links = here().links
    token = links.keys.again(booked.uid, booked.manage_generation, booked.manage_token_hash)
    return {
        "reference": references.show(booked.reference),
        "status": State.CONFIRMED.value,
        "start": show_time(wanted.start, zone),
        "end": show_time(wanted.start + (booked.end - booked.start), zone),
        "service": wanted.service,
        "practitioner": wanted.practitioner,
        "manage_token": token,
        "manage_url": None if token is None else links.manage(token),
    }


def invalid(error: Invalid) -> Response:
    """All that is wrong with the input."""
    errors = [
        {"field": found.field, "code": found.code, "message": found.message}
        for found in error.errors
    ]
    return problem(422, error.code, ANSWERS[error.code].words, errors=errors)


def slot_refused(refusal: SlotRefusal, wanted: Wanted) -> Response:
    """Why a time cannot be had, and up to three that can; asked after the refused transaction."""
    found = availability.alternatives(timetables(wanted.service, wanted.practitioner), wanted.start)
    why = ANSWERS[refusal.code]
    alternatives = [slot(offered, place(offered.location).zone) for offered in found]
    return problem(why.status, refusal.code, why.words, alternatives=alternatives)
