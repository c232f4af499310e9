"""What staff see: signing in, the day, a booking's card."""
