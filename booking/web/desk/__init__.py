"""What staff see: signing in, the day, a booking's card, booking on the phone."""

from booking.web.desk import day, intakes, messages, phone, sheet, waiting
from booking.web.desk.blueprint import blueprint

__all__ = ["VIEWS", "blueprint"]

# Importing them is what puts their routes on the blueprint.
VIEWS = (day, intakes, messages, phone, sheet, waiting)
