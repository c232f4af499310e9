"""What stands before and behind every request: host, origin, garbage, headers, CSRF."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Response, abort, current_app, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import SecurityError

from booking.web.installation import here

# Ten thousand characters of any script, percent-encoded, still come back to be shortened.
BODY_LIMIT = 256 * 1024
FORM_PARTS = 500
# Where a file may come along.
LARGER_BODIES = {
    "admin.logo": 2 * 1024 * 1024,
    "admin.busy_time": 3 * 1024 * 1024,
    "admin.imports": 6 * 1024 * 1024,
}
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_ANY_HOST = frozenset({"operations.healthz", "operations.readyz"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# In the environment of a request whose answer other sites may frame.
_FRAMED = "booking.framed"
csrf = CSRFProtect()


def protect(app: Flask) -> None:
    """Switch all of it on."""
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=BODY_LIMIT,
        MAX_FORM_PARTS=FORM_PARTS,
        WTF_CSRF_TIME_LIMIT=None,
        # The referrer is never sent, so it cannot be compared; Origin and Sec-Fetch-Site are.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(refuse)
    csrf.init_app(app)


def refuse() -> None:
    """Before every request: what nobody means well with goes no further."""
    refuse_unknown_host()
    refuse_garbage()
    refuse_large_bodies()
    refuse_garbled_forms()
    refuse_foreign_origin()


def refuse_unknown_host() -> None:
    """A Host header that is not ours would end up in nothing good."""
    if request.endpoint in _ANY_HOST:
        return
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except (SecurityError, ValueError):
        abort(400)
    if host not in here().public_hosts:
        abort(400)


def refuse_garbage() -> None:
    """Bytes that are no UTF-8, and NUL, reach neither views nor the database."""
    _refuse_bytes(request.query_string)
    raw_path = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or ""
    _refuse_bytes(raw_path.encode("latin-1", "replace"))
    # Werkzeug writes U+FFFD where a path was no UTF-8.
    if "\0" in request.path or "\ufffd" in request.path:
        abort(400)


def refuse_large_bodies() -> None:
    """Before parsing: a body that says it is too large, or a form that does not say how large."""
    limit = LARGER_BODIES.get(request.endpoint or "", BODY_LIMIT)
    request.max_content_length = limit
    if request.content_length is not None and request.content_length > limit:
        abort(413)
    # Werkzeug would cut such a form off in silence; no browser sends one. The API reads its own.
    if "Transfer-Encoding" in request.headers and not (request.endpoint or "").startswith("api."):
        abort(411)


def refuse_garbled_forms() -> None:
    """The same for what a form sends, and for more fields than any of our forms has."""
    if request.method not in _UNSAFE or (request.endpoint or "").startswith("api."):
        return
    # Before it is parsed, since Werkzeug would quietly keep what it cannot decode.
    if request.mimetype == "application/x-www-form-urlencoded":
        _refuse_bytes(request.get_data(cache=True))
    fields = list(request.form.items(multi=True))
    if len(fields) > FORM_PARTS:
        abort(413)
    # In multipart forms Werkzeug writes U+FFFD for what was no UTF-8.
    if any(mark in text for field in fields for text in field for mark in "\0\ufffd"):
        abort(400)


def _refuse_bytes(raw: bytes) -> None:
    if raw.isascii() and b"%" not in raw and b"\0" not in raw:
        return
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        abort(400)
    if "\0" in text:
        abort(400)


def refuse_foreign_origin() -> None:
    """
    A second wall behind the CSRF token: browsers say where a request comes from.

    With `Referrer-Policy: no-referrer` a same-origin form is sent with `Origin: null`, so null
    alone proves nothing and Sec-Fetch-Site decides.
    """
    if request.method not in _UNSAFE or (request.endpoint or "").startswith("api."):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        abort(403)
    origin = request.headers.get("Origin")
    if origin is None or origin == "null":
        return
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        abort(403)
    if host not in here().public_hosts:
        abort(403)


def let_frame(response: Response, origins: Iterable[str]) -> Response:
    """Let pages of these origins, and of no others, show this answer in a frame."""
    ancestors = f"frame-ancestors {' '.join(sorted(origins))}"
    policy = POLICY.replace("frame-ancestors 'none'", ancestors)
    response.headers["Content-Security-Policy"] = policy
    # A page that only loads what agrees to it (COEP) may frame it too.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # X-Frame-Options knows no list of origins: it has to be left out.
    request.environ[_FRAMED] = True
    return response


class SafeHeaders:
    """
    Around the application: headers that every answer carries, where it does not bring its own.

    Around it and not in it: so no answer comes without, and it costs a tenth.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]], *, is_https: bool):
        self._app = app
        secure = {"Strict-Transport-Security": "max-age=63072000"} if is_https else {}
        added = HEADERS | secure | {"Cache-Control": "no-store"}
        self._added = [(name.lower(), (name, value)) for name, value in added.items()]

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            given = {name.lower() for name, _ in headers}
            if _FRAMED in environ:
                given.add("x-frame-options")
            missing = [header for name, header in self._added if name not in given]
            return start_response(status, headers + missing, *more)

        return self._app(environ, start)


def is_csrf_error(error: Exception) -> bool:
    """Whether a request came without its token, for example from a page of yesterday."""
    return isinstance(error, CSRFError)


def exempt_from_csrf(name: str) -> None:
    """The JSON API ignores cookies, so there is nothing for a foreign site to borrow."""
    blueprint = current_app.blueprints[name]
    csrf.exempt(blueprint)
