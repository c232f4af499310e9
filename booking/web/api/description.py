"""What OpenAPI says about each call, beside what the schemas say."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from apiflask import APIBlueprint, APIFlask
from marshmallow import Schema

from booking.web.api import origins, schemas
from booking.web.protection import BODY_LIMIT

View = TypeVar("View", bound=Callable[..., Any])
_PROBLEM = "application/problem+json"
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}
}
# What any call may be answered with.
_COMMON = {
    400: "The request cannot be read",
    403: "The Origin is a site that the clinic has not allowed",
    404: "There is no such thing, or no clinic yet",
    429: "Too many requests from this network",
    503: "Busy; nothing was written",
}
_WITH_BODY = {
    413: f"The body is larger than {BODY_LIMIT // 1024} KB",
    415: "The body is not application/json",
}
_SCHEMAS = {409: schemas.ConflictProblem, 422: schemas.InvalidProblem}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A random text of the client's own. The same request sent again with the same "
    "key makes no second booking and gets the first answer, whatever has become of the booking "
    "since; other data with it is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!-~]+$"},
}
_DESCRIPTION = """\
Free times at the clinic, and booking one of them: what the clinic's own pages offer, for programs.

No login. Cookies are ignored. Times are written on the clinic's wall with their offset from UTC;
a time sent in must carry one too. Every error is `application/problem+json` (RFC 9457) with a
stable `code`. Calls are limited per network; 429 and 503 say in `Retry-After` when to come back.
"""


def describe(
    blueprint: APIBlueprint,
    summary: str,
    *,
    answer: type[Schema],
    status: int = 200,
    body: type[Schema] | None = None,
    may_be_empty: bool = False,
    parameters: Sequence[Mapping[str, Any]] = (),
    refusals: Mapping[int, str] | None = None,
    more: Mapping[int, Mapping[str, Any]] | None = None,
) -> Callable[[View], View]:
    """Describe a call: its answer, its body, and the problems it may end in."""
    problems = _COMMON | (_WITH_BODY if body else {}) | dict(refusals or {})
    responses: dict[int, Any] = {
        status: _response("Done", answer, "application/json"),
        **{code: _problem(code, words) for code, words in sorted(problems.items())},
        **(more or {}),
    }
    # APIFlask copies these into the operation as they are; it has no word of its own for a body
    # that is required, nor for one that the view reads itself.
    as_they_are: dict[str, Any] = {"parameters": [dict(parameter) for parameter in parameters]}
    if body is not None:
        content = {"application/json": {"schema": body}}
        as_they_are["requestBody"] = {"required": not may_be_empty, "content": content}
    return blueprint.doc(summary=summary, responses=responses, extensions=as_they_are)


def _problem(status: int, words: str) -> dict[str, Any]:
    response = _response(words, _SCHEMAS.get(status, schemas.Problem), _PROBLEM)
    return response | ({"headers": _RETRY_AFTER} if status in {429, 503} else {})


def _response(words: str, schema: type[Schema], content_type: str) -> dict[str, Any]:
    return {"description": words, "content": {content_type: {"schema": schema}}}


def in_query(name: str, words: str, *, required: bool = True, **schema: Any) -> dict[str, Any]:
    """A parameter in the address."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": words,
        "schema": {"type": "string", **schema},
    }


def set_up(app: APIFlask, *, public_url: str) -> None:
    """The document's own words; every response is described here, none is added by guessing."""
    app.config.update(
        DESCRIPTION=_DESCRIPTION,
        SERVERS=[{"url": public_url}],
        TAGS=[{"name": "Booking", "description": "Open to everybody"}],
        SPEC_DECORATORS=[origins.guarded],
        AUTO_200_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_OPERATION_ID=True,
    )
