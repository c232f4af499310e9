"""
A day at the clinic in a process of its own, whose standard error is the program's log.

Prints, as JSON, what must not be found there. `python -m tests.web.logged DATABASE_URL FOLDER`
"""

import json
import sys
from pathlib import Path

from booking.app import create_app
from booking.domain.errors import Busy
from booking.store.engine import Database
from config import Settings
from tests.support import SECRET, Clinic, Time
from tests.templates import PASSWORD
from tests.web.journeys import ANN, book
from tests.web.site import furnish
from tests.web.test_manage import cancel, move
from tests.web.test_signing_in import sign_in
from tests.web.visitor import Visitor


def break_(**_: str) -> str:
    raise RuntimeError("Ann O’Brien, ann@patient.example, born 14 March 1990")


def be_busy(**_: str) -> str:
    raise Busy


def live_through(database_url: str, folder: Path) -> dict[str, str]:
    """Every kind of deed and failure; what must stay out of the log."""
    time = Time()
    clinic = Clinic(Database(database_url, clock=time), time)
    settings = {"SECRET_KEY": SECRET, "INSTANCE_PATH": str(folder)}
    app = create_app(Settings.from_environment(settings), database=clinic.database, clock=time)
    things = furnish(clinic, folder)
    visitor = Visitor(app)
    token = book(visitor)
    draft = visitor.cookie("draft")
    move(visitor, token)
    cancel(visitor, token, "A reason that is private")
    sign_in(visitor, password="wrong " + PASSWORD)
    sign_in(visitor)
    visitor.get(f"/desk/bookings/{things.booking.id}")
    visitor.get(f"/calendar/{things.feed_token}.ics")
    visitor.get(f"/manage/{token}/nothing")
    visitor.open(f"/manage/{token}/move", "PUT")
    app.view_functions["public.article"] = be_busy
    visitor.get("/micro-needling")
    for view in ("manage.show", "calendars.feed", "book.confirmed"):
        app.view_functions[view] = break_
    visitor.get(f"/manage/{token}")
    visitor.get(f"/calendar/{things.feed_token}.ics")
    visitor.get(f"/book/confirmed/{token}")
    return {
        "manage token": token,
        "feed token": things.feed_token,
        "draft": draft or "",
        "staff session": visitor.cookie("staff") or "",
        "password": PASSWORD,
        "secret key": SECRET,
        "name": "Brien",
        "address": ANN["email"],
        "reason": "private",
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(live_through(sys.argv[1], Path(sys.argv[2]))))
