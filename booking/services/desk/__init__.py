"""Reception's day."""
