"""What is free, holding it and taking it: one truth for offering and accepting."""
