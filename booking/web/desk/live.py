"""
The board of a day, kept while nothing changes, and what its watchers ask every few seconds.

A board is kept under the versions that every relevant write raises and under the minute, since it
says how long people wait. So looking again costs two small questions, for those who reload and for
those who poll.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex

from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from booking.domain.lifecycle import ActorKind
from booking.domain.slots import Slot
from booking.domain.time import local_day
from booking.services import versions
from booking.services.bookings import new_times
from booking.services.clinic import Rulebook
from booking.services.desk.board import day as days
from booking.services.desk.board import lateness
from booking.services.desk.closings import closings
from booking.services.staff.sessions import SignedIn
from booking.services.times import free_time
from booking.store.engine import Session
from booking.web import clinic, times
from booking.web.access import current_staff
from booking.web.desk import rows
from booking.web.desk.blueprint import blueprint
from booking.web.desk.rows import BESIDE, LIST, Look
from booking.web.installation import here, read

_KEPT, _PAGES = "desk.boards", "desk.pages"
# Days that are looked at, times ways to look at them; then all are made anew.
_MOST = 100
# Stands in a kept page for the token of its forms; nobody can know it, so no name can hold it.
_TOKEN = token_hex()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which board: what the address says, and who looks."""

    day: date
    today: date
    view: str
    by: ActorKind
    only: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """A board as it is at a version: its name for caches, and its text."""

    etag: str
    html: Markup


def asked(person: SignedIn) -> Asked:
    """What this request asks for; without a day, today."""
    today = local_day(clinic.now(), clinic.facts().zone)
    return Asked(
        day=times.parse_day(request.args.get("day")) or today,
        today=today,
        view=BESIDE if request.args.get("view") == BESIDE else LIST,
        by=person.actor.kind,
        only=person.only_practitioner,
    )


def board(wanted: Asked) -> Board:
    """A board, from memory where nothing changed."""
    etag = _name(wanted.by, wanted.only)
    kept: dict[Asked, Board] = current_app.extensions.setdefault(_KEPT, {})
    known = kept.get(wanted)
    if known is not None and known.etag == etag:
        return known
    made = Board(etag, _made(wanted))
    if len(kept) >= _MOST:
        kept.clear()
    kept[wanted] = made
    return made


def page(wanted: Asked, person: SignedIn, write: Callable[..., str]) -> str:
    """
    The page around a board, kept as the board is.

    `write` makes it, of a board and what gives the token of forms: the one thing in it that is of
    one browser alone.
    """
    found, key = board(wanted), (wanted, person.email, person.roles, request.root_path)
    kept: dict[Hashable, tuple[str, str]] = current_app.extensions.setdefault(_PAGES, {})
    name, html = kept.get(key, ("", ""))
    if name != found.etag:
        html = write(found, csrf_token=lambda: _TOKEN)
        if len(kept) >= _MOST:
            kept.clear()
        kept[key] = found.etag, html
    return html.replace(_TOKEN, generate_csrf())


def now_named(person: SignedIn) -> str:
    """
    The name of what this person would see now, of any day.

    It is asked for before anything is read: what is shown is never older than its name.
    """
    return _name(person.actor.kind, person.only_practitioner)


def _name(by: ActorKind, only: int | None) -> str:
    seen = clinic.glance()
    version = versions.version(seen.rows) if seen else "away"
    return f"{version}-{clinic.now():%d%H%M}-{by.value}-{only or 0}"


def _made(wanted: Asked) -> Markup:
    def look(session: Session, now: datetime) -> dict[str, object]:
        rulebook, only = here().offers.rulebook(session), wanted.only
        seen = Look(rulebook, wanted.day, wanted.today, wanted.by, now, wanted.view, only)
        free = _free(session, rulebook, wanted.day, now) if wanted.by == "reception" else []
        return rows.page(
            seen,
            days.rows(session, rulebook, wanted.day, practitioner_id=only),
            free,
            days.unresolved(session, rulebook, practitioner_id=only, now=now, today=wanted.today),
            new_times.waiting(session, practitioner_id=only, now=now),
            lateness.now_late(session, wanted.day, practitioner_id=only),
            closings.on_board(
                session, wanted.day, today=wanted.today, practitioner_id=only, now=now
            ),
        )

    return Markup(render_template("desk/board.html", **read(look)))  # noqa: S704 - it escaped


def _free(session: Session, rulebook: Rulebook, chosen: date, now: datetime) -> list[Slot]:
    """The free times of the first service, of everybody who offers it."""
    plans = next(iter(rulebook.services.values()), [])
    return free_time.staff_slots(session, plans, first=chosen, last=chosen, now=now)


@blueprint.get("/board")
def live() -> ResponseReturnValue:
    """The board alone, for a page that shows it already; 304 while nothing changed."""
    wanted = asked(current_staff())
    if request.if_none_match.contains(_name(wanted.by, wanted.only)):
        return named(Response(status=304), _name(wanted.by, wanted.only))
    found = board(wanted)
    return named(Response(found.html, mimetype="text/html"), found.etag)


def named(response: Response, etag: str) -> Response:
    """An answer that browsers may ask for again by its name."""
    response.set_etag(etag)
    return response
