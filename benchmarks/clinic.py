"""The clinic that is measured: the demo, a past, a day that is half full, and a wide horizon."""

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.servers import WORKERS, Server
from booking.services.admin import hours, practitioners
from booking.services.admin.demo import PRACTITIONER, SERVICE
from booking.store.engine import Database, make_engine
from config import ROOT

# At 14 starts a working day, enough for more bookings than any run makes.
WIDE_DAYS = 1200
_BOOKED = 10
_SPAN_DAYS = 62
_DEMO_SECONDS = 900
# Of the caller's environment only what programs need to run; settings of another clinic stay out.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONNOUSERSITE")
_ACCOUNT = re.compile(r"^\s*reception\s+(\S+)\s+(\S+)\s*$", re.MULTILINE)
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_PATIENT = {
    "name": "Maria Gonzalez",
    "date_of_birth": "1990-03-14",
    "email": "maria@patient.example",
    "phone": "+1 202-555-0188",
}


class Unexpected(Exception):
    """The program did not do what a benchmark of it rests on."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in."""

    email: str
    password: str


def environment(database_url: str, instance: Path, secret: str) -> dict[str, str]:
    """All that the measured program sees of its surroundings."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(instance),
        "SECRET_KEY": secret,
        "WEB_CONCURRENCY": str(WORKERS),
        "RATELIMIT_ENABLED": "0",
    }


def new_secret() -> str:
    """A secret for this run."""
    return secrets.token_urlsafe(48)


def set_up(environ: Mapping[str, str]) -> Account:
    """The demo clinic in an empty database; gives reception's account."""
    found = _ACCOUNT.search(_flask(environ, "demo"))
    if found is None:
        raise Unexpected("`flask demo` told no account of reception")
    return Account(found[1], found[2])


def fill_past(environ: Mapping[str, str], count: int) -> None:
    """Add bookings over the past years."""
    _flask(environ, "demo", "--past", str(count))


def _flask(environ: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
        cwd=ROOT,
        env=dict(environ),
        capture_output=True,
        text=True,
        timeout=_DEMO_SECONDS,
        check=False,
    )
    if done.returncode:
        raise Unexpected(f"`flask {' '.join(arguments)}` failed:\n{done.stderr[-3000:]}")
    return done.stdout


def widen(database_url: str) -> None:
    """Open the book for years, so that every booking of a run finds a time of its own."""
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE services SET horizon_days = :days"), {"days": WIDE_DAYS})
    engine.dispose()


def add_practitioners(database_url: str, count: int) -> None:
    """So many more who offer the same in the same hours."""
    database = Database(database_url, clock=lambda _: datetime.now(UTC))

    def work(session: Session, now: datetime) -> None:
        model = practitioners.practitioner(session, PRACTITIONER)
        week = hours.week_of(session, model.id)
        offered = practitioners.as_they_are(session, model).services
        for number in range(count):
            slug = f"colleague-{number}"
            person = practitioners.Person(f"Dr. Colleague {number}", None, offered)
            practitioners.add(slug, person, now=now).apply(session)
            hours.set_week(practitioners.practitioner(session, slug), week).apply(session)

    database.write(work)
    database.dispose()


def free_slots(server: Server, first: date, days: int) -> list[dict[str, Any]]:
    """What the program offers from `first` on."""
    found: list[dict[str, Any]] = []
    last = first + timedelta(days=days)
    while first <= last:
        until = min(last, first + timedelta(days=_SPAN_DAYS - 1))
        answer = server.ask("GET", slots_path(first, until))
        if answer.status != 200:
            raise Unexpected(f"slots: {answer.status} {answer.body[:500].decode()}")
        found += json.loads(answer.body)["slots"]
        first = until + timedelta(days=1)
    return found


def slots_path(first: date, last: date) -> str:
    """The address of the slots on some days."""
    query = {"service": SERVICE, "from": first.isoformat(), "to": last.isoformat()}
    return f"/api/v1/slots?{urlencode(query)}"


def booking_body(start: str, practitioner: str = PRACTITIONER) -> bytes:
    """What a client sends to book."""
    wish = {"service": SERVICE, "practitioner": practitioner, "start": start}
    return json.dumps(wish | {"patient": _PATIENT, "privacy_notice": "1"}).encode()


def fill_a_day(server: Server, today: date, count: int = _BOOKED) -> date:
    """Book so many times of one coming day, and give that day."""
    offered = free_slots(server, today + timedelta(days=2), 10)
    days = groupby(offered, key=lambda slot: date.fromisoformat(slot["start"][:10]))
    day, slots = next((day, list(slots)) for day, slots in days)
    if len(slots) <= count:
        raise Unexpected(f"only {len(slots)} free times on {day}")
    for slot in slots[:count]:
        body = booking_body(slot["start"], slot["practitioner"])
        answer = server.ask("POST", "/api/v1/bookings", body, {"Content-Type": "application/json"})
        if answer.status != 201:
            raise Unexpected(f"booking: {answer.status} {answer.body[:500].decode()}")
    return day


def sign_in(server: Server, account: Account) -> str:
    """Sign in and open the desk once; gives the Cookie header that a browser would send then."""
    cookies: dict[str, str] = {}

    def ask(method: str, path: str, form: dict[str, str] | None = None) -> bytes:
        headers = {"Cookie": _header(cookies)} if cookies else {}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = server.ask(method, path, urlencode(form).encode() if form else None, headers)
        if answer.status not in {200, 303}:
            raise Unexpected(f"{method} {path}: {answer.status} {answer.body[:500].decode()}")
        for cookie in answer.cookies:
            name, _, value = cookie.partition("=")
            cookies[name] = value
        return answer.body

    found = _TOKEN.search(ask("GET", "/login").decode())
    if found is None:
        raise Unexpected("the sign-in page has no CSRF token")
    ask(
        "POST",
        "/login",
        {"csrf_token": found[1], "email": account.email, "password": account.password},
    )
    if b'action="/logout"' not in ask("GET", "/desk"):
        raise Unexpected("signing in did not lead to the desk")
    return _header(cookies)


def _header(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items() if value)
