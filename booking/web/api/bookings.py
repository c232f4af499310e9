"""Booking, and what the holder of a manage token may do: see, move, cancel."""

import re
from datetime import datetime

from flask import Response, request

from booking.domain.errors import AlreadyCancelled, FieldError, Invalid, SlotRefusal
from booking.domain.lifecycle import State
from booking.domain.people import read_reason
from booking.domain.slots import slot_id
from booking.domain.suspicion import ConfirmEmail
from booking.domain.time import local_day
from booking.formats.languages import ENGLISH
from booking.services.audit import PATIENT
from booking.services.bookings import bookings, changes
from booking.services.bookings.bookings import Wish
from booking.services.bookings.once import Once, answered_before
from booking.services.texts import QUESTIONS
from booking.services.times import holds
from booking.store.bookings import Booking
from booking.store.engine import Session
from booking.web.api import answers, schemas
from booking.web.api.answers import Wanted
from booking.web.api.blueprint import blueprint
from booking.web.api.bodies import Body, canonical, read_body
from booking.web.api.description import IDEMPOTENCY_KEY, describe
from booking.web.api.reading import (
    check_age,
    check_notice,
    read_came_from,
    read_intake,
    read_person,
    read_wanted,
)
from booking.web.api.times import read_time
from booking.web.clinic import at, facts, now, rulebook
from booking.web.installation import here, read, write
from booking.web.limits import BOOKINGS, CHANGES, READS, limited

_KEY = re.compile(r"[!-~]{1,255}")
_BOOKING = "/bookings/<manage_token>"


@blueprint.post("/bookings")
@describe(
    blueprint,
    "Book a slot",
    answer=schemas.Booking,
    status=201,
    body=schemas.BookingRequest,
    parameters=(IDEMPOTENCY_KEY,),
    refusals={409: "The time cannot be had", 422: "The input is not right"},
)
@limited(BOOKINGS, "bookings")
def book() -> Response:
    body = read_body(schemas.BookingRequest)
    once, token, offers = _once(body), body.text("hold"), here().offers
    clinic = facts()
    earlier, held = _known_before(once, token) if once or token else (None, None)
    wanted = read_wanted(body, rulebook())
    # A request that was answered keeps its answer, even when today's rules would refuse it.
    if earlier is not None and wanted is not None:
        again = read(lambda session, _: bookings.get(session, earlier))
        return answers.answer(
            answers.first_answer(again, wanted, at(again.location_id).zone), status=201
        )
    today = local_day(now(), clinic.zone)
    person = read_person(body, rulebook(), today=today)
    if wanted is not None and person is not None:
        # A start that has passed is refused for that, not for how old they were then.
        day = max(today, local_day(wanted.start, clinic.zone))
        check_age(body, person, day, clinic=clinic)
    given = read_intake(body, version=rulebook().texts[ENGLISH][QUESTIONS].version)
    notice = check_notice(body, current=clinic.privacy_notice)
    came_from = read_came_from(body)
    if wanted is None or person is None or not body.is_valid:
        raise body.refusal
    if person.email and here().confirm_email is ConfirmEmail.ALWAYS:
        raise _unproven(wanted)
    wish = Wish(
        service=wanted.service,
        practitioner=wanted.practitioner,
        start=wanted.start,
        person=person,
        privacy_notice=notice,
        source="api",
        hold_id=held,
        mail_at_once=not here().limits_enabled,
        given=given,
        came_from=came_from,
    )
    try:
        booked = write(
            lambda session, now: bookings.book(
                session,
                offers,
                here().links,
                wish,
                actor=PATIENT,
                random_token=here().random_token,
                now=now,
                once=once,
            )
        )
    except SlotRefusal as refusal:
        return answers.slot_refused(refusal, wanted)
    return answers.answer(
        answers.first_answer(booked, wanted, at(booked.location_id).zone), status=201
    )


def _unproven(wanted: Wanted) -> Invalid:
    """With `CONFIRM_EMAIL=always` an address must be proven, which only pages can do."""
    page = here().links.take(slot_id(wanted.service, wanted.practitioner, wanted.start))
    words = "This clinic confirms e-mail addresses first: the patient can book this time at {page}"
    return Invalid([FieldError("patient.email", "unproven", words, {"page": page})])


def _known_before(once: Once | None, hold: str | None) -> tuple[int | None, int | None]:
    """The booking that this very request made before, and the hold that it brings."""

    def look(session: Session, _: datetime) -> tuple[int | None, int | None]:
        held = holds.find(session, hold) if hold else None
        return answered_before(session, once) if once else None, held.id if held else None

    return read(look)


def _once(body: Body) -> Once | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        words = "Give 1 to 255 visible ASCII characters"
        raise Invalid([FieldError("Idempotency-Key", "impossible", words)])
    return Once(key, canonical(body.given))


@blueprint.get(_BOOKING)
@describe(blueprint, "See a booking", answer=schemas.Booking)
@limited(READS, "api")
def show(manage_token: str) -> Response:
    return _shown(_known(manage_token), manage_token)


def _known(token: str) -> Booking:
    return read(lambda session, _: bookings.by_token(session, token))


def _shown(booking: Booking, token: str) -> Response:
    return answers.answer(answers.appointment(booking, at(booking.location_id).zone, token))


@blueprint.patch(_BOOKING)
@describe(
    blueprint,
    "Move a booking to another time",
    answer=schemas.Booking,
    body=schemas.MoveRequest,
    refusals={
        409: "The time cannot be had, or the booking can no longer be changed",
        422: "The input is not right",
    },
)
@limited(CHANGES, "changes")
def move(manage_token: str) -> Response:
    """The old time is given up only when the new one is won. The same time again is no change."""
    booking = _known(manage_token)
    body = read_body(schemas.MoveRequest)
    start = body.read("start", read_time)
    if start is None or not body.is_valid:
        raise body.refusal
    wanted = Wanted(booking.service.slug, booking.practitioner.slug, start)
    try:
        moved = write(
            lambda session, now: changes.move(
                session,
                here().offers,
                here().links,
                bookings.by_token(session, manage_token),
                wanted.start,
                actor=PATIENT,
                now=now,
            )
        )
    except SlotRefusal as refusal:
        return answers.slot_refused(refusal, wanted)
    return _shown(moved, manage_token)


@blueprint.delete(_BOOKING)
@describe(
    blueprint,
    "Cancel a booking",
    answer=schemas.Booking,
    body=schemas.CancelRequest,
    may_be_empty=True,
    refusals={409: "The booking can no longer be changed", 422: "The input is not right"},
)
@limited(CHANGES, "changes")
def cancel(manage_token: str) -> Response:
    """Needs no body, and may be repeated: a cancelled booking stays cancelled."""
    booking = _known(manage_token)
    body = read_body(schemas.CancelRequest, may_be_empty=True)
    reason = body.read("reason", read_reason) or ""
    if not body.is_valid:
        raise body.refusal
    if booking.state is State.CANCELLED:
        return _shown(booking, manage_token)
    try:
        cancelled = write(
            lambda session, now: changes.advance(
                session,
                here().offers,
                here().links,
                bookings.by_token(session, manage_token),
                State.CANCELLED,
                actor=PATIENT,
                reason=reason,
                now=now,
            )
        )
    except AlreadyCancelled:
        # Somebody else cancelled it between the two transactions: that is what was asked for.
        return _shown(_known(manage_token), manage_token)
    return _shown(cancelled, manage_token)
