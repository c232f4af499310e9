"""Erasing a patient: what takes the place of a name, and why it may be done."""

from booking.domain.lifecycle import OPEN, State

NAME = "Erased"
# Chosen, never typed: a reason that is typed may name whom it is about.
REASONS = {
    "asked": "The patient asked for it",
    "mistake": "The record was made by mistake",
    "twice": "The patient has another record",
}
RETENTION = "Kept for as long as the settings say"
# A visit in these states may still take place.
AHEAD = OPEN | {State.REQUESTED}
