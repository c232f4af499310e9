"""What staff may be, and how much a subscribed calendar shows."""

from enum import StrEnum


class Role(StrEnum):
    """A role of an account; an account may hold several."""

    RECEPTION = "reception"
    DOCTOR = "doctor"
    ADMIN = "admin"


class FeedPrivacy(StrEnum):
    """What a feed says about a patient."""

    BUSY = "busy"
    INITIALS = "initials"
    FULL = "full"


def effective(roles: frozenset[Role]) -> frozenset[Role]:
    """The roles that count: admin includes reception."""
    return roles | {Role.RECEPTION} if Role.ADMIN in roles else roles
