"""Forgetting what was kept for long enough: one short transaction after the other."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import structlog

from booking.domain.retention import Retention
from booking.formats.tokens import random_token
from booking.services import retention
from booking.services.retention import BATCH, KINDS, Kind, Page, Tools
from booking.services.times.availability import Offers
from booking.store.engine import Database, Session

_log = structlog.get_logger()


def count(database: Database, keep: Retention) -> dict[str, int]:
    """How much of each kind would be forgotten now; nothing is."""
    return {kind.name: sum(map(len, _due(database, keep, kind))) for kind in KINDS}


def purge(
    database: Database,
    keep: Retention,
    *,
    offers: Offers,
    is_stopped: Callable[[], bool] = lambda: False,
) -> dict[str, int]:
    """
    Forget it; how much of each kind. The log and the audit say so, in numbers only.

    It may run twice, or at several places at once: what is gone is not counted again.
    """
    counts = dict.fromkeys((kind.name for kind in KINDS), 0)
    for kind in KINDS:
        for ids in _due(database, keep, kind):
            if is_stopped():
                break
            counts[kind.name] += _forget(database, keep, kind, ids, offers)
    if any(counts.values()):
        database.write(lambda session, now: retention.record(session, counts, now=now))
    _log.info("retention", **counts)
    return counts


def _due(database: Database, keep: Retention, kind: Kind) -> Iterator[Sequence[int]]:
    """The ids of what is due, so many at a time as are forgotten in one transaction."""
    after: int | None = 0
    while after is not None:
        page = _page(database, keep, kind, after)
        for start in range(0, len(page.due), BATCH):
            yield page.due[start : start + BATCH]
        after = page.last


def _page(database: Database, keep: Retention, kind: Kind, after: int) -> Page:
    return database.read(
        lambda session, now: retention.page(session, kind, keep.edges(now), after=after)
    )


def _forget(
    database: Database, keep: Retention, kind: Kind, ids: Sequence[int], offers: Offers
) -> int:
    def work(session: Session, now: datetime) -> int:
        tools = Tools(offers, random_token, now)
        return retention.forget(session, kind, ids, keep.edges(now), tools=tools)

    return database.write(work)
