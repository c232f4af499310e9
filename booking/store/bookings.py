"""Patients, bookings, and what leads to a booking: holds and drafts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Enum, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.domain.lifecycle import State, Stranding
from booking.store.base import Base
from booking.store.clinic import Practitioner, Service, at_location


class Patient(Base):
    """
    Who a booking is for. A public booking always makes its own record: matching would tell a
    stranger who is known here. Staff merge.
    """

    __tablename__ = "patients"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="can_be_reached"),
        Index("ix_patients_date_of_birth", "date_of_birth"),
        Index("ix_patients_email", "email"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    date_of_birth: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(20), default="en")
    # Who stands for somebody under 18.
    guardian: Mapped[str | None] = mapped_column(String(200))
    # When identity and answers were removed; the row stays, so that its bookings still count.
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


STRANDED = text("stranding IS NOT NULL")


class Booking(Base):
    """
    One appointment, for life: `uid` never changes and `sequence` only rises.

    `local_start` and `time_zone` keep what the patient was promised on the wall, beside the
    instant: should a zone's rules change, the bookings that move can be found.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_first"),
        Index("ix_bookings_practitioner_id_starts_at", "practitioner_id", "start"),
        Index("ix_bookings_starts_at", "start"),
        Index("ix_bookings_patient_id", "patient_id"),
        # The board asks for these at each look, and there are few or none.
        Index("ix_bookings_stranding", "start", sqlite_where=STRANDED, postgresql_where=STRANDED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    uid: Mapped[str] = mapped_column(String(255), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    state: Mapped[State] = mapped_column(
        Enum(State, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s])
    )
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    location_id: Mapped[int] = at_location()
    start: Mapped[datetime] = mapped_column("starts_at", key="start")
    end: Mapped[datetime] = mapped_column("ends_at", key="end")
    local_start: Mapped[str] = mapped_column(String(19))
    time_zone: Mapped[str] = mapped_column(String(64))
    # By which of our own doors it came in; the next two say who led the patient there.
    source: Mapped[str] = mapped_column(String(20))
    came_from: Mapped[str | None] = mapped_column(String(100))
    referral: Mapped[str | None] = mapped_column(String(100))
    manage_generation: Mapped[int] = mapped_column(default=0)
    manage_token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    cancelled_late: Mapped[bool] = mapped_column(default=False)
    # What became of it when a change of rules no longer allowed its time; a move clears it.
    stranding: Mapped[Stranding | None] = mapped_column(
        Enum(
            Stranding, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s]
        )
    )
    # When its patient said that they will come, at the time that it has now.
    reconfirmed_at: Mapped[datetime | None]
    # In how many weeks the doctor suggests another visit, and of which kind.
    follow_up_weeks: Mapped[int | None]
    follow_up_service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    patient: Mapped[Patient] = relationship()
    practitioner: Mapped[Practitioner] = relationship()
    service: Mapped[Service] = relationship(foreign_keys=[service_id])
    # What is held for its patient instead of its time.
    offered: Mapped[list["Hold"]] = relationship(
        secondary="offers", viewonly=True, order_by="Hold.start"
    )


class Consent(Base):
    """The ledger of consents: what was agreed to or withdrawn, in which words, when, by whom."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_patient_id", "patient_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    text_version: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(20))
    granted: Mapped[bool]
    given_by: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class Hold(Base):
    """A slot kept while a form is filled in; its claim goes when it expires."""

    __tablename__ = "holds"
    # SQLite would give a new hold the id of one that is gone, and somebody may still think of
    # that id as theirs.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it so

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    location_id: Mapped[int] = at_location()
    start: Mapped[datetime] = mapped_column("starts_at", key="start")
    end: Mapped[datetime] = mapped_column("ends_at", key="end")
    expires_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime]


class Offer(Base):
    """A held slot that the clinic proposes instead of a booking's time."""

    __tablename__ = "offers"

    hold_id: Mapped[int] = mapped_column(
        ForeignKey("holds.id", ondelete="CASCADE"), primary_key=True
    )
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"), index=True)


class Draft(Base):
    """
    An unfinished booking form. The cookie holds a random id of which this keeps the hash; answers
    are only here. After confirming, `booking_id` answers a second submit with the same booking.
    """

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The answers to the questions so far, as they were typed; None before the first.
    intake: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id", ondelete="SET NULL"))
    # The chosen slot outlives its hold, so that a time that is still free can be taken again.
    slot: Mapped[str | None] = mapped_column(String(300))
    came_from: Mapped[str | None] = mapped_column(String(100))
    referral: Mapped[str | None] = mapped_column(String(100))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)

    hold: Mapped[Hold | None] = relationship()
    booking: Mapped[Booking | None] = relationship()


class EmailProof(Base):
    """
    A draft that becomes a booking when a link in an e-mail is followed and a button pressed there.

    The newest of a draft counts, for the address and the slot that the draft had then. What was
    agreed to is kept here; who is coming, and all answers, stay in the draft.
    """

    __tablename__ = "email_proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    slot: Mapped[str] = mapped_column(String(300))
    privacy_notice: Mapped[str] = mapped_column(String(20))
    may_remind: Mapped[bool]
    locale: Mapped[str] = mapped_column(String(20))
    # The mail may have to wait for others to the same address (services/mail/mail_cap.py).
    leaves_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    draft: Mapped[Draft] = relationship()


class IdempotencyKey(Base):
    """A POST that was answered: the same key gets the same booking, other data a refusal."""

    __tablename__ = "idempotency_keys"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id"))
    created_at: Mapped[datetime] = mapped_column(index=True)
