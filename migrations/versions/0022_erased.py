"""Patients who were erased need not be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NAME = "ck_patients_can_be_reached"
_BEFORE = "email IS NOT NULL OR phone IS NOT NULL"
_NOW = f"{_BEFORE} OR erased_at IS NOT NULL"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(op.get_bind())
        return
    op.drop_constraint(op.f(_NAME), "patients", type_="check")
    op.create_check_constraint(op.f(_NAME), "patients", _NOW)


def _rewrite(connection: sa.Connection) -> None:
    """
    Other words in the table's definition, which SQLite has no statement for.

    A new table in its place would leave those that refer to it without a target, and a wider
    condition holds for every row that is there: https://www.sqlite.org/lang_altertable.html, 7.
    """
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :now) "
            "WHERE type = 'table' AND name = 'patients' AND instr(sql, :before) > 0"
        ),
        {"before": f"({_BEFORE})", "now": f"({_NOW})"},
    ).rowcount
    # Other connections read the definitions again, and so does this one.
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
    found = connection.exec_driver_sql("PRAGMA integrity_check('patients')").scalar_one()
    if changed != 1 or found != "ok":
        raise RuntimeError(f"the definition of patients could not be changed: {found}")
