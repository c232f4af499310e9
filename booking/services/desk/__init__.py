"""What the desk does all day, by what it is about."""
