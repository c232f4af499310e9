"""
The layers hold: arrows point down, libraries stay in their layer, clocks outside.

Everything is read from the source with `ast`; nothing is imported. Each rule has a
control, a few lines that break it, so that a rule that sees nothing cannot pass.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 350


@dataclass(frozen=True)
class Layer:
    """What a layer may import: which of ours, and which libraries (None: any)."""

    ours: frozenset[str]
    libraries: frozenset[str] | None


def layer(ours: str, libraries: str | None) -> Layer:
    return Layer(
        frozenset(ours.split()), None if libraries is None else frozenset(libraries.split())
    )


# From the bottom up. A layer may always import itself and the standard library.
LAYERS = {
    "booking": layer("", ""),  # booking/__init__.py
    "config": layer("", ""),
    "domain": layer("", ""),
    "store": layer("domain", "sqlalchemy alembic"),
    "formats": layer(
        "domain",
        "icalendar jinja2 markupsafe itsdangerous babel email_validator phonenumbers argon2"
        " holidays PIL markdown_it recurring_ical_events segno fpdf",
    ),
    "services": layer("domain store formats", "sqlalchemy"),
    "web": layer(
        "domain formats services config",
        "flask apiflask werkzeug flask_wtf wtforms flask_limiter limits marshmallow markupsafe"
        " structlog",
    ),
    # Production's clock, mail and network: what the composition root passes in.
    "seams": layer("domain store formats config", None),
    "app": layer("domain store formats services web seams config", None),
    "purge": layer("domain store formats services", "structlog"),
    "worker": layer("domain store formats services web seams config app purge", None),
    "supervisor": layer("domain store formats services web seams config app worker", None),
    "diagnosis": layer("domain store services config", "sqlalchemy"),
    "cli": layer(
        "domain store formats services seams config worker supervisor diagnosis purge", None
    ),
    "wsgi": layer("app cli config", None),
}

# What a view passes on between services: a database to open a transaction with, its session, and
# rows to read from. Without SQLAlchemy itself, a view cannot query.
EXCEPTIONS = {
    ("web", "booking.store.engine.Database"),
    ("web", "booking.store.engine.Glance"),
    ("web", "booking.store.engine.Session"),
    ("web", "booking.store.bookings.Booking"),
    ("web", "booking.store.records.AuditEntry"),
    ("web", "booking.store.records.Message"),
    ("web", "booking.store.waitlist.WaitlistEntry"),
    ("web", "booking.store.waitlist.WaitlistOffer"),
}

COMPOSITION = {"app", "seams", "cli", "worker", "supervisor", "diagnosis", "wsgi"}
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
}
# A stopwatch tells no time of day: the edges may measure a deadline or a duration with it.
PURE = {"domain", "formats", "services"}
STOPWATCHES = {
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.process_time",
}
RANDOMNESS = ("random", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom")


def layer_of(path: str) -> str:
    """`booking/store/engine.py` is in `store`, `booking/app.py` and `wsgi.py` are their own."""
    top, *rest = Path(path).with_suffix("").parts
    return top if top != "booking" or rest in ([], ["__init__"]) else rest[0]


def imports(tree: ast.AST, path: str) -> Iterator[tuple[int, str, str, str]]:
    """Line and full dotted name of each import, the name it makes here, and what that means."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                # `import a.b` makes the name `a`, and that is a; `import a.b as c` makes c.
                top = name.name.partition(".")[0]
                yield node.lineno, name.name, name.asname or top, name.name if name.asname else top
        elif isinstance(node, ast.ImportFrom):
            package = Path(path).parts[: -node.level] if node.level else ()
            module = ".".join([*package, *filter(None, [node.module])])
            for name in node.names:
                full = f"{module}.{name.name}"
                yield node.lineno, full, name.asname or name.name, full


