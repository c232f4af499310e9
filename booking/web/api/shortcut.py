"""The question that is asked most, answered from memory without a request of Flask's."""

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import TooManyRequests

from booking.domain.errors import Refusal
from booking.services.times.availability import VERSIONS
from booking.web.api.remembered import Memory, Rendered
from booking.web.api.slots import SHORT, known_question
from booking.web.installation import Installation
from booking.web.limits import READS, Limits, network

PATH = "/api/v1/slots"
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Shortcut:
    """
    Around the application: plain GETs for free slots that are remembered and still true.

    Everything else goes on to the application: other addresses, questions that are new or not in
    order, conditional ones, those of other sites' scripts, and who has asked too often. So it
    never refuses, and what it answers is what the application would.
    """

    def __init__(
        self, app: Wsgi, *, installation: Installation, limits: Limits, memory: Memory
    ) -> None:
        self._app = app
        self._installation = installation
        self._limits = limits
        self._memory = memory
        self._vary = [("Vary", "Origin")] if installation.allowed_origins else []

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        known = self._find(environ) if environ.get("PATH_INFO") == PATH else None
        if known is None:
            return self._app(environ, start_response)
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(known.body))),
            ("ETag", known.etag),
            ("Cache-Control", "no-cache"),
        ]
        start_response("200 OK", headers + self._vary)
        return (known.body,)

    def _find(self, environ: dict[str, Any]) -> Rendered | None:
        query = environ.get("QUERY_STRING", "")
        if not self._is_plain(environ) or not self._is_in_order(query):
            return None
        installation = self._installation
        glance = installation.database.glance(VERSIONS)
        if glance is None:
            return None
        try:
            question = known_question(query.encode())
            tables = installation.offers.remembered(
                glance, question.service, question.practitioner, question.location
            )
            known = self._memory.find(question, tables) if tables else None
            if known is not None and installation.limits_enabled:
                self._limits.require(READS, "api", network(environ.get("REMOTE_ADDR", "")))
        except (Refusal, TooManyRequests):
            return None
        return known

    def _is_plain(self, environ: dict[str, Any]) -> bool:
        host = environ.get("HTTP_HOST", "").partition(":")[0]
        return (
            environ["REQUEST_METHOD"] == "GET"
            and host in self._installation.public_hosts
            and "HTTP_ORIGIN" not in environ
            and "HTTP_IF_NONE_MATCH" not in environ
            and "HTTP_TRANSFER_ENCODING" not in environ
            and not environ.get("CONTENT_LENGTH")
        )

    @staticmethod
    def _is_in_order(query: str) -> bool:
        # What is written with percent signs may be garbage, which is told apart elsewhere.
        return len(query) <= SHORT and query.isascii() and "%" not in query and "\0" not in query
