"""What each report answers: its figures, counted by the services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from booking.domain.rates import NOTHING, Rate
from booking.domain.waitlist import Outcome as OfferOutcome
from booking.services.clinic import Rulebook
from booking.services.reports import (
    messages,
    outcomes,
    punctuality,
    utilisation,
    waitlist,
)
from booking.services.reports.scope import By, Scope
from booking.store.engine import Session
from booking.web.admin.reports.figures import Figure, Line, by, lead_label, lines
from booking.web.desk.trail import MESSAGE_WORDS
from booking.web.wording import WEEKDAYS

_WAITS = ("Less than 5 minutes", "5 to 9", "10 to 19", "20 to 29", "30 minutes or more")
_ANNOUNCED = ("15 minutes or less", "16 to 30", "31 to 60", "More than an hour")
_OFFER_WORDS = {
    OfferOutcome.ACCEPTED: "Taken",
    OfferOutcome.DECLINED: "Declined",
    OfferOutcome.EXPIRED: "Ran out",
    OfferOutcome.WITHDRAWN: "Taken back",
    OfferOutcome.OPEN: "Still open",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days, of whom, and what the clinic is; `names` are the practitioners' by id."""

    session: Session
    rulebook: Rulebook
    scope: Scope
    names: dict[int, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures, and before them the few numbers that say most, each with its words."""

    headline: Sequence[tuple[str, Rate | int]]
    figures: Sequence[Figure]


def no_shows(asked: Asked) -> Answer:
    """Who did not come."""
    found = outcomes.read(asked.session, asked.scope, now=asked.now)
    total = outcomes.rate(found, outcomes.is_no_show, of=outcomes.came_due)
    unresolved = outcomes.rate(found, outcomes.is_unresolved, of=outcomes.is_any)
    figures = by(
        "no-shows",
        "No-shows",
        "No-shows",
        "Visits that came due",
        lambda one: outcomes.rates(found, one, outcomes.is_no_show, of=outcomes.came_due),
    )
    return Answer([("no-shows", total), ("without an outcome yet", unresolved.count)], figures)


def cancellations(asked: Asked) -> Answer:
    """What was cancelled, by whom, and how late."""
    found = outcomes.read(asked.session, asked.scope, now=asked.now)
    kinds = {
        "All": outcomes.is_cancelled,
        "By the patient": outcomes.by_patient,
        "Of these, late": outcomes.is_late,
        "By the clinic": outcomes.by_clinic,
        "Not recorded by whom": outcomes.by_nobody_known,
    }
    rates = {name: outcomes.rate(found, test, of=outcomes.is_any) for name, test in kinds.items()}
    headings = ("Cancelled", "Cancellations", "Visits")
    figures = [Figure("cancellations-by-whom", "Cancellations by whom", headings, _any(rates))]
    for series, title, test in (
        ("cancellations", "Cancellations", outcomes.is_cancelled),
        ("late-cancellations", "Late cancellations", outcomes.is_late),
    ):
        figures += by(
            series,
            title,
            title,
            "Visits",
            partial(outcomes.rates, found, counts=test, of=outcomes.is_any),
        )
    return Answer(
        [("cancelled", rates["All"]), ("late by the patient", rates["Of these, late"])], figures
    )


def lateness(asked: Asked) -> Answer:
    """Who arrived late, who was called in late, and what was announced."""
    found = punctuality.read(asked.session, asked.scope, now=asked.now)
    announced = punctuality.announced(asked.session, asked.scope)
    waits = punctuality.waits(found)
    figures = [
        Figure(
            "waits",
            "How long patients waited until they were called in",
            ("Wait", "Visits", "Visits that were called in"),
            _any({_WAITS[one]: rate for one, rate in waits.items()}),
        )
    ]
    for series, title, test, whole in (
        ("called-in-late", "Called in late", punctuality.called_late, "Visits called in"),
        ("arrived-late", "Arrived late", punctuality.arrived_late, "Arrivals marked"),
    ):
        figures += by(
            series,
            title,
            title,
            whole,
            partial(punctuality.rates, found, is_late=test),
        )
    figures.append(
        Figure(
            "announced-lateness",
            "By how much practitioners were announced to run late",
            ("Announced", "Days", "Days with an announcement"),
            _any({_ANNOUNCED[one]: rate for one, rate in announced.items()}),
        )
    )
    return Answer(
        [
            ("called in late", punctuality.rate(found, punctuality.called_late)),
            ("arrived late", punctuality.rate(found, punctuality.arrived_late)),
        ],
        figures,
    )


def use(asked: Asked) -> Answer:
    """How much of the open time is booked."""
    everything = utilisation.read(asked.session, asked.rulebook, asked.scope)
    found = utilisation.of_those_with_hours(everything)
    total = sum((use.minutes for use in found), NOTHING)
    by_practitioner = utilisation.rates(everything, lambda use: use.practitioner_id)
    kinds = {
        "practitioner": lines(by_practitioner, lambda one: asked.names.get(one, str(one))),
        "weekday": lines(utilisation.rates(found, lambda use: use.weekday), WEEKDAYS.__getitem__),
        "month": lines(utilisation.rates(found, lambda use: use.month), "{:%B %Y}".format),
    }
    figures = [
        Figure(
            f"utilisation-by-{kind}",
            f"Utilisation by {kind}",
            (kind.capitalize(), "Booked", "Open"),
            tuple(drawn),
            in_minutes=True,
        )
        for kind, drawn in kinds.items()
    ]
    return Answer([("of the open time is booked", total)], figures)


def lead_times(asked: Asked) -> Answer:
    """How long before their start visits were booked."""
    found = outcomes.read(asked.session, asked.scope, now=asked.now)
    visits = sum(one.visits for one in found)
    by_lead = outcomes.rates(found, By.LEAD, outcomes.is_any, of=outcomes.is_any)
    rates = {lead_label(lead): Rate(rate.count, visits) for lead, rate in by_lead.items()}
    return Answer(
        [
            ("visits", visits),
            *([("days ahead on average", round(outcomes.lead_days(found)))] if visits else []),
        ],
        [Figure("lead-times", "Lead time", ("Lead time", "Visits", "All visits"), _any(rates))],
    )


def fills(asked: Asked) -> Answer:
    """What came of the waitlist."""
    found = waitlist.read(asked.session, asked.scope, asked.rulebook.clinic.zone)
    made = sum(found.offers.values())
    rates = {words: Rate(found.offers[one], made) for one, words in _OFFER_WORDS.items()}
    return Answer(
        [("joined", found.joined), ("of the offers were taken", found.fills)],
        [
            Figure(
                "waitlist-offers",
                "What became of the times that were offered",
                ("Offers", "Offers", "All offers"),
                _any(rates),
            )
        ],
    )


def sending(asked: Asked) -> Answer:
    """Which messages failed."""
    found = messages.read(asked.session, asked.scope, asked.rulebook.clinic.zone)
    return Answer(
        [("failed", sum((one.failures for one in found.values()), NOTHING))],
        [
            Figure(
                "messages-failed",
                "Messages that failed",
                ("Message", "Failed", "Sent or failed", "Sent", "Waiting", "Dropped"),
                tuple(
                    Line(MESSAGE_WORDS[kind], one.failures, (one.sent, one.waiting, one.dropped))
                    for kind, one in found.items()
                ),
            )
        ],
    )


def _any(rates: dict[str, Rate]) -> tuple[Line, ...]:
    """Lines, or none where there is nothing to count."""
    return tuple(lines(rates, str)) if any(rate.whole for rate in rates.values()) else ()
