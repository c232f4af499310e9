"""What there are reports about, and in words how each is counted."""

from collections.abc import Callable
from dataclasses import dataclass

from booking.services.reports.scope import By
from booking.web.admin.reports import answers
from booking.web.admin.reports.answers import Answer, Asked


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of reports: its figures by name, and of what they are counted."""

    title: str
    counted: str
    figures: tuple[str, ...]
    read: Callable[[Asked], Answer]


def _each(*series: str) -> tuple[str, ...]:
    return tuple(f"{one}-by-{kind.value}" for one in series for kind in By)


_LEAD = (
    "Lead time is counted in full days of 24 hours, from when a visit was first booked until it "
    "begins."
)
_ERASED = "Patients whose record was erased count like all others."
_HOUR = "Weekday and hour are those of the start, on the clock where the visit is."
TOPICS = {
    "no-shows": Topic(
        "No-shows",
        "Of the visits that came due and have an outcome: arrived, in the room, completed, left "
        f"unseen or no-show. Cancelled visits are not among them. {_LEAD} {_HOUR} A reminder "
        f"counts if it was sent, of the time that the visit has. {_ERASED}",
        _each("no-shows"),
        answers.no_shows,
    ),
    "cancellations": Topic(
        "Cancellations",
        "Of all visits whose time has come, whatever became of them. What reception cancels for a "
        "patient who phones counts as cancelled by the clinic. Late is by the patient, in the last "
        f"24 hours before the start. {_LEAD} {_HOUR} {_ERASED}",
        ("cancellations-by-whom", *_each("cancellations", "late-cancellations")),
        answers.cancellations,
    ),
    "lateness": Topic(
        "Lateness",
        "Arrived late is 10 minutes or more after the start, of the visits whose arrival was "
        "marked. Called in late is 10 minutes or more after the start, or after the arrival if the "
        "patient came later, of the visits that were marked as in the room. Of announcements, each "
        f"practitioner’s longest of a day counts; they are of all services. {_ERASED}",
        ("waits", *_each("called-in-late", "arrived-late"), "announced-lateness"),
        answers.lateness,
    ),
    "utilisation": Topic(
        "Utilisation",
        "Booked time of the time that is open. Visits that were cancelled are not in it; no-shows "
        "are, and so are visits still to come. What is open follows from opening hours, closures, "
        "absences and breaks as they are now, not as they were then; of one service, from the "
        "hours of those who offer it. Visits outside of hours count too, so it can be more than "
        "100%. Practitioners who are never open in these days count only beside their own name. "
        f"{_ERASED}",
        ("utilisation-by-practitioner", "utilisation-by-weekday", "utilisation-by-month"),
        answers.use,
    ),
    "lead-time": Topic(
        "Lead time",
        f"Of all visits whose time has come, cancelled ones included. {_LEAD} {_ERASED}",
        ("lead-times",),
        answers.lead_times,
    ),
    "waitlist": Topic(
        "Waitlist",
        "The times that were offered in these days; taken is of those that are no longer open. "
        "People who were deleted from the list since are gone from the count, with their offers. "
        "Of one practitioner, only people who wait for them by name have joined.",
        ("waitlist-offers",),
        answers.fills,
    ),
    "messages": Topic(
        "Messages",
        "The messages that were written in these days. Failed are those that were given up, of "
        "those that were sent or given up. Of one practitioner or service: those about a visit.",
        ("messages-failed",),
        answers.sending,
    ),
}
TOPIC_OF = {figure: slug for slug, topic in TOPICS.items() for figure in topic.figures}
