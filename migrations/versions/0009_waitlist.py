"""The waitlist: entries, the offers made to them, and messages that are about an entry."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_entries()
    create_offers()
    # SQLite writes the table anew for it; nothing refers to messages.
    with op.batch_alter_table("messages") as messages:
        messages.alter_column("booking_id", existing_type=sa.Integer(), nullable=True)
        for column, table in (("entry_id", "waitlist_entries"), ("offer_id", "waitlist_offers")):
            messages.add_column(sa.Column(column, sa.Integer(), nullable=True))
            messages.create_foreign_key(
                f"fk_messages_{column}", table, [column], ["id"], ondelete="CASCADE"
            )
    op.create_index("ix_messages_entry_id", "messages", ["entry_id"])
    op.create_index("ix_messages_offer_id", "messages", ["offer_id"])


def create_entries() -> None:
    op.create_table(
        "waitlist_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("privacy_notice", sa.String(length=20), nullable=True),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=True),
        sa.Column("location_id", sa.Integer(), nullable=True),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("parts", sa.String(length=40), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("known", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "booking_id IS NOT NULL OR email IS NOT NULL OR phone IS NOT NULL",
            name=op.f("ck_waitlist_entries_can_be_reached"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name="fk_waitlist_entries_booking_id"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name="fk_waitlist_entries_service_id"
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name="fk_waitlist_entries_practitioner_id"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name="fk_waitlist_entries_location_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_waitlist_entries"),
        sa.UniqueConstraint("uid", name="uq_waitlist_entries_uid"),
        sa.UniqueConstraint("token_hash", name="uq_waitlist_entries_token_hash"),
        sa.UniqueConstraint("booking_id", name="uq_waitlist_entries_booking_id"),
    )
    op.create_index("ix_waitlist_entries_state", "waitlist_entries", ["state"])


def create_offers() -> None:
    op.create_table(
        "waitlist_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["waitlist_entries.id"],
            name="fk_waitlist_offers_entry_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["holds.id"], name="fk_waitlist_offers_hold_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name="fk_waitlist_offers_practitioner_id"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name="fk_waitlist_offers_location_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_waitlist_offers"),
        sa.UniqueConstraint("uid", name="uq_waitlist_offers_uid"),
        sa.UniqueConstraint("token_hash", name="uq_waitlist_offers_token_hash"),
    )
    unanswered = sa.text("outcome = 'open'")
    op.create_index(
        "uq_waitlist_offers_one_at_a_time",
        "waitlist_offers",
        ["entry_id"],
        unique=True,
        sqlite_where=unanswered,
        postgresql_where=unanswered,
    )
    op.create_index("ix_waitlist_offers_entry_id", "waitlist_offers", ["entry_id"])
    op.create_index("ix_waitlist_offers_hold_id", "waitlist_offers", ["hold_id"])
    op.create_index("ix_waitlist_offers_starts_at", "waitlist_offers", ["starts_at"])
