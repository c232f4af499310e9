"""Refusals as answers: one table of codes, statuses and words."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, json, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException

from booking.domain.errors import Refusal
from booking.domain.sentences import to_patients
from booking.web.language import _

RETRY_AFTER_SECONDS = 5
_log = structlog.get_logger()


@dataclass(frozen=True)
class Answer:
    """What a refusal is answered with; `title` where the status has no fitting one."""

    status: int
    words: str
    title: str | None = None


ANSWERS: dict[str, Answer] = {
    "refused": Answer(409, to_patients("That is not possible just now.")),
    "slot_unavailable": Answer(409, to_patients("That time has just been taken.")),
    "being_booked": Answer(
        409, "Somebody is choosing that time just now, or was offered it, and it is kept for them."
    ),
    "outside_hours": Answer(409, to_patients("The clinic does not offer that time.")),
    "in_past": Answer(409, to_patients("That time has passed.")),
    "too_soon": Answer(409, to_patients("That time is too close to book online.")),
    "beyond_horizon": Answer(409, to_patients("That day is not open for booking yet.")),
    "naive_time": Answer(422, "Give the time with its offset from UTC."),
    "nonexistent_time": Answer(
        422, to_patients("The clock skips that time when summer time begins.")
    ),
    "not_found": Answer(404, to_patients("There is nothing here.")),
    "unknown_service": Answer(404, to_patients("We do not offer this service.")),
    "unknown_practitioner": Answer(404, to_patients("Nobody with this name offers this service.")),
    "unknown_location": Answer(404, to_patients("Nobody offers this service there.")),
    "hold_expired": Answer(409, to_patients("We could not keep that time any longer.")),
    "proof_outdated": Answer(
        409, to_patients("The details were changed after this link was sent.")
    ),
    "work_missing": Answer(
        422,
        to_patients(
            "So many requests come in just now that we check each. Switch JavaScript on, "
            "give an e-mail address, or call us."
        ),
    ),
    "call_first": Answer(
        422,
        to_patients(
            "This phone number has several appointments already. Please call us for another, "
            "or give an e-mail address."
        ),
    ),
    "offer_over": Answer(409, to_patients("We could not keep that time any longer.")),
    "phone_needed": Answer(422, to_patients("This visit is by phone, so we need a phone number.")),
    "transition_refused": Answer(
        409, to_patients("That step is not possible in the booking's present state.")
    ),
    "visit_over": Answer(
        409, to_patients("This visit has begun or is over, so it can no longer be changed.")
    ),
    "too_late_online": Answer(
        409, to_patients("It is too close to the visit to change this online. Please call us.")
    ),
    "already_cancelled": Answer(409, to_patients("This appointment was cancelled.")),
    "no_longer_offered": Answer(
        409, to_patients("This can no longer be changed online. Please call us.")
    ),
    "outdated": Answer(
        409, to_patients("Somebody changed this booking in the meantime. Please look again.")
    ),
    "message_outdated": Answer(
        409, "What this message says is no longer so. What came after it has a message of its own."
    ),
    "bookings_stranded": Answer(409, "Decide first what happens to the bookings this affects."),
    "proposals_gone": Answer(
        409, "Some of the new times were just taken. Please look at the others, and save again."
    ),
    "reason_missing": Answer(422, "Say why, so that colleagues know."),
    "unexplained": Answer(422, "Nothing is on offer then. Say why it has to be."),
    "own_location": Answer(
        409, "This is the clinic's own location. Change its address instead of archiving it."
    ),
    "more_to_tell": Answer(
        409, "Others have an appointment later today by now. Please look at the list again."
    ),
    "records_changed": Answer(409, "These records changed meanwhile. Please look at them again."),
    "last_administrator": Answer(409, "This is the last administrator. Make another one first."),
    "idempotency_key_reused": Answer(422, "This Idempotency-Key came before, with other data."),
    "invalid": Answer(422, to_patients("Some of what was given is not right.")),
    "not_set_up": Answer(
        503,
        to_patients("Please come back soon."),
        to_patients("This clinic has not been set up yet"),
    ),
    "busy": Answer(
        503, to_patients("We are busy just now. Please try again in a moment; nothing was lost.")
    ),
}
TITLES = {
    400: to_patients("We did not understand that"),
    403: to_patients("This is not open to you"),
    404: to_patients("Page not found"),
    405: to_patients("That does not work here"),
    409: to_patients("That is not possible any more"),
    413: to_patients("That was too much at once"),
    422: to_patients("There is a problem"),
    429: to_patients("Too many tries"),
    500: to_patients("Something went wrong on our side"),
    503: to_patients("We are busy just now"),
}
_MESSAGES = {
    400: to_patients("Please go back and try again."),
    403: to_patients(
        "Your account may not do this. If the page was open for long, reload it and try again."
    ),
    404: to_patients("Check the address, or start from the first page."),
    405: to_patients("Please go back and try again."),
    413: to_patients("Please shorten what you entered and try again."),
    429: to_patients("Please wait a little and try again, or call us."),
    500: to_patients("Nothing was booked or changed by this. Please try again, or call us."),
    503: to_patients("Please try again in a moment. Nothing was booked or changed by this."),
}
_TOO_LONG_OPEN = to_patients(
    "This page was open for too long. Please go back, reload it and try again."
)


def register(app: Flask) -> None:
    """Answer every refusal and every error, as a page or as a problem."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, message: str | None = None, title: str | None = None) -> Response:
    """An error as a page, in the clinic's look where the clinic can be read."""
    if isinstance(request.routing_exception, BadRequest):
        # With a Host header that is no host, no address can be built for the page's own links.
        return Response("Bad request", status=400, content_type="text/plain; charset=utf-8")
    # The page says nothing of the address that was asked for: it may hold a token.
    g.has_no_address = True
    text = render_template(
        "errors/page.html",
        status=status,
        title=_(title or TITLES.get(status, HTTPStatus(status).phrase)),
        message=_(message or _MESSAGES.get(status, _MESSAGES[400])),
    )
    return Response(text, status=status)


