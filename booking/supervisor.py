"""
`flask serve`: one process that starts the web server and the worker, and stops both.

Children of a shell ignore Ctrl-C; these do not, and a child that dies is started again.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

import structlog

from config import ROOT, Settings

STOP_SECONDS = 10
# A child that cannot live is not restarted faster than this.
_PAUSE_SECONDS = 2
# More than this beside two processes only wait for each other.
_THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
_log = structlog.get_logger()


class PortTaken(Exception):
    """Something else listens on the port."""


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = field(default=None)
    started: float = 0

    def start(self) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches it through us alone."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command, cwd=ROOT, start_new_session=True
        )

    def keep_alive(self) -> None:
        """Start it again if it has died."""
        if self.process is None or self.process.poll() is None:
            return
        _log.warning("child_died", child=self.name, status=self.process.returncode)
        time.sleep(max(0.0, _PAUSE_SECONDS - (time.monotonic() - self.started)))
        self.start()

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self) -> None:
        """Wait until it has ended, and end it if it does not."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def web_server(settings: Settings) -> list[str]:
    """
    The command of the web server.

    Granian reads a request's head before a Python thread is taken for it, so slow heads and slow
    readers hold up nobody. A slow body holds a thread: on a public address the proxy in front,
    which gathers bodies first, is what protects from that (docs/deploy.md).
    """
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface=wsgi",
        f"--host={settings.host}",
        f"--port={settings.port}",
        f"--workers={settings.web_concurrency}",
        f"--blocking-threads={_THREADS}",
        "--respawn-failed-workers",
        "--workers-kill-timeout=8",
        "--log-level=warning",
        "--no-ws",
        "wsgi:app",
    ]


def require_free_port(settings: Settings) -> None:
    """
    Say so now if the port is taken, rather than in a web server's traceback.

    Raises:
        PortTaken: with a sentence that says what to do.
    """
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTaken(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
                "Is Booking running already? Choose another with PORT=8001."
            ) from error


def serve(settings: Settings) -> None:
    """Run web server and worker until SIGINT or SIGTERM."""
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    children = [
        Child("web", web_server(settings)),
        Child("worker", [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]),
    ]
    for child in children:
        child.start()
    while not stop.wait(0.5):
        for child in children:
            child.keep_alive()
    for child in children:
        child.stop()
    for child in children:
        child.wait()
