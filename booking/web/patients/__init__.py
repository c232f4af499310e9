"""What patients see: the public pages, booking, and their own booking."""
