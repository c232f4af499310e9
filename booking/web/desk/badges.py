"""
The numbers in the desk's navigation: messages that were given up, and calls to make.

Every page of the desk shows them, so they are kept under the versions and the minute, as boards
are (live.py). A mail that fails and is about no booking raises no version: it is counted within
the minute.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, g

from booking.services import versions
from booking.services.desk import messages
from booking.services.desk.calls import call_lists
from booking.store.engine import Session
from booking.web import clinic
from booking.web.desk.blueprint import blueprint
from booking.web.installation import read

_KEPT = "desk.badges"


@dataclass(frozen=True, slots=True)
class Badges:
    """How many of each there are."""

    failed: int = 0
    calls: int = 0


@blueprint.app_context_processor
def _context() -> dict[str, object]:
    return {"badges": badges}


def badges() -> Badges:
    """The numbers as they are; none on an error page, which must not ask what is away."""
    seen = None if g.get("database_is_away") else clinic.glance()
    if seen is None:
        return Badges()
    name = f"{versions.version(seen.rows)}-{seen.now:%d%H%M}"
    kept: tuple[str, Badges] | None = current_app.extensions.get(_KEPT)
    if kept is not None and kept[0] == name:
        return kept[1]
    made = read(_count)
    current_app.extensions[_KEPT] = (name, made)
    return made


def _count(session: Session, now: datetime) -> Badges:
    return Badges(messages.failed(session), call_lists.open_now(session, now=now))
