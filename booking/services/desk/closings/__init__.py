"""Sick days and closures: whose visit was taken away, and what became of it."""
