"""What the clinic says in its own words: versions of its texts, and where else to find help."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.store.base import Base


class Text(Base):
    """
    One version of a document in one language. Only ever added to; the highest version is shown.

    `content` maps the names of the document's parts to their words. A document without a row is
    shown as it came with the program.
    """

    __tablename__ = "texts"
    __table_args__ = (
        CheckConstraint("version > 0", name="version_positive"),
        UniqueConstraint("document", "locale", "version", name="uq_texts_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    reviewed_on: Mapped[date | None]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class SupportLine(Base):
    """A telephone line that helps people who feel very low, in one country."""

    __tablename__ = "support_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(40))
