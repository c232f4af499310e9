"""`flask doctor`: what is well with this installation, and what is not."""

import socket
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from booking.domain.errors import Busy
from booking.services import health
from booking.services.clinic import is_set_up
from booking.services.health import Health
from booking.store.claims import NO_OVERLAP
from booking.store.engine import Database
from config import Settings

_MAIL_SECONDS = 5
_MAIL_IS_LATE_AFTER = 900


@dataclass(frozen=True)
class Finding:
    """One sentence about one thing."""

    is_well: bool
    words: str


def examine(settings: Settings, database: Database) -> list[Finding]:
    """Everything that can be seen from here."""
    findings = [_addresses(settings), _mail_server(settings), _zones()]
    try:
        found = database.read(lambda session, now: health.check(session, now=now))
    except (Busy, SQLAlchemyError):
        return [*findings, Finding(False, "Database: cannot be reached. Check DATABASE_URL.")]
    if not found.schema_is_current:
        words = "Schema: not current. Run: flask --app wsgi db upgrade"
        return [*findings, Finding(False, words)]
    return [
        *findings,
        Finding(True, "Database: reachable, schema current."),
        _guarantee(database),
        _clinic(database),
        _worker(found),
        _outbox(found),
    ]


def _addresses(settings: Settings) -> Finding:
    if settings.is_development:
        return Finding(True, f"Address: {settings.public_url} (development: only this machine).")
    if not settings.is_https:
        words = "is not https: sessions and health data would travel in the open."
        return Finding(False, f"Address: {settings.public_url} {words}")
    return Finding(True, f"Address: {settings.public_url}")


def _mail_server(settings: Settings) -> Finding:
    server, port = settings.mail.server, settings.mail.port
    if server is None and settings.is_development:
        return Finding(True, "Mail: kept in the local mailbox; nothing is sent.")
    if server is None:
        return Finding(False, "Mail: MAIL_SERVER is not set, so every message waits.")
    try:
        with socket.create_connection((server, port), timeout=_MAIL_SECONDS):
            return Finding(True, f"Mail: {server}:{port} answers.")
    except OSError as error:
        return Finding(False, f"Mail: {server}:{port} cannot be reached ({error}).")


def _zones() -> Finding:
    # Two zones whose rules changed lately: old data would put appointments an hour off.
    known = all(ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin"))
    return Finding(known, "Time zones: the data is there.")


def _guarantee(database: Database) -> Finding:
    query = {
        "sqlite": "SELECT 2 = count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE :n",
        "postgresql": "SELECT 1 = count(*) FROM pg_constraint WHERE conname LIKE :n",
    }[database.engine.dialect.name]
    name = {"n": f"{NO_OVERLAP}%"}
    if database.read(lambda session, _: session.scalar(text(query), name)):
        return Finding(True, "Guarantee: the database itself refuses double bookings.")
    return Finding(False, f"Guarantee: {NO_OVERLAP} is missing! Stop booking and restore it.")


def _clinic(database: Database) -> Finding:
    if database.read(lambda session, _: is_set_up(session)):
        return Finding(True, "Clinic: set up.")
    return Finding(False, "Clinic: not set up yet. Run: flask --app wsgi demo")


def _worker(found: Health) -> Finding:
    seen = found.worker_seen_seconds_ago
    if seen is None:
        return Finding(False, "Worker: never seen. Start it: flask --app wsgi worker")
    return Finding(not found.worker_is_late, f"Worker: last seen {seen} s ago.")


def _outbox(found: Health) -> Finding:
    oldest = found.oldest_unsent_seconds or 0
    words = f"Messages: {found.unsent} waiting (oldest {oldest} s), {found.failed} failed."
    return Finding(oldest <= _MAIL_IS_LATE_AFTER and not found.failed, words)