def problem(
    status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """An error as `application/problem+json` (RFC 9457) with a stable `code`."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    response = Response(json.dumps(body), status=status, content_type="application/problem+json")
    response.headers.extend(headers or {})
    return response


def _wants_problem() -> bool:
    return request.path.startswith("/api/")


def _refused(error: Refusal) -> Response:
    answer = ANSWERS[error.code]
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if answer.status == 503 else {}
    if answer.status == 503:
        g.database_is_away = True
        _log.warning(error.code, endpoint=request.endpoint, cause=type(error.__cause__).__name__)
    if _wants_problem():
        return problem(answer.status, error.code, answer.words, headers=headers)
    words = None if answer.status == 404 else answer.words
    response = page(answer.status, words, answer.title)
    response.headers.extend(headers)
    return response


def _csrf(_: CSRFError) -> Response:
    return page(400, _TOO_LONG_OPEN)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()  # type: ignore[return-value]
    given = error.get_response()
    headers = {
        name: value for name, value in given.headers.items() if name in {"Retry-After", "Allow"}
    }
    if _wants_problem():
        code = HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
        return problem(status, code, TITLES.get(status, error.description or ""), headers=headers)
    response = page(status)
    response.headers.extend(headers)
    return response


def _unexpected(error: Exception) -> Response:
    # The page for it must not run into the same error.
    g.database_is_away = "rulebook" not in g
    # Ids and types only: the message of a database error may quote a patient.
    _log.error(
        "unexpected_error",
        endpoint=request.endpoint,
        error=type(error).__name__,
        where=_where(error),
    )
    if _wants_problem():
        return problem(500, "internal_server_error", _MESSAGES[500])
    return page(500)


def _where(error: Exception) -> str:
    trace = error.__traceback__
    places = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-6:])
