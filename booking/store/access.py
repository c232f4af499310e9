"""Who may come in: staff, their sessions, the doctor's feeds, and the counters of the limits."""

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.domain.roles import FeedPrivacy, Role
from booking.store.base import Base
from booking.store.clinic import Practitioner


class Staff(Base):
    """A person who signs in. `practitioner_id` ties a doctor's account to their own patients."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioners.id"))
    created_at: Mapped[datetime]

    roles: Mapped[list["StaffRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class StaffRole(Base):
    """One of the roles that an account holds."""

    __tablename__ = "staff_roles"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s]),
        primary_key=True,
    )


class StaffSession(Base):
    """A signed-in browser. It ends here, on the server, whatever the cookie says."""

    __tablename__ = "staff_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()


class OneTimeLink(Base):
    """
    A link that works once and for a while: to choose a new password, or to set up the clinic.

    Only its token's hash is kept.
    """

    __tablename__ = "one_time_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Feed(Base):
    """A subscribed calendar of one practitioner on one device; only its token's hash is kept."""

    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    name: Mapped[str] = mapped_column(String(100))
    privacy: Mapped[FeedPrivacy] = mapped_column(
        Enum(
            FeedPrivacy,
            native_enum=False,
            length=20,
            values_callable=lambda s: [m.value for m in s],
        )
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    last_client: Mapped[str | None] = mapped_column(String(200))

    practitioner: Mapped[Practitioner] = relationship()


class LimitCounter(Base):
    """How often something was tried in the present window of a rate limit."""

    __tablename__ = "limit_counters"
    __table_args__ = (Index("ix_limit_counters_expires_at", "expires_at"),)

    # The key is hashed: it may name an address or an account.
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]
