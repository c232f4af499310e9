"""The clinic as this request sees it: its rules, its free times, and the time on its wall."""

from datetime import datetime

from flask import g

from booking.services.availability import VERSIONS, Timetable
from booking.services.clinic import ClinicFacts, Rulebook
from booking.store.engine import Glance
from booking.web.installation import here, read


def rulebook() -> Rulebook:
    """
    The rules, looked at once a request.

    Raises:
        NotSetUp: there is no clinic yet.
    """
    if "rulebook" not in g:
        offers, glance = here().offers, _glance()
        known = offers.remembered_rulebook(glance) if glance else None
        g.rulebook = known or read(lambda session, _: offers.rulebook(session))
    found: Rulebook = g.rulebook
    return found


def timetables(service: str, practitioner: str | None = None) -> list[Timetable]:
    """
    What is free, with one practitioner or with each who offers the service.

    Raises:
        NotSetUp: there is no clinic yet.
        UnknownService, UnknownPractitioner: nobody offers this.
    """
    offers, glance = here().offers, _glance()
    known = (
        offers.remembered(glance, service=service, practitioner=practitioner) if glance else None
    )
    return known or read(
        lambda session, now: offers.timetables(
            session, service=service, practitioner=practitioner, now=now
        )
    )


def _glance() -> Glance | None:
    if "glance" not in g:
        g.glance = here().database.glance(VERSIONS)
    found: Glance | None = g.glance
    return found


def now() -> datetime:
    """The time of this request, for showing; every transaction has its own."""
    glance = _glance()
    return glance.now if glance else read(lambda _, now: now)


def facts() -> ClinicFacts:
    """What pages say about the clinic."""
    return rulebook().clinic


def main_service() -> str | None:
    """The service that pages speak of when none was chosen; None while nothing is offered."""
    return next((plan.service for plan in rulebook().plans), None)


def local(moment: datetime) -> datetime:
    """An instant on the clinic's wall."""
    return moment.astimezone(facts().zone)
