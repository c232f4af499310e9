"""Notes about a patient: whose they are."""

from enum import StrEnum

NOTE_MAX = 2000


class Whose(StrEnum):
    """Who reads a note: everybody at the clinic who sees the patient, or only their doctors."""

    DESK = "desk"
    DOCTOR = "doctor"
