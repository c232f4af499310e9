"""E-mail addresses that must be proven before a booking is made, and the mails about them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("slot", sa.String(length=300), nullable=False),
        sa.Column("privacy_notice", sa.String(length=20), nullable=False),
        sa.Column("may_remind", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name="fk_email_proofs_draft_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_email_proofs"),
        sa.UniqueConstraint("uid", name="uq_email_proofs_uid"),
        sa.UniqueConstraint("token_hash", name="uq_email_proofs_token_hash"),
    )
    op.create_index("ix_email_proofs_draft_id", "email_proofs", ["draft_id"])
    # SQLite writes the table anew for it; nothing refers to messages.
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("proof_id", sa.Integer(), nullable=True))
        messages.create_foreign_key(
            "fk_messages_proof_id", "email_proofs", ["proof_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index("ix_messages_proof_id", "messages", ["proof_id"])
