"""All tables in one place, for migrations and for whoever needs the whole metadata."""

from booking.store import (
    access,
    bookings,
    busy_times,
    calls,
    claims,
    clinic,
    disruptions,
    imports,
    intakes,
    lateness,
    patients,
    records,
    texts,
    waitlist,
)
from booking.store.base import Base

__all__ = [
    "access",
    "bookings",
    "busy_times",
    "calls",
    "claims",
    "clinic",
    "disruptions",
    "imports",
    "intakes",
    "lateness",
    "metadata",
    "patients",
    "records",
    "texts",
    "waitlist",
]

metadata = Base.metadata
