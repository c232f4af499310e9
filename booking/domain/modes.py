"""How a visit takes place, and for which patients a service is meant."""

import re
from dataclasses import dataclass
from enum import StrEnum

TEXT_MAX = 500
_ADDRESS = re.compile(r"\bhttps?://|\bwww\.", re.IGNORECASE)


class Mode(StrEnum):
    """How a visit takes place."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    VIDEO = "video"


class Patients(StrEnum):
    """
    Whom a service is meant for, in the order in which services are offered.

    Patients read it and choose. Nothing is verified, since a public booking matches no record.
    """

    NEW = "new"
    ALL = "all"
    KNOWN = "known"

    @property
    def rank(self) -> int:
        """First visits come first: whoever does not know the clinic reads from the top."""
        return list(Patients).index(self)


MODE_WORDS = {Mode.IN_PERSON: "In person", Mode.PHONE: "By phone", Mode.VIDEO: "By video"}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where or how a visit takes place, as patients read it; `text` are the clinic's own words."""

    mode: Mode
    words: str
    text: str = ""

    @property
    def label(self) -> str:
        """What the words answer."""
        return "Where" if self.in_person else "How"

    @property
    def short(self) -> str:
        """The mode alone, for staff."""
        return MODE_WORDS[self.mode]

    @property
    def in_person(self) -> bool:
        """Whether the patient has to come."""
        return self.mode is Mode.IN_PERSON


def whereabouts(
    mode: Mode, *, place: str, text: str = "", number_given: bool | None = None
) -> Whereabouts:
    """
    Where a visit takes place that would be at `place` in person.

    `number_given` is None before the patient was asked for a phone number. False is possible where
    a service went over to the phone after the booking was made.
    """
    if mode is Mode.IN_PERSON:
        return Whereabouts(mode, place)
    if mode is Mode.VIDEO:
        return Whereabouts(mode, MODE_WORDS[mode], text)
    calling = {
        None: "we call you",
        True: "we call you on the number you gave",
        False: "please call us first, since you gave us no number",
    }
    return Whereabouts(mode, f"{MODE_WORDS[mode]}: {calling[number_given]}", text)


def before_booking(text: str) -> str:
    """
    What of a service's text may stand on pages that everybody can open.

    The address of a video room is for those who have booked, not for whoever passes by.
    """
    if _ADDRESS.search(text):
        return "You get the address once you have booked."
    return text
