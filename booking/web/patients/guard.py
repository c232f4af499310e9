"""
What tells people from machines, without puzzles: a field that nobody sees, the age of a form, and,
under attack, a second's work of the browser. None of it refuses anybody by itself.
"""

from typing import Any

from flask import Flask, request

from booking.domain.suspicion import Signs, is_hasty
from booking.services.bookings.submissions import Sent
from booking.web.clinic import now
from booking.web.installation import here
from booking.web.limits import is_work_wanted, telling_network

# A name that machines like to fill and that browsers know nothing for.
TRAP, MARK, WORK = "website", "form_mark", "work"
_MOST = 2000
_SIGNS = "signs"
# What a try costs of the network's count when it looks like a machine's.
MACHINES_COST = 4


def register(app: Flask) -> None:
    """Let forms carry it (templates/parts/guard.html)."""
    app.jinja_env.globals.update(form_mark=form_mark, work_order=work_order)


def form_mark() -> str:
    """When this form was given out; a form that comes back with complaints keeps its first."""
    forms, moment = here().forms, now()
    mark = _given(MARK)
    return mark if forms.age(mark, now=moment) is not None else forms.mark(moment)


def work_order() -> dict[str, Any] | None:
    """What the browser is asked to work on; None in quiet times."""
    if not is_work_wanted():
        return None
    installation = here()
    order = installation.work.order(installation.random_token(), now=now())
    return {"order": order, "bits": installation.work.bits}


def kept_signs() -> dict[str, str]:
    """What the details' form shows, to be kept in the draft until the booking is asked for."""
    signs = [name for name, is_so in (("trap", _trapped()), ("hasty", _hasty())) if is_so]
    return {_SIGNS: " ".join(signs)} if signs else {}


def sent(answers: dict[str, str]) -> Sent:
    """How the form at hand came in, and the one before it, whose signs `answers` keeps."""
    kept = answers.get(_SIGNS, "").split()
    wanted = is_work_wanted()
    return Sent(
        trap_filled=_trapped() or "trap" in kept,
        hasty=_hasty() or "hasty" in kept,
        network=telling_network(),
        work_wanted=wanted,
        work=here().work.done(_given(WORK), now=now()) if wanted else None,
    )


def looks_like_a_machine() -> bool:
    """For forms that make no booking: they are answered as ever, and counted dearer."""
    return Signs(trap_filled=_trapped(), hasty=_hasty()).are_suspicious


def _trapped() -> bool:
    return bool(_given(TRAP))


def _hasty() -> bool:
    return is_hasty(here().forms.age(_given(MARK), now=now()))


def _given(name: str) -> str:
    return request.form.get(name, "")[:_MOST]
