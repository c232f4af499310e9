"""Whether a booking is made at once, or its e-mail address must be proven first."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum, auto

# Nobody reads a form and sends it in less; a script does.
FASTEST = timedelta(seconds=2)
# What is older was kept to be used again and again.
OLDEST = timedelta(days=1)
# A household books for two or three, a hotel's network for some more.
BOOKINGS_FROM_NETWORK = 6
CONTACTS_FROM_NETWORK = 4
# The visits ahead that one address may have without anybody having shown that they read its mail,
# or one phone number without an address.
OPEN_BOOKINGS = 4
_ENOUGH, _HALF = 2, 1


class ConfirmEmail(StrEnum):
    """When the address of a booking made online must be proven."""

    NEVER = "never"
    SUSPICIOUS = "suspicious"
    ALWAYS = "always"


class ProofOfWork(StrEnum):
    """When a browser is asked to work for a booking."""

    NEVER = "never"
    ATTACK = "attack"
    ALWAYS = "always"


class Verdict(Enum):
    """What happens to a form that asks for a booking."""

    BOOK = auto()
    ASK = auto()
    WORK = auto()
    CALL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """
    What is known of a form that asks for a booking; the counts are of those before it.

    `hasty`: it came back faster than anybody reads, or nothing good shows when it was given out.
    `work_missing`: work was wanted and was not done. The network's counts are of the last hour;
    `open_bookings` those ahead with the same address that nobody proved; with the same phone number
    where no address was given.
    """

    trap_filled: bool = False
    hasty: bool = False
    work_missing: bool = False
    bookings_from_network: int = 0
    contacts_from_network: int = 0
    open_bookings: int = 0

    @property
    def are_suspicious(self) -> bool:
        """
        Whether they look like a machine, or like somebody who takes up times.

        Some signs are enough alone. Haste and many contacts are half: a browser fills forms in by
        itself, and a ward or a hostel is many people behind one address.
        """
        weights = (
            (self.trap_filled, _ENOUGH),
            (self.work_missing, _ENOUGH),
            (self.bookings_from_network >= BOOKINGS_FROM_NETWORK, _ENOUGH),
            (self.open_bookings >= OPEN_BOOKINGS, _ENOUGH),
            (self.hasty, _HALF),
            (self.contacts_from_network >= CONTACTS_FROM_NETWORK, _HALF),
        )
        return sum(weight for is_so, weight in weights if is_so) >= _ENOUGH


def is_hasty(age: timedelta | None) -> bool:
    """Whether a form of this age came back too fast, far too late, or without saying."""
    return age is None or not FASTEST <= age <= OLDEST


def decide(signs: Signs, *, setting: ConfirmEmail, has_email: bool) -> Verdict:
    """
    What becomes of the form. Whoever gave no e-mail address is never asked to prove one.

    Work that is missing can be replaced by a proven address; where that cannot be, it stays due.
    A phone number alone can be proven by a call only: who has had enough with it is asked to.
    """
    can_ask = has_email and setting is not ConfirmEmail.NEVER
    if can_ask and (setting is ConfirmEmail.ALWAYS or signs.are_suspicious):
        return Verdict.ASK
    if signs.work_missing:
        return Verdict.WORK
    is_watched = setting is not ConfirmEmail.NEVER
    if is_watched and not has_email and signs.open_bookings >= OPEN_BOOKINGS:
        return Verdict.CALL
    return Verdict.BOOK
