"""What the bookings of a period say: counted in the database, never read one by one."""
