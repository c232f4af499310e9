"""
Where a visitor came from, carried on by the addresses and forms of the pages that choose a time.

Until a time is chosen there is no cookie; from then on the draft knows.
"""

from flask import request

from booking.domain.came_from import CameFrom, read_handle

# As SMART Scheduling Links names them.
SOURCE, REFERRAL = "source", "booking-referral"


def given() -> CameFrom:
    """What this request says; what cannot be kept counts as not said."""
    return CameFrom(
        read_handle(request.values.get(SOURCE)), read_handle(request.values.get(REFERRAL))
    )


def carried() -> dict[str, str]:
    """The same by the names under which links and forms carry it on."""
    said = given()
    pairs = {SOURCE: said.source, REFERRAL: said.referral}
    return {name: value for name, value in pairs.items() if value}
