"""A week for paper: who comes on which day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit; `start` on the wall of the place where it is, the rest in words."""

    start: datetime
    name: str
    # What is worth saying beside the name: the practitioner among several, another place.
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Week:
    """The visits of each day from a Monday on, as they stood at `made_at` on the clinic's wall."""

    clinic: str
    days: Sequence[tuple[date, Sequence[Visit]]]
    made_at: datetime
