"""
Claims: who has which stretch of a practitioner's (or room's) time, and the guarantee about it.

Only active claims live here. The database itself refuses two that overlap: PostgreSQL by an
exclusion constraint, SQLite by triggers. Claims of one resource never overlap, so the nearest
earlier claim decides, and the check costs one look into an index.
"""

from datetime import datetime

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from booking.store.base import Base

NO_OVERLAP = "claims_do_not_overlap"


class Claim(Base):
    """`[start, end)` of one resource, buffers included, taken by one hold or one booking."""

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="starts_first"),
        CheckConstraint("(hold_id IS NULL) <> (booking_id IS NULL)", name="one_owner"),
        Index("ix_claims_resource_id_starts_at", "resource_id", "start"),
        Index("ix_claims_ends_at", "end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    start: Mapped[datetime] = mapped_column("starts_at", key="start")
    end: Mapped[datetime] = mapped_column("ends_at", key="end")
    hold_id: Mapped[int | None] = mapped_column(
        ForeignKey("holds.id", ondelete="CASCADE"), index=True
    )
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), index=True)


_SQLITE_TRIGGER = """
CREATE TRIGGER {name}_{event} BEFORE {event} ON claims
WHEN (
    SELECT ends_at FROM claims
    WHERE resource_id = NEW.resource_id AND starts_at < NEW.ends_at AND id IS NOT {own_id}
    ORDER BY starts_at DESC LIMIT 1
) > NEW.starts_at
BEGIN SELECT RAISE(ABORT, '{name}'); END
"""
# In a BEFORE INSERT trigger NEW.id is not yet set; -1 is no row's id.
SQLITE_GUARANTEE = (
    _SQLITE_TRIGGER.format(name=NO_OVERLAP, event="INSERT", own_id="-1"),
    _SQLITE_TRIGGER.format(name=NO_OVERLAP, event="UPDATE", own_id="NEW.id"),
)
POSTGRESQL_GUARANTEE = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"""
    ALTER TABLE claims ADD CONSTRAINT {NO_OVERLAP}
    EXCLUDE USING gist (resource_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
    """,
)
GUARANTEE = {"sqlite": SQLITE_GUARANTEE, "postgresql": POSTGRESQL_GUARANTEE}

for _dialect, _statements in GUARANTEE.items():
    for _statement in _statements:
        event.listen(
            Claim.__table__,
            "after_create",
            # DDL reads a percent sign as a parameter; there is none in these statements.
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


def is_overlap(error: IntegrityError) -> bool:
    """Whether the database refused a claim because it overlaps another."""
    return NO_OVERLAP in str(error.orig)
