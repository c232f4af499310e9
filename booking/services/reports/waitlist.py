"""What came of the waitlist: who joined it, and what became of the times that were offered."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.domain.rates import Rate
from booking.domain.waitlist import Outcome
from booking.services.reports.scope import Scope
from booking.store.waitlist import WaitlistEntry, WaitlistOffer


@dataclass(frozen=True, slots=True)
class Filling:
    """
    How many joined, and the offers by what became of them; every outcome is there.

    Entries that were deleted in the meantime are gone with their offers.
    """

    joined: int
    offers: dict[Outcome, int]

    @property
    def fills(self) -> Rate:
        """The offers that were taken, of those that are no longer open."""
        over = sum(self.offers.values()) - self.offers[Outcome.OPEN]
        return Rate(self.offers[Outcome.ACCEPTED], over)


def read(session: Session, scope: Scope, zone: ZoneInfo) -> Filling:
    """Who joined and what was offered on the days, by the clinic's clock."""
    span = scope.span(zone)
    joined = select(func.count(WaitlistEntry.id)).where(
        WaitlistEntry.created_at >= span.start,
        WaitlistEntry.created_at < span.end,
        *scope.of_practitioner(WaitlistEntry.practitioner_id),
        *scope.of_service(WaitlistEntry.service_id),
    )
    offers = (
        select(WaitlistOffer.outcome, func.count())
        .join(WaitlistEntry, WaitlistEntry.id == WaitlistOffer.entry_id)
        .where(
            WaitlistOffer.offered_at >= span.start,
            WaitlistOffer.offered_at < span.end,
            *scope.of_practitioner(WaitlistOffer.practitioner_id),
            *scope.of_service(WaitlistEntry.service_id),
        )
        .group_by(WaitlistOffer.outcome)
    )
    counted = dict.fromkeys(Outcome, 0)
    for outcome, number in session.execute(offers):
        counted[outcome] = number
    return Filling(session.scalar(joined) or 0, counted)
