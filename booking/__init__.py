"""Online consultation booking for a clinic."""

__version__ = "0.1.0"
