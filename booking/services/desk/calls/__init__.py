"""Whom the desk has to call, and how it went."""
