"""Finding a patient among many: milliseconds of the service, on one database."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks import table
from benchmarks.databases import Databases
from booking.domain.search import read_query
from booking.services.patients import search
from booking.store import schema
from booking.store.bookings import Patient
from booking.store.engine import Ask, Database
from booking.store.patients import PatientWord

PATIENTS = 100_000
_BATCH, _RUNS = 5_000, 15
_NOW = datetime(2026, 1, 12, 13, tzinfo=UTC)
_FIRST = [a + b for a in ("Ma", "Jo", "An", "Li", "Sa", "Ro") for b in ("ria", "hn", "nd", "ra")]
_LAST = [
    a + b for a in ("Gon", "Smi", "Mül", "O’Br", "Ñuñ", "Had") for b in ("zalez", "th", "ien", "ez")
]
QUERIES = (
    "ma",
    "maria",
    "gonzalez maria",
    "maria zz",
    "mulien",
    "nunez jo",
    "0142",
    "(202) 345-0142",
    "14 3 1980",
    "K7QM-34DX",
    "nobody",
)


def _now(ask: Ask | None = None) -> datetime:  # noqa: ARG001
    return _NOW


def print_search(databases: Databases) -> None:
    """The median and the worst of many runs for each way to look."""
    database = Database(databases.url("search"), clock=_now)
    schema.upgrade(database.engine)
    database.write(lambda session, now: _fill(session, now=now))
    database.write(lambda session, _: session.execute(text("ANALYZE")))
    rows = [["typed", "found", "median ms", "worst ms"]]
    for query in QUERIES:
        spent, found = _measured(database, query)
        rows.append([query, str(found), f"{median(spent):.2f}", f"{max(spent):.2f}"])
    print(f"\n{databases.title}; {PATIENTS:,} patients, {_RUNS} runs each\n")
    print("\n".join(table.aligned(rows)), flush=True)
    database.dispose()


def _measured(database: Database, query: str) -> tuple[list[float], int]:
    sought = read_query(query, today=_NOW.date())

    def look(session: Session, now: datetime) -> int:
        return len(search.describe(session, search.matching(session, sought), now=now))

    spent, found = [], 0
    for _ in range(_RUNS):
        began = time.perf_counter()
        found = database.read(look)
        spent.append((time.perf_counter() - began) * 1e3)
    return spent, found


def _fill(session: Session, *, now: datetime) -> None:
    dice = Random(1)
    for begin in range(1, PATIENTS + 1, _BATCH):
        people = list(_people(range(begin, begin + _BATCH), dice, now))
        session.execute(insert(Patient), people)
        words = [
            row
            for one in people
            for row in search.word_rows(one["id"], name=one["name"], phone=one["phone"])
        ]
        session.execute(insert(PatientWord), words)


def _people(ids: range, dice: Random, now: datetime) -> Iterator[dict[str, Any]]:
    for number in ids:
        yield {
            "id": number,
            "name": f"{dice.choice(_FIRST)} {dice.choice(_LAST)}",
            "date_of_birth": date(1940, 1, 1) + timedelta(days=dice.randrange(24_000)),
            "email": None,
            "phone": f"+1 202-{dice.randrange(200, 999)}-{dice.randrange(10_000):04}",
            "locale": "en",
            "created_at": now,
        }