def names_used(tree: ast.AST, path: str) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of each use of something imported, whatever its alias."""
    known = {alias: meaning for _, _, alias, meaning in imports(tree, path)}
    for node in ast.walk(tree):
        trail = []
        inner = node
        while isinstance(inner, ast.Attribute):
            trail.insert(0, inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in known:
            yield inner.lineno, ".".join([known[inner.id], *trail])


def import_offence(mine: str, full: str) -> str | None:
    top = full.partition(".")[0]
    allowed = LAYERS[mine]
    if top in ("booking", "config", "wsgi"):
        theirs = layer_of(full.replace(".", "/"))
        if theirs in {mine, *allowed.ours} or (mine, full) in EXCEPTIONS:
            return None
        return f"{mine} may not import {full}"
    if top in sys.stdlib_module_names:
        return None
    if allowed.libraries is None or top in allowed.libraries:
        return None
    return f"{mine} may not use the library {top}"


def use_offence(mine: str, full: str) -> str | None:
    if full in CLOCKS and mine not in COMPOSITION:
        return f"{mine} reads a clock ({full}); `now` is an argument"
    if full in STOPWATCHES and mine in PURE:
        return f"{mine} measures time ({full})"
    if mine == "domain" and any(f"{full}.".startswith(f"{source}.") for source in RANDOMNESS):
        return f"{mine} is random ({full})"
    return None


def offences(path: str, source: str) -> list[str]:
    """What is wrong with a file, one sentence each."""
    mine = layer_of(path)
    if mine not in LAYERS:
        return [f"{path}: {mine} has no place among the layers"]
    tree = ast.parse(source, path)
    found = {(line, import_offence(mine, full)) for line, full, *_ in imports(tree, path)}
    found |= {(line, use_offence(mine, full)) for line, full in names_used(tree, path)}
    lines = source.count("\n")
    if lines > LONGEST_FILE:
        found.add((lines, f"{lines} lines are two ideas in one file"))
    return [f"{path}:{line}: {what}" for line, what in sorted(found, key=str) if what]


def test_every_file_keeps_to_its_layer():
    files = [*sorted((ROOT / "booking").rglob("*.py")), ROOT / "config.py", ROOT / "wsgi.py"]
    assert len(files) > 10
    wrong = []
    for file in files:
        wrong += offences(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("booking/domain/a.py", "from booking.store import engine", "may not import"),
        ("booking/domain/a.py", "import booking.web.errors", "may not import"),
        ("booking/domain/a.py", "from ..services import holds", "may not import"),
        ("booking/domain/a.py", "import config", "may not import"),
        ("booking/store/a.py", "from booking.formats.ics import event", "may not import"),
        ("booking/formats/a.py", "from booking.store.base import Base", "may not import"),
        ("booking/services/a.py", "def f():\n    from booking.web import desk", "may not import"),
        ("booking/web/a.py", "from booking.store.claims import Claim", "may not import"),
        ("booking/web/a.py", "from booking.store.engine import Engine", "may not import"),
        ("booking/web/a.py", "from booking.seams.clock import now", "may not import"),
        ("booking/services/a.py", "from booking.seams import smtp", "may not import"),
        ("booking/seams/a.py", "from booking.services import outbox", "may not import"),
        ("booking/app.py", "from booking import cli", "may not import"),
        ("booking/worker.py", "from booking.supervisor import serve", "may not import"),
        ("config.py", "from booking.domain import errors", "may not import"),
        ("booking/domain/a.py", "import sqlalchemy", "may not use the library"),
        ("booking/domain/a.py", "from dateutil import tz", "may not use the library"),
        ("booking/store/a.py", "import flask", "may not use the library"),
        ("booking/formats/a.py", "from sqlalchemy.orm import Session", "may not use the library"),
        ("booking/services/a.py", "from icalendar import Calendar", "may not use the library"),
        ("booking/web/a.py", "import sqlalchemy as sa", "may not use the library"),
        ("booking/domain/a.py", "from datetime import datetime\ndatetime.now()", "clock"),
        ("booking/store/a.py", "import datetime as d\nf(default=d.datetime.utcnow)", "clock"),
        ("booking/formats/a.py", "from datetime import date as day\nday.today()", "clock"),
        ("booking/services/a.py", "from time import time\ntime()", "clock"),
        ("booking/web/a.py", "import time\ntime.time()", "clock"),
        ("booking/store/a.py", "from sqlalchemy import func\nfunc.now()", "clock"),
        ("booking/web/a.py", "import datetime as d, os.path\nd.date.today()", "clock"),
        ("booking/services/a.py", "import time\ntime.monotonic()", "measures time"),
        ("booking/domain/a.py", "import random\nrandom.random()", "random"),
        ("booking/domain/a.py", "from secrets import token_hex\ntoken_hex()", "random"),
        ("booking/domain/a.py", "from uuid import uuid4\nuuid4()", "random"),
        ("booking/domain/a.py", "import os\nos.urandom(8)", "random"),
        ("booking/web/a.py", "\n" * 351, "two ideas"),
        ("booking/helpers.py", "", "no place"),
        ("booking/managers/a.py", "", "no place"),
    ],
)
def test_a_broken_rule_is_reported(path, source, complaint):
    assert [found for found in offences(path, source) if complaint in found]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("booking/store/a.py", "from booking.domain import errors\nimport sqlalchemy"),
        ("booking/services/a.py", "from booking.store import bookings\nfrom datetime import UTC"),
        ("booking/web/a.py", "from booking.store.engine import Database"),
        ("booking/web/a.py", "from flask import g\nnow = g.now\ng.datetime.now()"),
        ("booking/domain/a.py", "from uuid import UUID\nfrom .slots import Slot"),
        ("booking/domain/a.py", "from datetime import datetime\ndatetime.fromisoformat('x')"),
        ("booking/store/engine.py", "import time\ntime.monotonic()"),
        ("booking/seams/clock.py", "import datetime\ndatetime.datetime.now()"),
        ("booking/app.py", "from booking.seams.clock import now\nimport structlog"),
        ("wsgi.py", "from booking.app import create_app"),
        ("booking/web/a.py", "\n" * 350),
    ],
)
def test_what_the_layers_are_for_is_allowed(path, source):
    assert offences(path, source) == []
