"""
Where visits take place: locations with clocks of their own, rooms and devices at them.

What was the clinic's address becomes its first location, and everything there was is there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


MOVED_IN = ("opening_hours", "extra_openings", "bookings", "holds")


def upgrade() -> None:
    create_locations()
    create_rooms()
    for table in (*MOVED_IN, "closures"):
        add_location(table)
    for table in MOVED_IN:
        op.execute(f"UPDATE {table} SET location_id = (SELECT min(id) FROM locations)")  # noqa: S608
    op.drop_column("clinic", "address")
    op.drop_column("clinic", "time_zone")


def create_locations() -> None:
    op.create_table(
        "locations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("directions", sa.String(length=1000), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_locations"),
        sa.UniqueConstraint("slug", name="uq_locations_slug"),
    )
    op.execute(
        "INSERT INTO locations (slug, name, address, time_zone, directions, is_archived) "
        "SELECT 'main', 'Main office', address, time_zone, '', false FROM clinic"
    )


def add_location(table: str) -> None:
    # In words that both databases take: Alembic would write the reference as a statement of its
    # own, which SQLite does not know.
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN location_id INTEGER "
        f"CONSTRAINT fk_{table}_location_id REFERENCES locations (id)"
    )


def create_rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("location_id", sa.Integer(), nullable=False),
        sa.Column("is_device", sa.Boolean(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["resources.id"], name="fk_rooms_id"),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name="fk_rooms_location_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
        sa.UniqueConstraint("slug", name="uq_rooms_slug"),
    )
    op.create_table(
        "service_rooms",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_service_rooms_room_id"),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name="fk_service_rooms_service_id"
        ),
        sa.PrimaryKeyConstraint("service_id", "room_id", name="pk_service_rooms"),
    )
