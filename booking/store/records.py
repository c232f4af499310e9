"""What is written beside a change: messages and audit entries."""

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.domain.messages import MessageKind, MessageState
from booking.store.base import Base
from booking.store.bookings import Booking, EmailProof
from booking.store.lateness import Lateness
from booking.store.waitlist import WaitlistEntry, WaitlistOffer

# As text: SQLite uses a partial index only where a query repeats its condition to the letter.
WAITING = text("state IN ('queued', 'sending')")
GIVEN_UP = text("state = 'failed'")


class Message(Base):
    """
    An e-mail in the outbox, written in the transaction of the change that causes it.

    The dedupe key makes a second identical message impossible. `message_id` is fixed here, so that
    a mail which had to be sent twice is recognised as one.

    It is about a booking, or else, by its kind, about a waitlist entry and what that was offered,
    or about an address that is to be proven. One that says that the practitioner runs late has the
    announcement's id for its sequence: it is sent once for each.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint(
            *("booking_id", "kind", "sequence", "recipient", "hours_before"),
            name="uq_messages_sent_once",
        ),
        # Of one time, one reminder so many hours before, whatever else changed in between. Other
        # kinds have no start here, so they never meet.
        UniqueConstraint(
            "booking_id", "reminds_of", "hours_before", name="uq_messages_reminded_once"
        ),
        # Only what still has to leave is in this index, so years of history do not slow the worker.
        Index("ix_messages_due", "next_try_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_messages_failed", "id", sqlite_where=GIVEN_UP, postgresql_where=GIVEN_UP),
        Index("ix_messages_booking_id", "booking_id"),
        # Reports count those of a period.
        Index("ix_messages_created_at", "created_at"),
        Index("ix_messages_capped_address_not_before", "capped_address", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("waitlist_entries.id", ondelete="CASCADE"), index=True
    )
    offer_id: Mapped[int | None] = mapped_column(
        ForeignKey("waitlist_offers.id", ondelete="CASCADE"), index=True
    )
    proof_id: Mapped[int | None] = mapped_column(
        ForeignKey("email_proofs.id", ondelete="CASCADE"), index=True
    )
    late_id: Mapped[int | None] = mapped_column(ForeignKey("lateness.id"), index=True)
    kind: Mapped[MessageKind] = mapped_column(
        Enum(
            MessageKind,
            native_enum=False,
            length=40,
            values_callable=lambda s: [m.value for m in s],
        )
    )
    sequence: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    # What the booking itself cannot tell later: the time it tells of, the one before a move, a
    # cancellation's reason.
    start: Mapped[datetime | None] = mapped_column("starts_at", key="start")
    previous_start: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[MessageState] = mapped_column(
        Enum(
            MessageState,
            native_enum=False,
            length=20,
            values_callable=lambda s: [m.value for m in s],
        ),
        default=MessageState.QUEUED,
    )
    tries: Mapped[int] = mapped_column(default=0)
    # While `sending`, the end of the lease: past it another worker may take the message up.
    next_try_at: Mapped[datetime]
    lease: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    # Of reminders: the start they are about, and how many hours before it they are due.
    reminds_of: Mapped[datetime | None]
    hours_before: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # Where mail to an unproven address is counted: a hash of the address, and the first time that
    # this message may leave.
    capped_address: Mapped[str | None] = mapped_column(String(64))
    not_before: Mapped[datetime | None]

    @property
    def address(self) -> str | None:
        """Where it goes or went; None once that was removed (services/patients/erasing.py)."""
        return self.recipient if "@" in self.recipient else None

    # Of kinds that are about a booking; the others have none (services/waitlist/mail.py).
    booking: Mapped[Booking] = relationship()
    entry: Mapped[WaitlistEntry | None] = relationship()
    offer: Mapped[WaitlistOffer | None] = relationship()
    proof: Mapped[EmailProof | None] = relationship()
    late: Mapped[Lateness | None] = relationship()


class AuditEntry(Base):
    """Who did what to what, when, from which state to which, and why. Only ever added to."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_booking_id", "booking_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    action: Mapped[str] = mapped_column(String(40))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    subject: Mapped[str | None] = mapped_column(String(100))
    from_value: Mapped[str | None] = mapped_column(String(60))
    to_value: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(500), default="")


class Heartbeat(Base):
    """When a worker was last seen."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime]
