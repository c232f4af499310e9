"""How a visit takes place, and for which patients a service is meant."""

import re
from dataclasses import dataclass
from enum import StrEnum

from booking.domain.sentences import to_patients

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


MODE_WORDS = {
    Mode.IN_PERSON: to_patients("In person"),
    Mode.PHONE: to_patients("By phone"),
    Mode.VIDEO: to_patients("By video"),
}
_CALLING = {
    None: to_patients("By phone: we call you"),
    True: to_patients("By phone: we call you on the number you gave"),
    False: to_patients("By phone: please call us first, since you gave us no number"),
}
_WHERE, _HOW = to_patients("Where"), to_patients("How")
_ADDRESS_LATER = to_patients("You get the address once you have booked.")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where or how a visit takes place, as patients read it; `text` are the clinic's own words."""

    mode: Mode
    words: str
    text: str = ""

    @property
    def label(self) -> str:
        """What the words answer."""
        return _WHERE if self.in_person else _HOW

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
    return Whereabouts(mode, _CALLING[number_given], text)


def before_booking(text: str) -> str:
    """
    What of a service's text may stand on pages that everybody can open.

    The address of a video room is for those who have booked, not for whoever passes by.
    """
    if _ADDRESS.search(text):
        return _ADDRESS_LATER
    return text
