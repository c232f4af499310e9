"""What this process serves with: handed over once by the composition root, read by every view."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Protocol, TypeVar, cast

from flask import Flask, current_app, g

from booking.domain.suspicion import ConfirmEmail, ProofOfWork
from booking.formats.languages import Language
from booking.formats.links import Links
from booking.formats.tokens import DeviceMarks, FormMarks, RandomToken
from booking.formats.work import WorkOrders
from booking.services.times.availability import Offers
from booking.store.engine import Database, Session

Result = TypeVar("Result")
_KEY = "booking"
# What a request keeps of the clinic while it only looks (web/clinic.py).
SEEN = ("glance", "rulebook")


class ReadableMailbox(Protocol):
    """The local mailbox, as far as its page needs it."""

    def messages(self) -> Iterator[tuple[str, EmailMessage]]:
        """All messages with their ids, newest first."""

    def get(self, message_id: str) -> EmailMessage | None:
        """One message; None if there is none with this id."""


@dataclass(frozen=True)
class Installation:
    """The database, what is remembered of it, and what links and tokens are made with."""

    database: Database
    offers: Offers
    links: Links
    random_token: RandomToken
    devices: DeviceMarks
    forms: FormMarks
    work: WorkOrders
    public_hosts: frozenset[str]
    is_https: bool
    is_development: bool
    limits_enabled: bool
    confirm_email: ConfirmEmail
    proof_of_work: ProofOfWork
    # How long word of what staff do waits.
    grace: timedelta
    redis_url: str | None
    allowed_origins: frozenset[str]
    # By their codes; English is always among them.
    languages: Mapping[str, Language]
    mailbox: ReadableMailbox | None

    def cookie_name(self, name: str) -> str:
        """On https, a name that browsers tie to this host, to https and to the whole site."""
        return f"__Host-{name}" if self.is_https else name


def install(app: Flask, installation: Installation) -> None:
    """Give an app what its views need."""
    app.extensions[_KEY] = installation


def here() -> Installation:
    """What the running app serves with."""
    return cast(Installation, current_app.extensions[_KEY])


def read(work: Callable[[Session, datetime], Result]) -> Result:
    """Run `work(session, now)` in a transaction that changes nothing."""
    return here().database.read(work)


def write(work: Callable[[Session, datetime], Result]) -> Result:
    """Run `work(session, now)` in a transaction and commit it."""
    try:
        return here().database.write(work)
    finally:
        # Done or refused: what the request saw before may no longer be so.
        for name in SEEN:
            g.pop(name, None)
