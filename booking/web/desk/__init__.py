"""What staff see: signing in, the day, a booking's card, booking on the phone."""

from booking.web.desk import (
    badges,
    calls,
    closing,
    copies,
    day,
    follow_ups,
    intakes,
    lateness,
    live,
    merging,
    messages,
    moving,
    offline,
    one_closing,
    papers,
    patients,
    phone,
    privacy,
    search,
    series,
    sheet,
    slip,
    waiting,
    weeks,
)
from booking.web.desk.blueprint import blueprint

__all__ = ["VIEWS", "blueprint"]

# Importing them is what puts their routes on the blueprint.
VIEWS = (
    badges,
    calls,
    closing,
    copies,
    day,
    follow_ups,
    intakes,
    lateness,
    live,
    merging,
    messages,
    moving,
    offline,
    one_closing,
    papers,
    patients,
    phone,
    privacy,
    search,
    series,
    sheet,
    slip,
    waiting,
    weeks,
)
