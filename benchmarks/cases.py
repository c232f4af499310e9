"""What is measured: each case's requests, on its server, and a look at what they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.clinic import Unexpected, booking_body, slots_path
from benchmarks.load import Job, Report, run
from benchmarks.servers import Server

CONNECTIONS = 8
# What nothing on this machine reaches, so that a round does not run out of bookings.
_BOOKINGS_A_SECOND = 1000


@dataclass
class Case:
    """Requests of one kind. `once`: each may be asked one time only, over all rounds."""

    name: str
    server: Server
    requests: list[str]
    status: int = 200
    once: bool = False
    _asked: int = field(default=0, init=False)

    def measure(self, seconds: float) -> Report:
        """
        Put load on the server for so long.

        Raises:
            WrongAnswer: an answer was not the expected one.
        """
        asked = self.requests
        if self.once:
            asked = asked[self._asked : self._asked + int(seconds * _BOOKINGS_A_SECOND)]
        report = run(Job(self.server.port, asked, self.once, self.status, CONNECTIONS, seconds))
        self._asked += report.count
        return report


def bare(server: Server) -> Case:
    """The bare Flask route."""
    return _get("bare Flask JSON route", server, "/", shows=b"ok")


def slots(server: Server, today: date, *, days: int = 7) -> Case:
    """The free times of one week, or of so many days."""
    first = today + timedelta(days=7 if days == 7 else 0)
    path = slots_path(first, first + timedelta(days=days - 1))
    name = "one week" if days == 7 else f"{days} days"
    return _get(f"GET /api/v1/slots, {name}", server, path, shows=b'"practitioner":"dr-ahmed"')


def book(server: Server) -> Case:
    """The first page of booking, as a visitor without cookies gets it."""
    return _get("GET /book", server, "/book", shows=b"Choose a day")


def desk(server: Server, day: date, cookies: str, count: str = "ten") -> Case:
    """Reception's board of a day with bookings."""
    path = f"/desk?day={day.isoformat()}"
    return _get(
        f"GET /desk, {count} bookings", server, path, {"Cookie": cookies}, b"Maria Gonzalez"
    )


def bookings(server: Server, starts: list[str]) -> Case:
    """Bookings, each of a time of its own."""
    name = "POST /api/v1/bookings"
    headers = {"Content-Type": "application/json"}
    asked = [
        _request("POST", "/api/v1/bookings", server.port, headers, booking_body(start))
        for start in starts
    ]
    return Case(name, server, asked, status=201, once=True)


def _get(
    name: str,
    server: Server,
    path: str,
    headers: Mapping[str, str] | None = None,
    shows: bytes = b"",
) -> Case:
    answer = server.ask("GET", path, headers=headers)
    if answer.status != 200 or shows not in answer.body:
        raise Unexpected(f"{path}: {answer.status}\n{answer.body[:1000].decode()}")
    return Case(name, server, [_request("GET", path, server.port, headers or {})])


def _request(
    method: str, path: str, port: int, headers: Mapping[str, str], body: bytes = b""
) -> str:
    sent = {"Host": f"127.0.0.1:{port}", "Accept": "*/*", **headers}
    if body:
        sent["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "\r\n".join([*lines, "", ""]) + body.decode()
