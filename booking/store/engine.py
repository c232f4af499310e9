"""The engine, and the two kinds of transaction: reading and writing."""

import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from booking.domain.errors import Busy, NotSetUp

# A view passes a session on without knowing the library that it is from.
__all__ = ["Ask", "Clock", "Database", "Glance", "Session", "make_engine"]

# Puts a question without parameters to the database; the answer's first value comes back.
Ask = Callable[[str], Any]
# The time; it may ask the database of the present transaction for it.
Clock = Callable[[Ask], datetime]
Result = TypeVar("Result")

# Together below the five seconds after which nobody is left without an answer.
_SQLITE_BUSY_SECONDS = 2
_TURN_SECONDS = 2.5
_CONNECT_SECONDS = 3
_STATEMENT_MILLISECONDS = 5000
_TRIES = 4
# Deadlock detected and serialisation failure: the whole transaction may simply be run again.
_WORTH_ANOTHER_TRY = frozenset({"40P01", "40001"})
_SQLITE_IS_AWAY = ("locked", "busy", "full", "unable to open", "not a database", "disk I/O")
_NAMED = re.compile(r":(\w+)")
_NO_SUCH_TABLE = "42P01"
# A lock or a statement that took too long: nothing was written, and later it may well succeed.
_TIMED_OUT = frozenset({"55P03", "57014", "25P03"})


@dataclass(frozen=True, slots=True)
class Glance:
    """What a look without a session saw, and when."""

    now: datetime
    rows: list[tuple[Any, ...]]


class Database:
    """
    Where use cases get their session and the time.

    `read` and `write` run `work(session, now)` in one transaction each; `now` is asked for once.
    A write is committed when `work` returns and rolled back when it raises.
    """

    def __init__(self, url: str, *, clock: Clock):
        self.engine = make_engine(url)
        self._writing = self.engine.execution_options(writing=True)
        self._clock = clock
        # SQLite lets one write at a time, and who comes second looks again ever less often. Within
        # a process the threads take turns instead, and are woken.
        self._turns = Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def read(self, work: Callable[[Session, datetime], Result]) -> Result:
        """
        Run `work` in a transaction that changes nothing.

        Raises:
            Busy: the database cannot be reached or did not answer in time.
        NotSetUp: it has no tables yet.
        """
        with (
            _translated(),
            Session(self.engine, expire_on_commit=False, autoflush=False) as session,
        ):
            return work(session, self._now(session))

    def write(self, work: Callable[[Session, datetime], Result]) -> Result:
        """
        Run `work` in a transaction and commit it; after a deadlock it is run again.

        Raises:
            Busy: the database cannot be reached, or stayed locked; nothing was written.
        """
        for attempt in range(_TRIES):
            try:
                return self._write_once(work)
            except DBAPIError as error:
                if _sqlstate(error) not in _WORTH_ANOTHER_TRY or attempt == _TRIES - 1:
                    raise
            # Two transactions that met once should not meet again at the same instant.
            time.sleep(random.uniform(0.005, 0.03) * (attempt + 1))  # noqa: S311
        raise AssertionError("unreachable")

    def _write_once(self, work: Callable[[Session, datetime], Result]) -> Result:
        with (
            _translated(),
            self._turn(),
            Session(self._writing, expire_on_commit=False) as session,
        ):
            result = work(session, self._now(session))
            session.commit()
            return result

    def rehearse(self, work: Callable[[Session, datetime], Result]) -> Result:
        """
        Run `work` as `write` would, and undo all of it: to see what a change would do.

        Raises:
            Busy: the database cannot be reached, or stayed locked.
        """
        with (
            _translated(),
            self._turn(),
            Session(self._writing, expire_on_commit=False) as session,
        ):
            return work(session, self._now(session))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._turns is None:
            yield
            return
        if not self._turns.acquire(timeout=_TURN_SECONDS):
            raise Busy
        try:
            yield
        finally:
            self._turns.release()

    def _now(self, session: Session) -> datetime:
        return self._clock(lambda query: session.execute(text(query)).scalar_one())

    def glance(self, query: str, values: Mapping[str, Any] | None = None) -> Glance | None:
        """
        The rows of one small SELECT: for what nearly every request asks first.

        `values` go in the place of `:name`. They come back as the driver gives them.

        A session costs ten times the question. None where the database does not answer: then
        `read` will, or will say why not.
        """
        failures = (self.engine.dialect.loaded_dbapi.Error, PoolTimeout)
        try:
            connection = self.engine.raw_connection()
        except failures:
            return None
        try:
            # No transaction around what is only looked at: it would be two more trips to a server.
            # (The driver's own switch; on SQLite nothing begins by itself anyway.)
            if not self.is_sqlite:
                connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            cursor = connection.cursor()
            seen: list[tuple[Any, ...]] = []

            def run(question: str) -> list[tuple[Any, ...]]:
                if values is None:
                    cursor.execute(question)
                else:
                    cursor.execute(question if self.is_sqlite else _in_psycopg(question), values)
                return [tuple(row) for row in cursor.fetchall()]

            def ask(question: str) -> Any:
                # Together with what is looked at: a trip to the server costs more than the look.
                # Both questions are this program's own.
                both = f"SELECT * FROM ({question}) a LEFT JOIN ({query}) b ON TRUE"  # noqa: S608
                seen.extend(run(both))
                return seen[0][0]

            now = self._clock(ask)
            rows = [row[1:] for row in seen if row[1] is not None] if seen else run(query)
            cursor.close()
            if not self.is_sqlite:
                connection.driver_connection.autocommit = False  # type: ignore[union-attr]
        except failures:
            connection.invalidate()
            return None
        finally:
            connection.close()
        return Glance(now, rows)

    def look(self, query: str, values: Mapping[str, Any]) -> Glance:
        """
        The same for an answer that there is no doing without.

        Raises:
            Busy: the database cannot be reached or did not answer in time.
        NotSetUp: it has no tables yet.
        """
        seen = self.glance(query, values)
        if seen is not None:
            return seen

        def ask(session: Session, now: datetime) -> Glance:
            rows = [tuple(row) for row in session.execute(text(query), values)]
            return Glance(now, rows)

        return self.read(ask)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _in_psycopg(query: str) -> str:
    return _NAMED.sub(r"%(\1)s", query)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the database's own time-outs and absences into `Busy`."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy from error
    except sqlite3.Error as error:
        # While connecting, errors come as the driver makes them.
        if _is_away(error):
            raise Busy from error
        raise
    except DBAPIError as error:
        if error.connection_invalidated or _is_passing(error):
            raise Busy from error
        if _sqlstate(error) == _NO_SUCH_TABLE or "no such table" in str(error.orig):
            raise NotSetUp from error
        raise


