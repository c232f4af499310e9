"""The administrator's pages: how the clinic is set up, without a developer."""

from booking.web.admin import (
    audit,
    busy_times,
    clinic,
    closures,
    exports,
    holidays,
    hours,
    imports,
    locations,
    overview,
    practitioners,
    reports,
    rooms,
    services,
    staff,
    support_lines,
    texts,
)
from booking.web.admin.blueprint import blueprint

__all__ = ["VIEWS", "blueprint"]

# Importing them is what puts their routes on the blueprint.
VIEWS = (
    overview,
    clinic,
    hours,
    busy_times,
    closures,
    holidays,
    practitioners,
    locations,
    rooms,
    services,
    texts,
    support_lines,
    staff,
    reports,
    imports,
    exports,
    audit,
)
