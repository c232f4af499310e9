"""The shapes of the API's JSON: what bodies are fitted to, and what OpenAPI says of both ways."""

from marshmallow import EXCLUDE, Schema, fields

from booking.domain.came_from import HANDLE_MAX, HANDLE_PATTERN
from booking.domain.lifecycle import State
from booking.domain.modes import Mode, Patients
from booking.domain.people import CONTACT_MAX, NAME_MAX, REASON_MAX
from booking.web.api.intake import intake_field

_START = "2026-01-13T14:00:00-05:00"
_START_WORDS = "RFC 3339, with an offset or Z; seconds may be left out"
_DAY = "1990-03-14"


class Text(fields.String):
    """A text whose errors are codes."""

    default_error_messages = {  # noqa: RUF012 - as marshmallow has it
        "required": "missing",
        "null": "missing",
        "invalid": "not_text",
        "invalid_utf8": "not_text",
    }


class Shape(Schema):
    """A body. What it has beyond the schema is passed over."""

    error_messages = {"type": "not_an_object"}  # noqa: RUF012

    class Meta:
        unknown = EXCLUDE


def _id(words: str, example: str) -> Text:
    return Text(required=True, metadata={"description": words, "example": example})


def _start() -> Text:
    return Text(required=True, metadata={"description": _START_WORDS, "example": _START})


def _handle(words: str, example: str) -> Text:
    shape = {"maxLength": HANDLE_MAX, "pattern": f"^{HANDLE_PATTERN}$"}
    return Text(allow_none=True, metadata={"description": words, "example": example, **shape})


class HoldRequest(Shape):
    """A slot to be kept for a few minutes."""

    service = _id("The service's id", "consultation")
    practitioner = _id("The practitioner's id", "dr-ahmed")
    start = _start()


class PatientDetails(Shape):
    """
    Who comes. An e-mail address or a phone number is needed; for a service whose mode is phone it
    must be the number.
    """

    name = Text(
        required=True,
        metadata={"minLength": 1, "maxLength": NAME_MAX, "example": "Maria Gonzalez"},
    )
    date_of_birth = Text(required=True, metadata={"format": "date", "example": _DAY})
    email = Text(
        allow_none=True, metadata={"maxLength": CONTACT_MAX, "example": "maria@patient.example"}
    )
    phone = Text(allow_none=True, metadata={"maxLength": 40, "example": "+1 202 555 0142"})
    locale = Text(
        allow_none=True,
        metadata={
            "description": "The patient's language (BCP 47). One that the clinic does not write "
            "in, or cannot be read, counts as en.",
            "example": "en",
        },
    )


class BookingRequest(HoldRequest):
    """A booking. With a hold it is the held slot that is booked, while the hold lasts."""

    hold = Text(
        allow_none=True,
        metadata={
            "description": "A hold's token. One that has run out, or is for another slot, counts "
            "as none: the start must then be on offer."
        },
    )
    patient = fields.Nested(
        PatientDetails,
        required=True,
        error_messages={"required": "missing", "null": "missing"},
    )
    intake = intake_field()
    privacy_notice = Text(
        required=True,
        metadata={
            "description": "The version of the privacy notice that the patient has read: the one "
            "that /services tells",
            "example": "1",
        },
    )
    source = _handle("Who led the patient here: a site, an app", "clinic-finder.example")
    referral = _handle("The source's own mark for this way", "8f0c2d51-77aa")


class MoveRequest(Shape):
    """Another start for a booking."""

    start = _start()


class CancelRequest(Shape):
    """Why a booking is cancelled, if the patient wants to say."""

    reason = Text(allow_none=True, metadata={"maxLength": REASON_MAX})


class Service(Schema):
    """A kind of consultation that can be booked."""

    id = _id("Names the service in every other call", "consultation")
    name = Text(required=True)
    minutes = fields.Integer(required=True, metadata={"minimum": 1, "example": 30})
    practitioners = fields.List(
        Text(metadata={"example": "dr-ahmed"}),
        required=True,
        metadata={"description": "The ids of those who offer it"},
    )
    patients = Text(
        required=True,
        metadata={
            "enum": [one.value for one in Patients],
            "description": "Whom it is meant for: everybody (all), a first visit (new), or those "
            "who were here before (known). Tell it to the patient; nothing is verified.",
            "example": "all",
        },
    )
    mode = Text(
        required=True,
        metadata={
            "enum": [one.value for one in Mode],
            "description": "How its visits take place. For phone, a booking needs patient.phone.",
            "example": "in_person",
        },
    )


class Services(Schema):
    """All services, and the privacy notice that a booking acknowledges."""

    services = fields.List(fields.Nested(Service), required=True)
    privacy_notice = Text(
        required=True, metadata={"description": "Its current version", "example": "1"}
    )


class Slot(Schema):
    """A start that is on offer. Its id is opaque and URL-safe: `/book?slot=<id>` opens it."""

    id = Text(required=True)
    start = Text(required=True, metadata={"format": "date-time", "example": _START})
    end = Text(
        required=True, metadata={"format": "date-time", "example": "2026-01-13T14:30:00-05:00"}
    )
    practitioner = Text(required=True, metadata={"example": "dr-ahmed"})


class Slots(Schema):
    """What is on offer on some days, by start."""

    time_zone = Text(required=True, metadata={"example": "America/New_York"})
    slots = fields.List(fields.Nested(Slot), required=True)


class Hold(Schema):
    """A slot that is kept. The token is told this once."""

    hold = Text(required=True, metadata={"description": "Goes into the booking"})
    expires_at = Text(required=True, metadata={"format": "date-time"})


class Booking(Schema):
    """An appointment. Nothing in it says who comes: links are forwarded."""

    reference = Text(
        required=True, metadata={"description": "For the phone", "example": "K7QM-34DX"}
    )
    status = Text(required=True, metadata={"enum": [state.value for state in State]})
    start = Text(required=True, metadata={"format": "date-time", "example": _START})
    end = Text(required=True, metadata={"format": "date-time"})
    service = Text(required=True, metadata={"example": "consultation"})
    practitioner = Text(required=True, metadata={"example": "dr-ahmed"})
    manage_token = Text(
        required=True,
        allow_none=True,
        metadata={
            "description": "Reads, moves and cancels the booking. Null only when a request is "
            "repeated after the clinic has retired the key that made the token; the token "
            "itself still works."
        },
    )
    manage_url = Text(
        required=True,
        allow_none=True,
        metadata={"format": "uri", "description": "The same as a page for the patient"},
    )


class FieldProblem(Schema):
    """What is wrong with one field; `code` is stable, `message` is for people."""

    field = Text(required=True, metadata={"example": "patient.email"})
    code = Text(required=True, metadata={"example": "impossible"})
    message = Text(required=True)


class Problem(Schema):
    """Why a request was not granted (RFC 9457); `code` is stable, `detail` is for people."""

    type = Text(required=True, metadata={"example": "about:blank"})
    title = Text(required=True)
    status = fields.Integer(required=True)
    code = Text(required=True)
    detail = Text(required=True)


class InvalidProblem(Problem):
    """The same for input that is not right: `errors` tells all that is wrong with it."""

    errors = fields.List(fields.Nested(FieldProblem))


class ConflictProblem(Problem):
    """The same for a time that cannot be had: `alternatives` are up to three that can."""

    alternatives = fields.List(fields.Nested(Slot), metadata={"maxItems": 3})
