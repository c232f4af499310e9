"""What the clinic offers: services, free slots, and holding one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl

from flask import Response, current_app, request

from booking.domain.errors import Invalid, SlotRefusal
from booking.domain.people import Findings
from booking.services.times import availability, holds
from booking.services.times.availability import Timetable
from booking.web.api import answers, schemas
from booking.web.api.blueprint import blueprint
from booking.web.api.bodies import read_body
from booking.web.api.description import describe, in_query
from booking.web.api.reading import read_wanted
from booking.web.api.remembered import Memory, Rendered, rendered
from booking.web.api.times import DAYS_AT_MOST, check_days, read_day, show_time
from booking.web.clinic import place, rulebook, timetables
from booking.web.installation import here, write
from booking.web.limits import HOLDS, READS, limited

MEMORY = "booking-api-slots"


@blueprint.get("/services")
@describe(blueprint, "What can be booked", answer=schemas.Services)
@limited(READS, "api")
def services() -> Response:
    rules = rulebook()
    offered = [
        {
            "id": name,
            "name": plans[0].service_name,
            "minutes": int(plans[0].rules.visit.length.total_seconds() // 60),
            # Who is at several places has several plans.
            "practitioners": list(dict.fromkeys(plan.practitioner for plan in plans)),
            "patients": plans[0].patients.value,
            "mode": plans[0].mode.value,
        }
        for name, plans in rules.services.items()
    ]
    return answers.answer({"services": offered, "privacy_notice": rules.clinic.privacy_notice})


@dataclass(frozen=True, slots=True)
class Question:
    """Which slots somebody would like to see; clinic days, both included."""

    service: str
    practitioner: str | None
    location: str | None
    first: date
    last: date


def _read_question(query: bytes) -> Question:
    given: dict[str, str] = {}
    for name, value in parse_qsl(query.decode("utf-8"), keep_blank_values=True):
        given.setdefault(name, value)
    found = Findings()
    if not given.get("service"):
        found.add("service", "missing", "Give the id of a service")
    first = read_day(given.get("from"), found, field="from")
    last = read_day(given.get("to"), found, field="to")
    if first is not None and last is not None:
        check_days(first, last, found)
    if found.errors or first is None or last is None:
        raise Invalid(found.errors)
    practitioner, location = given.get("practitioner") or None, given.get("location") or None
    return Question(given["service"], practitioner, location, first, last)


# The same few questions are asked again and again, and they are short.
known_question = lru_cache(maxsize=512)(_read_question)
SHORT = 300


@blueprint.get("/slots")
@describe(
    blueprint,
    "Free slots on some days",
    answer=schemas.Slots,
    parameters=(
        in_query("service", "The service's id", minLength=1, example="consultation"),
        in_query("from", "The first clinic day", format="date", example="2026-01-12"),
        in_query(
            "to",
            f"The last clinic day, itself included; {DAYS_AT_MOST} days at most",
            format="date",
            example="2026-01-18",
        ),
        in_query("practitioner", "Only with this practitioner", required=False, example="dr-ahmed"),
        in_query("location", "Only at this location", required=False, example="main"),
        {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "description": "The ETag of an earlier answer",
            "schema": {"type": "string"},
        },
    ),
    refusals={404: "Nobody offers this", 422: "The question is not right"},
    more={304: {"description": "The earlier answer is still true"}},
)
@limited(READS, "api")
def slots() -> Response:
    asked = request.query_string
    question = (known_question if len(asked) <= SHORT else _read_question)(asked)
    tables = timetables(question.service, question.practitioner, question.location)
    memory: Memory = current_app.extensions[MEMORY]
    known = memory.find(question, tables)
    if known is None:
        known = _render(question, tables)
        memory.keep(question, known)
    headers = {"ETag": known.etag, "Cache-Control": "no-cache"}
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(known.etag[1:-1]):
        return Response(status=304, headers=headers)
    return Response(known.body, content_type="application/json", headers=headers)


def _render(question: Question, tables: Sequence[Timetable]) -> Rendered:
    zones = {table.plan.place.slug: table.plan.rules.zone for table in tables}
    found = availability.listed(tables, question.first, question.last)
    slots = [answers.slot(slot, zones[slot.location]) for slot in found]
    body = {"time_zone": tables[0].plan.rules.zone.key, "slots": slots}
    return rendered(answers.as_bytes(body), tables)


@blueprint.post("/holds")
@describe(
    blueprint,
    "Keep a slot for some minutes",
    answer=schemas.Hold,
    status=201,
    body=schemas.HoldRequest,
    refusals={409: "The time cannot be had", 422: "The input is not right"},
)
@limited(HOLDS, "holds")
def hold() -> Response:
    body = read_body(schemas.HoldRequest)
    wanted = read_wanted(body, rulebook())
    if wanted is None or not body.is_valid:
        raise body.refusal
    try:
        held = write(
            lambda session, now: holds.hold(
                session,
                here().offers,
                service=wanted.service,
                practitioner=wanted.practitioner,
                start=wanted.start,
                random_token=here().random_token,
                now=now,
            )
        )
    except SlotRefusal as refusal:
        return answers.slot_refused(refusal, wanted)
    zone = place(held.slot.location).zone
    told = {"hold": held.token, "expires_at": show_time(held.expires_at, zone)}
    return answers.answer(told, status=201)
