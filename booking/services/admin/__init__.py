"""The clinic's own rules and facts, set by its administrator."""
