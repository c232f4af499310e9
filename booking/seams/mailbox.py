"""The local mailbox: mail of a development clinic, kept as files instead of being sent."""

import os
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from booking.domain.messages import DeliveryFailure

_KEPT = 200


class Mailbox:
    """A folder of messages; web server and worker share it."""

    def __init__(self, folder: Path):
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """
        Keep a message.

        Raises:
            DeliveryFailure: the folder cannot be written to.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{self._next_number():08d}"
            # Written beside and renamed: a reader never meets half a message.
            unfinished = self._folder / f"{name}.{os.getpid()}.part"
            unfinished.write_bytes(bytes(message))
            unfinished.rename(self._folder / f"{name}-{os.getpid()}.eml")
            self._forget_old()
        except OSError as error:
            raise DeliveryFailure("the local mailbox cannot be written to", True) from error

    def _next_number(self) -> int:
        return max((int(path.name[:8]) for path in self._folder.glob("*.eml")), default=0) + 1

    def _forget_old(self) -> None:
        for path in sorted(self._folder.glob("*.eml"))[:-_KEPT]:
            path.unlink(missing_ok=True)

    def messages(self) -> Iterator[tuple[str, EmailMessage]]:
        """All messages with their ids, newest first."""
        for path in sorted(self._folder.glob("*.eml"), reverse=True):
            try:
                yield path.stem, _parse(path)
            except FileNotFoundError:
                continue

    def get(self, message_id: str) -> EmailMessage | None:
        """One message; None if there is none with this id."""
        if not all(part.isascii() and part.isdigit() for part in message_id.split("-")):
            return None
        path = self._folder / f"{message_id}.eml"
        return _parse(path) if path.is_file() else None


def _parse(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
    return message
