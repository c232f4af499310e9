"""
A PostgreSQL database that a test has used, brought back to the state that it began with.

Making a database anew costs the server a tenth of a second and more of its processor's time, which
for some thousand tests was a third of the whole run. Emptying its tables and putting back the few
rows that were there costs a fraction of that.
"""

from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

# What tests may change besides rows: whoever drops a constraint leaves a database that is of no
# use to others.
_SHAPE = """
WITH ours(id) AS (SELECT 'public'::regnamespace::oid)
SELECT (SELECT (count(*), sum(oid::bigint)) FROM pg_class, ours WHERE relnamespace = id),
       (SELECT (count(*), sum(oid::bigint)) FROM pg_constraint, ours WHERE connamespace = id),
       (SELECT (count(*), sum(oid::bigint)) FROM pg_proc, ours WHERE pronamespace = id),
       (SELECT (count(*), sum(oid::bigint)) FROM pg_trigger),
       (SELECT count(*) FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped)
"""
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Whoever still has a lock on a row was just told to go; waiting for more is not worth it.
_PATIENCE = "SET lock_timeout = '2s'; SET statement_timeout = '5s'"


@dataclass(frozen=True)
class Beginning:
    """How a database was: its shape, and the statements that bring its rows back."""

    shape: str
    statements: str


def remember(url: str) -> Beginning:
    """
    Keep the rows of a template, in a schema of its own that goes along with each copy.

    What it has of an earlier template is forgotten.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS kept CASCADE")
        connection.execute("CREATE SCHEMA kept")
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            )
        ]
        parts = [SQL("SET session_replication_role = replica")]
        for table in map(Identifier, tables):
            parts.append(SQL("DELETE FROM public.{}").format(table))
            if connection.execute(SQL("SELECT 1 FROM public.{} LIMIT 1").format(table)).fetchone():
                connection.execute(SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(table))
                parts.append(SQL("INSERT INTO public.{0} TABLE kept.{0}").format(table))
        parts += _sequences(connection)
        text = SQL("; ").join(parts).as_string(connection)
        return Beginning(_shape(connection), text)


def _sequences(connection: psycopg.Connection) -> list[Composed]:
    names = connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
    found = []
    for (name,) in names.fetchall():
        state = connection.execute(
            SQL("SELECT last_value, is_called FROM public.{}").format(Identifier(name))
        ).fetchone()
        assert state is not None
        found.append(
            SQL("SELECT setval({}, {}, {})").format(
                Literal(f"public.{name}"), Literal(state[0]), Literal(state[1])
            )
        )
    return found


def bring_back(url: str, beginning: Beginning) -> bool:
    """Whether it is as it was; what cannot be brought back must not be used again."""
    try:
        with psycopg.connect(url) as connection:
            connection.execute(_PATIENCE)
            connection.execute(_OTHERS)
            if _shape(connection) != beginning.shape:
                return False
            connection.execute(beginning.statements)
    except psycopg.Error:
        return False
    return True


def _shape(connection: psycopg.Connection) -> str:
    return str(connection.execute(_SHAPE).fetchone())
