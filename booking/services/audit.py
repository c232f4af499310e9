"""The audit: a row for every change and every look into a patient's record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.lifecycle import ActorKind
from booking.store.base import insert_row
from booking.store.records import AuditEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; `staff_id` for staff."""

    kind: ActorKind
    staff_id: int | None = None


PATIENT = Actor(ActorKind.PATIENT)
SYSTEM = Actor(ActorKind.SYSTEM)


def record(
    session: Session,
    actor: Actor,
    action: str,
    *,
    now: datetime,
    booking_id: int | None = None,
    subject: str | None = None,
    from_value: str | None = None,
    to_value: str | None = None,
    reason: str = "",
) -> None:
    """Add an entry to the transaction of the change itself: without the entry, no change."""
    insert_row(
        session,
        AuditEntry,
        at=now,
        actor_kind=actor.kind.value,
        staff_id=actor.staff_id,
        action=action,
        booking_id=booking_id,
        subject=subject,
        from_value=from_value,
        to_value=to_value,
        reason=reason,
    )


def history(session: Session, booking_id: int) -> list[AuditEntry]:
    """A booking's entries, oldest first."""
    query = select(AuditEntry).where(AuditEntry.booking_id == booking_id).order_by(AuditEntry.id)
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Search:
    """
    What somebody looks for: who, what, and between which instants (half-open).

    Of several actions any fits; `subject` is what an entry is about.
    """

    staff_id: int | None = None
    actor_kind: str | None = None
    action: str | None = None
    actions: tuple[str, ...] = ()
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def search(
    session: Session, wanted: Search, *, limit: int, before_id: int | None = None
) -> list[AuditEntry]:
    """Entries that fit, newest first; `before_id` continues after the oldest of an earlier page."""
    conditions = [
        AuditEntry.staff_id == wanted.staff_id if wanted.staff_id else None,
        AuditEntry.actor_kind == wanted.actor_kind if wanted.actor_kind else None,
        AuditEntry.action == wanted.action if wanted.action else None,
        AuditEntry.action.in_(wanted.actions) if wanted.actions else None,
        AuditEntry.subject == wanted.subject if wanted.subject else None,
        AuditEntry.at >= wanted.since if wanted.since else None,
        AuditEntry.at < wanted.until if wanted.until else None,
        AuditEntry.id < before_id if before_id else None,
    ]
    query = select(AuditEntry).where(*(one for one in conditions if one is not None))
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit)))


def last_of(session: Session, booking_id: int, actions: Collection[str]) -> AuditEntry | None:
    """A booking's latest entry of these actions."""
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.booking_id == booking_id, AuditEntry.action.in_(actions))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()


def step_into(session: Session, booking_id: int, state: str) -> AuditEntry | None:
    """The latest step that brought a booking into `state`; taking back is no step."""
    return session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.booking_id == booking_id,
            AuditEntry.action == "state",
            AuditEntry.to_value == state,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
