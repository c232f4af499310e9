"""Mail servers: a real one in a thread, and one that misbehaves on command."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Letterbox:
    """What a server was handed, byte for byte."""

    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 OK"

    @property
    def raw(self) -> list[bytes]:
        return [bytes(envelope.content or b"") for envelope in self.envelopes]

    @property
    def mails(self) -> list[EmailMessage]:
        return [read(content) for content in self.raw]


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def mail_server(**how: Any) -> Iterator[tuple[int, Letterbox]]:
    """A real SMTP server; its port and what it was handed."""
    letterbox = Letterbox()
    controller = Controller(letterbox, hostname="127.0.0.1", port=free_port(), **how)
    controller.start()
    try:
        yield controller.port, letterbox
    finally:
        controller.stop()


# What a server does at a stage instead of answering as it should.
Act = Callable[["Talk"], None]


@dataclass
class Talk:
    """One connection, as the misbehaving server sees it."""

    socket: socket.socket
    server: "RudeServer"

    def say(self, line: bytes) -> None:
        self.socket.sendall(line + b"\r\n")


def hang(talk: Talk) -> None:
    """Say nothing until the server is stopped."""
    talk.server.over.wait(30)
    raise ConnectionAbortedError


def hang_up(talk: Talk) -> None:
    raise ConnectionAbortedError


def reset(talk: Talk) -> None:
    """End the connection so that the other side gets an error."""
    talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    talk.socket.close()
    raise ConnectionAbortedError


def trickle(talk: Talk) -> None:
    """A byte now and then, each in time, of an answer that never ends."""
    while not talk.server.over.wait(0.05):
        talk.socket.sendall(b"2")


def say(line: bytes) -> Act:
    return lambda talk: talk.say(line)


def babble(talk: Talk) -> None:
    """A line longer than any answer may be."""
    talk.socket.sendall(b"x" * 20_000 + b"\r\n")


class RudeServer:
    """
    Speaks just enough SMTP, and misbehaves where `acts` says so.

    Stages are "connect", the commands' names, and "sent" once a message is complete.
    """

    def __init__(
        self, acts: dict[str, Act] | None = None, features: tuple[bytes, ...] = ()
    ) -> None:
        self.acts = acts or {}
        self.features = features
        self.contents: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._open: list[socket.socket] = []

    def __enter__(self) -> "RudeServer":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for connection in [self._listener, *self._open]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def mails(self) -> list[EmailMessage]:
        return [read(content) for content in self.contents]

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talk = Talk(connection, self)
            self._act("connect", talk, b"220 here")
            lines = connection.makefile("rb")
            while line := lines.readline():
                command = line.split()[0].decode("ascii", "replace").upper() if line.split() else ""
                if command == "EHLO" and self.features:
                    self._act(command, talk, self._greeting())
                elif command == "DATA":
                    self._act(command, talk, b"354 go on")
                    self._receive(lines)
                    self._act("sent", talk, b"250 taken")
                elif command == "QUIT":
                    self._act(command, talk, b"221 bye")
                    return
                else:
                    self._act(command, talk, b"250 fine")

    def _greeting(self) -> bytes:
        words = [b"here", *self.features]
        lines = [b"250-" + word for word in words[:-1]] + [b"250 " + words[-1]]
        return b"\r\n".join(lines)

    def _receive(self, lines: Any) -> None:
        content = b""
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise ConnectionAbortedError
            content += line[1:] if line.startswith(b".") else line
        self.contents.append(content)

    def _act(self, stage: str, talk: Talk, usual: bytes) -> None:
        self.acts.get(stage, say(usual))(talk)


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is so; fail if it does not come about."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
