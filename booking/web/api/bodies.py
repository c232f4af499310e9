"""JSON bodies: read strictly, fitted to their schema, and all that is wrong told at once."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NoReturn, TypeVar

from flask import abort, request
from marshmallow import Schema, ValidationError
from marshmallow.fields import Nested

from booking.domain.errors import FieldError, Invalid
from booking.domain.people import Findings
from booking.web.errors import problem
from booking.web.protection import BODY_LIMIT

Value = TypeVar("Value")

DEEPEST = 32
# Schemas find these; what a field means is checked by the domain, which has words of its own.
_WORDS = {
    "missing": "This is needed",
    "not_text": "Give this as text",
    "not_an_object": "Give this as an object",
}


class Body:
    """
    A body that fits its schema, as far as it does.

    Errors are gathered; of a field that has several the first is enough.
    """

    def __init__(self, schema: Schema, given: dict[str, Any]):
        self.given = given
        self._schema = schema
        self._errors: dict[str, FieldError] = {}
        try:
            self.fitting: dict[str, Any] = schema.load(given)
        except ValidationError as error:
            self.fitting = dict(error.valid_data or {})
            for field, code in _flat(dict(error.messages_dict)):
                self.add(FieldError(field, code, _WORDS[code]))

    def text(self, field: str) -> str | None:
        """A text of the body; None if it is not given, null, or no text."""
        value = self.fitting.get(field)
        return value if isinstance(value, str) else None

    def add(self, error: FieldError) -> None:
        """Note what is wrong with one field."""
        self._errors.setdefault(error.field, error)

    def add_all(self, found: Findings, *, below: str = "") -> None:
        """The same for several; `below` is put before their fields."""
        for error in found.errors:
            self.add(FieldError(below + error.field, error.code, error.message))

    def read(self, field: str, reader: Callable[[str, Findings], Value]) -> Value | None:
        """What `reader` makes of a text of the body; None if there is no such text."""
        text = self.text(field)
        if text is None:
            return None
        found = Findings()
        value = reader(text, found)
        self.add_all(found)
        return value

    @property
    def is_valid(self) -> bool:
        """Nothing wrong has been found."""
        return not self._errors

    @property
    def refusal(self) -> Invalid:
        """All that is wrong, in the order of the fields."""
        order = {field: place for place, field in enumerate(_fields(self._schema))}
        return Invalid(sorted(self._errors.values(), key=lambda error: _place(error.field, order)))


def _place(field: str, order: Mapping[str, int]) -> int:
    """A field's place; one that no schema knows stands with the object that it was given in."""
    while field not in order and "." in field:
        field = field.rpartition(".")[0]
    return order.get(field, len(order))


def _fields(schema: Schema, prefix: str = "") -> Iterator[str]:
    for name, field in schema.fields.items():
        yield f"{prefix}{name}"
        if isinstance(field, Nested):
            yield from _fields(field.schema, f"{prefix}{name}.")


def _flat(messages: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Marshmallow's nested errors as dotted fields and codes."""
    for key, value in messages.items():
        field = prefix.rstrip(".") if key == "_schema" else f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _flat(value, f"{field}.")
        else:
            yield field, value[0]


def read_body(schema: type[Schema], *, may_be_empty: bool = False) -> Body:
    """
    The request's body.

    Raises:
        Invalid: it is JSON, but no object.
        HTTPException: it is too large (413), not JSON (415), or no JSON that could be read (400).
    """
    raw = request.get_data()
    if len(raw) >= BODY_LIMIT and request.content_length is None:
        # A body that comes in chunks is cut off at the limit, without a word.
        abort(413)
    if not raw and may_be_empty:
        return Body(_made(schema), {})
    if not request.is_json:
        abort(problem(415, "unsupported_media_type", "Send JSON, as application/json."))
    given = _parse(raw)
    if not isinstance(given, dict):
        raise Invalid([FieldError("body", "not_an_object", _WORDS["not_an_object"])])
    return Body(_made(schema), given)


@cache
def _made(schema: type[Schema]) -> Schema:
    """Making one costs more than reading a body with it."""
    return schema()


def canonical(given: dict[str, Any]) -> str:
    """The same text for the same data, however it was spelled."""
    return json.dumps(given, sort_keys=True, separators=(",", ":"))


def _parse(raw: bytes) -> Any:
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_without_repeats, parse_constant=_refuse
        )
        _check(value)
    except (ValueError, RecursionError):
        # ValueError: no UTF-8, no JSON, a number of thousands of digits, or refused below.
        abort(problem(400, "malformed_json", "The body is no JSON that we can read."))
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two values under one name: whichever we took, somebody else would take the other."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _check(value: Any) -> None:
    """Refuse NUL, lone surrogates, and what is nested so deeply that it means harm."""
    level = [value]
    for _ in range(DEEPEST):
        for item in level:
            # A lone surrogate cannot be encoded: that is a ValueError too.
            if isinstance(item, str) and b"\0" in item.encode():
                raise ValueError("NUL")
        level = [inner for item in level for inner in _inside(item)]
        if not level:
            return
    raise ValueError("too deep")


def _inside(item: Any) -> Iterator[Any]:
    if isinstance(item, dict):
        yield from item.keys()
        yield from item.values()
    elif isinstance(item, list):
        yield from item
