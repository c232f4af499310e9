"""The held time as pages show it: what it is, and for how long it is kept."""

from typing import Any

from booking.domain.slots import parse_slot_id
from booking.formats import dates
from booking.services.bookings.drafts import DraftView
from booking.web import language
from booking.web.clinic import local, now, rulebook
from booking.web.patients.views import visit_facts


def hold_shown(found: DraftView) -> dict[str, Any]:
    """The chosen time of a draft; without `expires_at` it is not held any more."""
    service, practitioner, start = parse_slot_id(found.slot or "")
    plan = rulebook().plan_at(service, practitioner, start)
    return {
        "start": local(start, plan.rules.zone),
        "end": local(start + plan.rules.visit.length, plan.rules.zone),
        "zone_name": dates.show_zone(plan.rules.zone, locale=language.current()),
        "address": plan.place.address,
        "practitioner": plan.practitioner_name,
        **visit_facts(plan),
        "seconds_left": _seconds_left(found),
        "expires_at": found.expires_at.isoformat() if found.expires_at else None,
        "expires_clock": local(found.expires_at) if found.expires_at else None,
    }


def _seconds_left(found: DraftView) -> int | None:
    """By the server's own clock: a device's may be wrong."""
    if found.expires_at is None:
        return None
    return max(0, int((found.expires_at - now()).total_seconds()))
