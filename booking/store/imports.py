"""Tables that are brought in: what was handed in, how it is read, what becomes of each line."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.importing import Stage
from booking.store.base import Base

# As text, as for messages: what waits for a worker is little beside what was brought in once.
AT_WORK = text("stage IN ('checking', 'importing')")


class Import(Base):
    """
    One file of somebody else's bookings or patients.

    What stands in it is kept until it is brought in, and a day at most; `outcomes` name its lines
    by number, so they may stay.
    """

    __tablename__ = "imports"
    __table_args__ = (
        Index("ix_imports_at_work", "id", sqlite_where=AT_WORK, postgresql_where=AT_WORK),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(100))
    stage: Mapped[Stage] = mapped_column(
        Enum(Stage, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s])
    )
    content: Mapped[str | None] = mapped_column(Text)
    layout: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # How many lines there are, and how many a worker has read in this stage.
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    outcomes: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    # Whether patients are told of their bookings.
    tells: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Nothing was brought in, since other lines can be than when somebody looked.
    is_overtaken: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
