"""Patients as staff know them: finding, the card, notes, merging, export, erasure."""
