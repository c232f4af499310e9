"""What a doctor sees of their own day: the next patient's card, and the rest of it."""

from booking.web.doctor import absences, day, ending, notes
from booking.web.doctor.blueprint import blueprint

__all__ = ["VIEWS", "blueprint"]

# Importing them is what puts their routes on the blueprint.
VIEWS = (absences, day, ending, notes)
