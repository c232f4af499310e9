"""Other sites' scripts: refused, unless the clinic allows the site; its own pages may call."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from booking.web.errors import problem
from booking.web.installation import here

_USUAL_PORTS = {"http": 80, "https": 443}
_METHODS = "GET, POST, PATCH, DELETE"
_REQUEST_HEADERS = "Content-Type, Idempotency-Key, If-None-Match"
_RESPONSE_HEADERS = "ETag, Retry-After"
_PREFLIGHT_SECONDS = "600"


def refuse_foreign_origin() -> Response | None:
    """Before every request: browsers say which site's script asks, everybody else says nothing."""
    origin = request.headers.get("Origin")
    if origin is None or _is_ours(origin) or _is_allowed(origin):
        return None
    return problem(403, "foreign_origin", "Scripts of this site may not call the API.")


def _is_ours(origin: str) -> bool:
    # The Host header was checked before, so the address that was asked is one of ours.
    asked = f"{request.scheme}://{request.host}"
    return _same(origin) in {_same(here().links.public_url), _same(asked)}


def _is_allowed(origin: str) -> bool:
    return _same(origin) in {_same(allowed) for allowed in here().allowed_origins}


@lru_cache(maxsize=64)
def _same(origin: str) -> tuple[str, str, int | None] | None:
    """An origin in a form that compares; None if it is none, like `null`."""
    try:
        parts = urlsplit(origin)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        return None
    return (scheme, host, port or _USUAL_PORTS.get(scheme)) if host else None


def add_headers(response: Response) -> Response:
    """After every request: let the scripts of allowed sites read the answer."""
    if not here().allowed_origins:
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None or not _is_allowed(origin):
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _RESPONSE_HEADERS
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = _METHODS
        response.headers["Access-Control-Allow-Headers"] = _REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
    return response


def guarded(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """The same around a view of another blueprint: the API's description."""

    @wraps(view)
    def guarding(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        refusal = refuse_foreign_origin()
        return add_headers(refusal or make_response(view(*args, **kwargs)))

    return guarding
