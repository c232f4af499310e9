"""How this installation is: schema, worker, outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from booking.services.mail import outbox
from booking.store.records import Heartbeat
from booking.store.schema import current_version, newest_version

WORKER_IS_LATE_AFTER = timedelta(seconds=60)
_FORGET_WORKERS_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """What `/readyz` and `flask doctor` report; ages are in whole seconds."""

    schema_is_current: bool
    worker_seen_seconds_ago: int | None
    oldest_unsent_seconds: int | None
    unsent: int
    failed: int

    @property
    def worker_is_late(self) -> bool:
        """No worker has shown itself for a minute, so mail is waiting."""
        seen = self.worker_seen_seconds_ago
        return seen is None or seen > WORKER_IS_LATE_AFTER.total_seconds()


def check(session: Session, *, now: datetime) -> Health:
    """Look, and change nothing."""
    if current_version(session.connection()) != newest_version():
        return Health(False, None, None, 0, 0)
    seen = session.scalar(select(func.max(Heartbeat.at)))
    messages = outbox.counts(session)
    oldest = messages.oldest_waiting_since
    return Health(
        schema_is_current=True,
        worker_seen_seconds_ago=None if seen is None else int((now - seen).total_seconds()),
        oldest_unsent_seconds=None if oldest is None else int((now - oldest).total_seconds()),
        unsent=messages.waiting,
        failed=messages.failed,
    )


def beat(session: Session, worker: str, *, now: datetime) -> None:
    """A worker says that it is there."""
    known = session.execute(update(Heartbeat).where(Heartbeat.worker == worker).values(at=now))
    if not known.rowcount:  # type: ignore[attr-defined]
        session.add(Heartbeat(worker=worker, at=now))
    session.execute(delete(Heartbeat).where(Heartbeat.at < now - _FORGET_WORKERS_AFTER))
