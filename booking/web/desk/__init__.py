"""What staff see: signing in, the day, a booking's card, booking on the phone."""

from booking.web.desk import (
    day,
    follow_ups,
    intakes,
    lateness,
    live,
    messages,
    moving,
    patients,
    phone,
    search,
    series,
    sheet,
    waiting,
    weeks,
)
from booking.web.desk.blueprint import blueprint

__all__ = ["VIEWS", "blueprint"]

# Importing them is what puts their routes on the blueprint.
VIEWS = (
    *(day, follow_ups, intakes, lateness, live, messages, moving, patients, phone, search),
    *(series, sheet, waiting, weeks),
)
