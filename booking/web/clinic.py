"""The clinic as this request sees it: its rules, its free times, and the time on its wall."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g

from booking.services.clinic import ClinicFacts, Place, Rulebook
from booking.services.times.availability import VERSIONS, Timetable
from booking.store.engine import Glance
from booking.web.installation import here, read


def rulebook() -> Rulebook:
    """
    The rules, looked at once a request.

    Raises:
        NotSetUp: there is no clinic yet.
    """
    if "rulebook" not in g:
        offers, seen = here().offers, glance()
        known = offers.remembered_rulebook(seen) if seen else None
        g.rulebook = known or read(lambda session, _: offers.rulebook(session))
    found: Rulebook = g.rulebook
    return found


def timetables(
    service: str, practitioner: str | None = None, location: str | None = None
) -> list[Timetable]:
    """
    What is free, with one practitioner or with each who offers the service, at one place or at all.

    Raises:
        NotSetUp: there is no clinic yet.
        UnknownService, UnknownPractitioner, UnknownLocation: nobody offers this, or not there.
    """
    offers, seen = here().offers, glance()
    asked = (service, practitioner, location)
    known = offers.remembered(seen, *asked) if seen else None
    return known or read(lambda session, now: offers.timetables(session, *asked, now=now))


def glance() -> Glance | None:
    """What the database says of its versions and of the time, looked at once a request."""
    if "glance" not in g:
        g.glance = here().database.glance(VERSIONS)
    found: Glance | None = g.glance
    return found


def now() -> datetime:
    """The time of this request, for showing; every transaction has its own."""
    seen = glance()
    return seen.now if seen else read(lambda _, now: now)


def facts() -> ClinicFacts:
    """What pages say about the clinic."""
    return rulebook().clinic


def main_service() -> str | None:
    """The service that pages speak of when none was chosen; None while nothing is offered."""
    return next((plan.service for plan in rulebook().plans), None)


def at(location_id: int) -> ClinicFacts:
    """The clinic as it is at the location of a visit."""
    return rulebook().at(location_id)


def places_in_use() -> list[Place]:
    """Where patients can be seen; the first is the clinic's own."""
    return [place for place in rulebook().places if not place.is_archived]


def place(slug: str) -> Place:
    """The location that a slot names."""
    return next(place for place in rulebook().places if place.slug == slug)


def local(moment: datetime, zone: ZoneInfo | None = None) -> datetime:
    """An instant on the clinic's wall, or on that of one of its locations."""
    return moment.astimezone(zone or facts().zone)
