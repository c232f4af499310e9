"""Web servers on free ports of 127.0.0.1, each with its processes' CPU time."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from booking.supervisor import STOP_SECONDS, web_server
from config import ROOT, Settings
from tests.postgres import DIES_WITH_US

WORKERS = 2
THREADS = 8
CLINIC = "wsgi:app"
BARE = "benchmarks.bare:app"
_START_SECONDS = 30
_TICKS = os.sysconf("SC_CLK_TCK")
Command = Callable[[str, Mapping[str, str]], list[str]]


class DidNotStart(Exception):
    """A server ended, or did not answer, instead of starting."""


def granian(target: str, environ: Mapping[str, str]) -> list[str]:
    """What `make run` starts, for any application."""
    *command, clinic = web_server(Settings.from_environment(environ))
    assert clinic == CLINIC, "the web server's command has another shape"
    return [*command, target]


def gunicorn_gthread(target: str, environ: Mapping[str, str]) -> list[str]:
    """Gunicorn with as many threads as Granian has here."""
    return _gunicorn(target, environ, "--worker-class=gthread", f"--threads={THREADS}")


def gunicorn_sync(target: str, environ: Mapping[str, str]) -> list[str]:
    """Gunicorn as it is by default: a process serves one connection at a time."""
    return _gunicorn(target, environ, "--worker-class=sync")


def _gunicorn(target: str, environ: Mapping[str, str], *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn"),
        f"--bind=127.0.0.1:{environ['PORT']}",
        f"--workers={WORKERS}",
        *options,
        *("--log-level=warning", "--no-control-socket"),
        target,
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes
    cookies: tuple[str, ...]


class Server:
    """
    One web server, from entering to leaving a `with` block.

    `environ` is all that it sees of the environment; PORT is added.
    """

    def __init__(self, command: Command, target: str, environ: Mapping[str, str], folder: Path):
        self.port = free_port()
        self._environ = {**environ, "PORT": str(self.port)}
        self._command = command(target, self._environ)
        self._log = folder / f"server-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            # A session of its own: Ctrl-C reaches it through us alone, in good order.
            self._process = subprocess.Popen(
                [*DIES_WITH_US, *self._command],
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.terminate()
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass  # it will not go by itself
        finally:
            end_group(process)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.ask("GET", "/")
                return
            except (OSError, HTTPException):
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                raise DidNotStart(self._log.read_text(errors="replace")[-3000:])
            time.sleep(0.05)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_START_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            cookies = tuple(
                cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie", [])
            )
            return Answer(answer.status, answer.read(), cookies)
        finally:
            connection.close()

    def cpu_seconds(self) -> float:
        """CPU time that the server's processes have used until now."""
        assert self._process is not None
        return tree_cpu_seconds(self._process.pid)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a process group that we started, and wait for its leader."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tree_cpu_seconds(root: int) -> float:
    """CPU time, user and system, of a process, its descendants, and those that have ended."""
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in parentheses may hold anything, blanks and parentheses too.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        pid = int(stat.parent.name)
        children.setdefault(int(fields[1]), []).append(pid)
        # utime, stime, and of children that were waited for: proc(5), fields 14 to 17.
        ticks[pid] = sum(map(int, fields[11:15]))
    found, total = [root], 0
    while found:
        pid = found.pop()
        total += ticks.get(pid, 0)
        found += children.get(pid, [])
    return total / _TICKS
