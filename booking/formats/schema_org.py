"""What search engines read about the clinic, in the words of schema.org."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from booking.domain.hours import DAY_MINUTES, OpenStretch, open_on, show_clock

_CONTEXT = "https://schema.org"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DEVICES = ("https://schema.org/DesktopWebPlatform", "https://schema.org/MobileWebPlatform")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicCard:
    """What is told about the clinic; all addresses are absolute."""

    name: str
    address: str
    country: str
    phone: str
    email: str
    url: str
    book_url: str
    picture_url: str
    services: Sequence[str]


def medical_clinic(card: ClinicCard, hours: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A `MedicalClinic`; `hours` as `opening_hours` gives them."""
    return {
        "@context": _CONTEXT,
        "@type": "MedicalClinic",
        "@id": f"{card.url}#clinic",
        "name": card.name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": card.address,
            "addressCountry": card.country,
        },
        "telephone": card.phone,
        "email": card.email,
        "url": card.url,
        "image": card.picture_url,
        "medicalSpecialty": f"{_CONTEXT}/Dermatology",
        "openingHoursSpecification": list(hours),
        "availableService": [
            {"@type": "MedicalProcedure", "name": service} for service in card.services
        ],
        "potentialAction": {
            "@type": "ReserveAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": card.book_url,
                "actionPlatform": list(_DEVICES),
            },
            "result": {"@type": "Reservation", "name": "Consultation"},
        },
    }


def opening_hours(week: Iterable[OpenStretch], *, today: date) -> list[dict[str, Any]]:
    """
    The weekly hours, those of everybody together, as `OpeningHoursSpecification`.

    What holds for some dates only says for which. Hours of every other week cannot be said in
    these words and are left out, as is what is over.
    """
    weekly = {one for one in week if one.every == 1 and not (one.until and one.until < today)}
    lasting = [
        replace(one, since=None)
        for one in weekly
        if one.until is None and not (one.since and one.since > today)
    ]
    days: dict[tuple[int, int], list[str]] = {}
    for weekday, name in enumerate(_DAYS):
        # Any date of that weekday will do.
        for stretch in open_on(lasting, (), date(2026, 1, 5) + timedelta(days=weekday)):
            days.setdefault(stretch, []).append(name)
    found = [_specification(names, *stretch) for stretch, names in days.items()]
    for one in sorted(weekly, key=lambda one: (one.since or today, one.weekday, one.opens)):
        if one.until is not None or (one.since and one.since > today):
            limits = {"validFrom": one.since, "validThrough": one.until}
            dates = {name: day.isoformat() for name, day in limits.items() if day}
            found.append(_specification([_DAYS[one.weekday]], one.opens, one.closes) | dates)
    return found


def _specification(days: list[str], opens: int, closes: int) -> dict[str, Any]:
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": days,
        "opens": show_clock(opens),
        # A day ends with its last minute in these words.
        "closes": show_clock(min(closes, DAY_MINUTES - 1)),
    }


def faq_page(url: str, questions: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """An `FAQPage` of questions and their answers, both as plain text."""
    return {
        "@context": _CONTEXT,
        "@type": "FAQPage",
        "@id": f"{url}#questions",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
            for question, answer in questions
        ],
    }
