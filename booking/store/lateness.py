"""Who runs late, by how much, and until when that counts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.store.base import Base

# As text: SQLite uses a partial index only where a query repeats its condition to the letter.
NOT_OVER = text("ended_at IS NULL")


class Lateness(Base):
    """
    One announcement that a practitioner runs late on a day of the clinic, until that day ends.

    Another one, or taking it back, ends it; nothing is changed in it, so a message that came of it
    keeps saying what was announced.
    """

    __tablename__ = "lateness"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        Index(
            "ix_lateness_now",
            "practitioner_id",
            "day",
            unique=True,
            sqlite_where=NOT_OVER,
            postgresql_where=NOT_OVER,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    day: Mapped[date]
    minutes: Mapped[int]
    since: Mapped[datetime]
    # The midnight that ends the day.
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
