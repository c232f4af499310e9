"""A patient's answers in the API: described as a closed object, checked by the domain."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.fields import Nested

from booking.domain.intake import Intake, read_intake
from booking.domain.people import Findings
from booking.domain.questions import (
    ALWAYS,
    EARLIER_TIME,
    HEALTH_QUESTIONS,
    HEALTH_WHEN,
    HOPES_MAX,
    HOPES_WORDS,
    LANGUAGE,
    LANGUAGE_MAX,
    QUESTIONS,
    Question,
)

_NOT_AN_OBJECT = "not_an_object"


class Described(Nested):
    """An object that is described here and read elsewhere: its errors have the domain's words."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError(_NOT_AN_OBJECT)
        return value


class _Closed(Schema):
    class Meta:
        unknown = RAISE


def _choice(options: tuple[str, ...], **metadata: Any) -> fields.String:
    return fields.String(allow_none=True, metadata={"enum": [*options, None], **metadata})


def _field(question: Question) -> fields.Field[Any]:
    if not question.several:
        return _choice(question.accepted)
    return fields.List(fields.String(metadata={"enum": list(question.accepted)}), allow_none=True)


_Ages = _Closed.from_dict(
    {one.key: _choice((*one.when, *ALWAYS)) for one in HEALTH_QUESTIONS if one.when},
    name="HealthWhen",
)
IntakeRequest = _Closed.from_dict(
    {one.key: _field(one) for one in QUESTIONS}
    | {
        HEALTH_WHEN: Described(
            _Ages,
            allow_none=True,
            metadata={"description": "Of when a health answer is, by its key. It counts as ticked"},
        ),
        HOPES_WORDS: fields.String(
            allow_none=True, metadata={"maxLength": HOPES_MAX, "description": "In own words"}
        ),
        LANGUAGE: fields.String(
            allow_none=True,
            metadata={"maxLength": LANGUAGE_MAX, "description": "For the interpreter"},
        ),
        EARLIER_TIME: fields.Boolean(
            allow_none=True,
            truthy={True},
            falsy={False},
            metadata={"description": "Whether to be told if an earlier time comes free"},
        ),
    },
    name="IntakeRequest",
)


def intake_field() -> Described:
    """The answers as a field of a body."""
    return Described(
        IntakeRequest,
        allow_none=True,
        error_messages={"invalid": _NOT_AN_OBJECT},
        metadata={
            "description": "The patient's answers before the visit. All may be left out; none of "
            "them decides whether a time can be had."
        },
    )


def read(given: Any, found: Findings) -> Intake:
    """The answers of a body; errors go to `found`, under dotted fields."""
    return read_intake(given if isinstance(given, Mapping) else {}, found)
