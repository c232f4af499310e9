"""Clients that never finish: a hundred requests whose heads arrive a byte a second."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

from benchmarks.servers import Server

CLIENTS = 100
PATIENCE_SECONDS = 2.0
_TRIES = 5
_SETTLE_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many of the normal requests were answered in time, and what the slowest took."""

    answered: int
    tries: int
    longest: float


def visit(server: Server) -> Outcome:
    """Ask normally while slow clients are at it."""
    took: list[float] = []
    with _slow_clients(server.port):
        time.sleep(_SETTLE_SECONDS)
        for _ in range(_TRIES):
            began = time.monotonic()
            if _is_answered(server.port):
                took.append(time.monotonic() - began)
            time.sleep(0.5)
    return Outcome(len(took), _TRIES, max(took, default=PATIENCE_SECONDS))


def _is_answered(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as connection:
            connection.sendall(_head(port) + b"Connection: close\r\n\r\n")
            return connection.recv(20).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


@contextmanager
def _slow_clients(port: int) -> Iterator[None]:
    over = Event()
    thread = Thread(target=_dribble, args=(port, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _dribble(port: int, over: Event) -> None:
    connections = []
    try:
        for _ in range(CLIENTS):
            connection = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
            connection.sendall(_head(port) + b"X-Slow: ")
            connections.append(connection)
        while not over.wait(1):
            for connection in connections:
                _send_a_byte(connection)
    finally:
        for connection in connections:
            connection.close()


def _send_a_byte(connection: socket.socket) -> None:
    # The server may have had enough of it.
    with suppress(OSError):
        connection.sendall(b"a")


def _head(port: int) -> bytes:
    return f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n".encode()
