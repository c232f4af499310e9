"""Whoever waits is offered what comes free, one at a time."""
