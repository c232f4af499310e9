"""Wishes as forms give them and as pages say them, to patients and to the desk."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from booking.domain.people import Findings
from booking.domain.sentences import to_patients
from booking.domain.waitlist import EntryState, Outcome, Part, Wishes
from booking.formats import dates
from booking.formats.languages import translate
from booking.store.waitlist import WaitlistOffer
from booking.web import language
from booking.web.clinic import at, local, rulebook

PART_WORDS = {
    Part.MORNING: to_patients("Morning"),
    Part.AFTERNOON: to_patients("Afternoon"),
    Part.EVENING: to_patients("Evening"),
}
# As in "Mondays, mornings".
_EVERY = {
    Part.MORNING: to_patients("mornings"),
    Part.AFTERNOON: to_patients("afternoons"),
    Part.EVENING: to_patients("evenings"),
}
_FROM, _UNTIL = to_patients("from {day}"), to_patients("until {day}")
_WITH, _AT = to_patients("with {name}"), to_patients("at {place}")
_ANY_TIME = to_patients("Any time")
STATE_WORDS = {
    EntryState.OPEN: "Waits",
    EntryState.OFFERED: "Has an offer",
    EntryState.FILLED: "Has a time",
    EntryState.LEFT: "Left",
    EntryState.EXPIRED: "Waited its time",
}
OUTCOME_WORDS = {
    Outcome.OPEN: "Not answered yet",
    Outcome.ACCEPTED: "Accepted",
    Outcome.DECLINED: "Declined",
    Outcome.EXPIRED: "Not answered in time",
    Outcome.WITHDRAWN: "Taken back",
}


def typed(form: Any) -> dict[str, Any]:
    """What was ticked and typed, as it was, for showing it again."""
    return {
        "weekdays": form.getlist("weekday")[:7],
        "parts": form.getlist("part")[:3],
        **{
            name: form.get(name, "")[:100]
            for name in ("earliest", "latest", "practitioner", "location")
        },
    }


def as_typed(wishes: Wishes) -> dict[str, Any]:
    """Wishes as the form would send them."""
    return {
        "weekdays": [str(day) for day in sorted(wishes.weekdays)],
        "parts": [part.value for part in wishes.parts],
        "earliest": wishes.earliest.isoformat() if wishes.earliest else "",
        "latest": wishes.latest.isoformat() if wishes.latest else "",
        "practitioner": wishes.practitioner or "",
        "location": wishes.location or "",
    }


def read_wishes(values: Mapping[str, Any], found: Findings, *, service: str, today: date) -> Wishes:
    """The wishes that the fields say; errors go to `found`. An unknown day or part is none."""
    earliest, latest = (_read_day(values, name, found) for name in ("earliest", "latest"))
    if latest is not None and latest < today:
        found.add("latest", "in_past", "The latest day must be today or later")
    elif latest is not None and earliest is not None and latest < earliest:
        found.add("latest", "before_earliest", "The latest day must not be before the earliest")
    plans = rulebook().services.get(service, [])
    chosen = {
        "practitioner": values["practitioner"] or None,
        "location": values["location"] or None,
    }
    if chosen["practitioner"] not in {None, *(plan.practitioner for plan in plans)}:
        found.add("practitioner", "unknown", "Choose with whom")
    if chosen["location"] not in {None, *(plan.place.slug for plan in plans)}:
        found.add("location", "unknown", "Choose where")
    return Wishes(
        weekdays=frozenset(n for n in range(7) if str(n) in values["weekdays"]),
        parts=frozenset(part for part in Part if part.value in values["parts"]),
        earliest=earliest,
        latest=latest,
        **chosen,
    )


def _read_day(values: Mapping[str, Any], name: str, found: Findings) -> date | None:
    text = values[name].strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        found.add(name, "impossible", "Enter a day that exists, like 2026-01-13")
        return None


def choices(service: str) -> dict[str, Any]:
    """What the form offers to choose between; people and places only where there are several."""
    locale = language.current()
    people, places = _people(service), _places(service)
    return {
        "weekday_choices": [(str(n), dates.show_weekday(n, locale=locale)) for n in range(7)],
        "part_choices": [
            (part.value, translate(locale, words)) for part, words in PART_WORDS.items()
        ],
        "people": people if len(people) > 1 else {},
        "places": places if len(places) > 1 else {},
    }


def in_words(wishes: Wishes, service: str) -> str:
    """Wishes in a few words; "Any time" where there are none."""
    locale = language.current()
    people, places = _people(service), _places(service)
    days = [dates.show_every(day, locale=locale) for day in sorted(wishes.weekdays)]
    parts = [translate(locale, _EVERY[part]) for part in Part if part in wishes.parts]
    said = [dates.show_list(days, locale=locale), dates.show_list(parts, locale=locale)]
    for sentence, day in ((_FROM, wishes.earliest), (_UNTIL, wishes.latest)):
        if day:
            said.append(translate(locale, sentence, day=dates.show_day(day, locale=locale)))
    if wishes.practitioner and len(people) > 1:
        said.append(translate(locale, _WITH, name=people.get(wishes.practitioner, "")))
    if wishes.location and len(places) > 1:
        said.append(translate(locale, _AT, place=places.get(wishes.location, "")))
    words = dates.comma(locale).join(filter(None, said)) or translate(locale, _ANY_TIME)
    return words[:1].upper() + words[1:]


def _people(service: str) -> dict[str, str]:
    plans = rulebook().services.get(service, [])
    return {plan.practitioner: plan.practitioner_name for plan in plans}


def _places(service: str) -> dict[str, str]:
    plans = rulebook().services.get(service, [])
    return {plan.place.slug: plan.place.name for plan in plans}


def shown(offer: WaitlistOffer) -> dict[str, Any]:
    """An offer with its times on the wall of the place it is at."""
    zone = at(offer.location_id).zone
    return {
        "id": offer.id,
        "start": local(offer.start, zone),
        "end": local(offer.end, zone),
        "until": local(offer.expires_at, zone),
        "zone_name": dates.show_zone(zone, locale=language.current()),
        "practitioner": offer.practitioner.name,
        "address": at(offer.location_id).address,
        "offered_at": local(offer.offered_at, zone),
        "ended_at": local(offer.ended_at, zone) if offer.ended_at else None,
        "is_open": offer.outcome is Outcome.OPEN,
        "outcome": offer.outcome.value,
        "words": OUTCOME_WORDS[offer.outcome],
    }
