"""
The load: a process of its own that keeps a few connections busy and looks at every answer.

It reads a job as JSON from standard input and writes a report as JSON to standard output. One
thread and one epoll serve all connections, which costs about a tenth of what the server spends.
"""

import json
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle

from config import ROOT

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_SILENCE_SECONDS = 10


class WrongAnswer(Exception):
    """An answer that was not the expected one: what was measured would mean nothing."""


@dataclass(frozen=True)
class Job:
    """
    What to ask, how long and how many at a time.

    `requests` are whole HTTP requests; they are asked in turn, each once only if `once`.
    """

    port: int
    requests: list[str]
    once: bool
    status: int
    connections: int
    seconds: float


@dataclass(frozen=True)
class Report:
    """What came of it: times in milliseconds, the load's own CPU time in seconds."""

    count: int
    seconds: float
    p50: float
    p99: float
    own_cpu: float


def run(job: Job) -> Report:
    """
    Put the load on in a process of its own.

    Raises:
        WrongAnswer: an answer had another status, none came, or requests ran out.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(job)),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=job.seconds + 3 * _SILENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        raise WrongAnswer(done.stderr.strip()[-2000:])
    return Report(**json.loads(done.stdout))


class _Connection:
    """One kept connection with at most one request under way."""

    def __init__(self, port: int):
        self._port = port
        self._received = b""
        self._missing = 0
        self.asked_at = 0
        self._connect()

    def _connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port), _SILENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self._received, self._missing = b"", -1
        self.asked_at = time.perf_counter_ns()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The whole answer once it is there; None before."""
        part = self.socket.recv(262_144)
        if not part:
            raise WrongAnswer("the server closed the connection before it had answered")
        self._received += part
        if self._missing < 0:
            head_end = self._received.find(b"\r\n\r\n")
            if head_end < 0:
                return None
            length = _LENGTH.search(self._received, 0, head_end + 2)
            if length is None:
                raise WrongAnswer("an answer without a length")
            self._missing = head_end + 4 + int(length[1])
        return self._received if len(self._received) >= self._missing else None

    def is_closed_after(self, answer: bytes) -> bool:
        """Whether the server wants a new connection for the next request."""
        return _CLOSE.search(answer, 0, answer.find(b"\r\n\r\n") + 2) is not None

    def reconnect(self) -> None:
        """Open another connection in place of this one."""
        self.socket.close()
        self._connect()


class _Load:
    """All connections, and what was measured on them."""

    def __init__(self, job: Job):
        self._job = job
        texts = [text.encode() for text in job.requests]
        self._requests: Iterator[bytes] = iter(texts) if job.once else cycle(texts)
        self._status = str(job.status).encode()
        self._took: list[int] = []
        self._epoll = select.epoll()
        self._busy: dict[int, _Connection] = {}

    def put_on(self) -> Report:
        began = time.perf_counter_ns()
        end = began + int(self._job.seconds * 1e9)
        for _ in range(self._job.connections):
            connection = _Connection(self._job.port)
            self._watch(connection)
            self._ask(connection)
        while self._busy:
            ready = self._epoll.poll(_SILENCE_SECONDS)
            if not ready:
                raise WrongAnswer(f"no answer for {_SILENCE_SECONDS} seconds")
            for number, _ in ready:
                self._listen(self._busy[number], end)
        took = sorted(self._took)
        return Report(
            count=len(took),
            seconds=(time.perf_counter_ns() - began) / 1e9,
            p50=took[len(took) // 2] / 1e6,
            p99=took[min(len(took) - 1, len(took) * 99 // 100)] / 1e6,
            own_cpu=time.process_time(),
        )

    def _watch(self, connection: _Connection) -> None:
        self._busy[connection.socket.fileno()] = connection
        self._epoll.register(connection.socket, select.EPOLLIN)

    def _forget(self, connection: _Connection) -> None:
        del self._busy[connection.socket.fileno()]
        self._epoll.unregister(connection.socket)

    def _ask(self, connection: _Connection) -> None:
        request = next(self._requests, None)
        if request is None:
            raise WrongAnswer(f"all {len(self._job.requests)} requests were used up")
        connection.ask(request)

    def _listen(self, connection: _Connection, end: int) -> None:
        answer = connection.receive()
        if answer is None:
            return
        now = time.perf_counter_ns()
        self._took.append(now - connection.asked_at)
        if answer[9:12] != self._status:
            raise WrongAnswer(f"expected {self._job.status}:\n{answer[:1000].decode()}")
        if now >= end:
            self._forget(connection)
            connection.socket.close()
            return
        if connection.is_closed_after(answer):
            self._forget(connection)
            connection.reconnect()
            self._watch(connection)
        self._ask(connection)


if __name__ == "__main__":
    try:
        json.dump(asdict(_Load(Job(**json.load(sys.stdin))).put_on()), sys.stdout)
    except (WrongAnswer, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
