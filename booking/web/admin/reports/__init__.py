"""Reports: what the bookings of a period say, as charts, tables and CSV."""

from booking.web.admin.reports import pages

__all__ = ["pages"]
