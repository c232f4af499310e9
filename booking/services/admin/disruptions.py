"""A closure or an absence that takes visits away is kept in mind, with those visits."""

from sqlalchemy.orm import Session

from booking.domain.disruptions import Why
from booking.services.admin.rule_changes import Decided
from booking.store.clinic import Closure
from booking.store.disruptions import DisruptedBooking, Disruption


def keep(session: Session, closure: Closure, why: Why, decided: Decided) -> None:
    """Remember a closure as it was entered, and what was decided about each booking."""
    disruption = Disruption(
        closure_id=closure.id,
        practitioner_id=closure.practitioner_id,
        location_id=closure.location_id,
        why=why,
        name=closure.name,
        reason=decided.reason,
        first_day=closure.first_day,
        last_day=closure.last_day,
        begins=closure.begins,
        ends=closure.ends,
        created_at=decided.now,
    )
    session.add(disruption)
    session.flush()
    session.add_all(
        DisruptedBooking(
            disruption_id=disruption.id,
            booking_id=one.booking_id,
            start=one.start,
            choice=decided.choices[one.booking_id],
        )
        for one in decided.stranded
    )
    session.flush()