def _is_passing(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return _is_away(error.orig)
    state = _sqlstate(error)
    if state in _WORTH_ANOTHER_TRY:
        return False
    return state in _TIMED_OUT or (
        # Without a state the server never answered: refused, timed out, gone away.
        isinstance(error, OperationalError)
        and (state is None or state.startswith(("08", "53", "57P")))
    )


def _is_away(error: sqlite3.Error) -> bool:
    words = str(error)
    return any(sign in words for sign in _SQLITE_IS_AWAY)


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def make_engine(url: str) -> Engine:
    """An engine for either database, with time limits on everything that can hang."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(url, parsed.database)
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=10,
        max_overflow=10,
        pool_timeout=_CONNECT_SECONDS,
        pool_recycle=1800,
        # An error's text goes to the logs, where a patient's name has no place.
        hide_parameters=True,
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "options": f"-c statement_timeout={_STATEMENT_MILLISECONDS}"
            f" -c lock_timeout={_STATEMENT_MILLISECONDS - 500}"
            " -c idle_in_transaction_session_timeout=30000 -c timezone=UTC",
            # A network that swallows packets must not hold a page for longer than a refusal would.
            "tcp_user_timeout": _STATEMENT_MILLISECONDS,
            "keepalives_idle": 30,
        },
    )


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Keep a log of changes; of several that open a new file at once, some have to ask again."""
    until = time.monotonic() + _SQLITE_BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            # The switch does not wait for others as everything else does.
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _sqlite_engine(url: str, path: str | None) -> Engine:
    if path and path != ":memory:":
        # Where this fails, connecting will, and says so as for any database that is away.
        with suppress(OSError):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_timeout=_CONNECT_SECONDS,
        hide_parameters=True,
        connect_args={"timeout": _SQLITE_BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        # The driver must not begin transactions by itself: it would begin deferred ones, which
        # fail as "locked" when they turn into writers, and would tear migrations apart.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "synchronous=FULL"):
            cursor.execute(f"PRAGMA {pragma}")
        _write_ahead(cursor)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
