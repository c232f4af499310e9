"""Bringing in bookings and patients from tables: the file, its lines, what becomes of them."""
