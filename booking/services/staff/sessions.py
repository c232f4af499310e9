"""Who is at the keyboard: the sessions of staff, which end here whatever a cookie says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from booking.domain.lifecycle import ActorKind
from booking.domain.roles import Role, effective
from booking.formats.tokens import RandomToken, token_hash
from booking.services import audit
from booking.services.audit import Actor
from booking.store.access import StaffSession
from booking.store.base import as_instant

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
# How stale "last seen" may be: not every page that is looked at needs to write.
_SEEN_EVERY = timedelta(minutes=1)
# As text: every request of staff begins with it, and open boards ask all the time.
_QUESTION = (
    "SELECT s.token_hash, s.last_seen_at, s.created_at, p.id, p.email, p.practitioner_id, r.role"
    " FROM staff_sessions AS s JOIN staff AS p ON p.id = s.staff_id"
    " LEFT JOIN staff_roles AS r ON r.staff_id = p.id"
    " WHERE s.token_hash = :token AND p.active"
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the keyboard, as far as pages and services need to know."""

    id: int
    email: str
    roles: frozenset[Role]
    practitioner_id: int | None
    session_hash: str

    @property
    def actor(self) -> Actor:
        """The one who acts, for states and audit: reception's word goes before the doctor's."""
        kind = ActorKind.RECEPTION if Role.RECEPTION in self.roles else ActorKind.DOCTOR
        return Actor(kind, self.id)

    @property
    def only_practitioner(self) -> int | None:
        """A doctor without another role sees nobody else's patients: the practitioner's id."""
        return self.practitioner_id or 0 if self.roles == {Role.DOCTOR} else None


def start(session: Session, staff_id: int, *, random_token: RandomToken, now: datetime) -> str:
    """A new session; its token goes into the cookie, only its hash stays here."""
    token = random_token()
    session.add(
        StaffSession(
            token_hash=token_hash(token), staff_id=staff_id, created_at=now, last_seen_at=now
        )
    )
    audit.record(session, actor_of(staff_id), "signed_in", now=now)
    return token


def end(session: Session, token: str, *, now: datetime) -> None:
    """Sign out here, whatever the cookie may still say."""
    row = session.get(StaffSession, token_hash(token))
    if row is not None:
        audit.record(session, actor_of(row.staff_id), "signed_out", now=now)
        session.delete(row)


def question(token: str) -> tuple[str, dict[str, str]]:
    """What `signed_in` has to know, as a question for a glance, and the values in it."""
    return _QUESTION, {"token": token_hash(token)}


def signed_in(rows: Sequence[Sequence[Any]], *, now: datetime) -> tuple[SignedIn, bool] | None:
    """
    Whose session this is, and whether `touch` is due; None once it is idle, too old or ended.

    `rows` are what the question was answered with: one for each role.
    """
    if not rows:
        return None
    session_hash, last_seen, created, staff_id, email, practitioner_id, _ = rows[0]
    idle = now - as_instant(last_seen)
    if idle > IDLE or now - as_instant(created) > ABSOLUTE:
        return None
    person = SignedIn(
        id=staff_id,
        email=email,
        roles=effective(frozenset(Role(row[6]) for row in rows if row[6])),
        practitioner_id=practitioner_id,
        session_hash=session_hash,
    )
    return person, idle > _SEEN_EVERY


def touch(session: Session, session_hash: str, *, now: datetime) -> None:
    """Note that somebody is there."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == session_hash)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def sweep(session: Session, *, now: datetime) -> None:
    """Remove sessions that have ended by themselves."""
    session.execute(
        delete(StaffSession).where(
            (StaffSession.last_seen_at < now - IDLE) | (StaffSession.created_at < now - ABSOLUTE)
        )
    )


def end_everywhere(session: Session, person: SignedIn, *, now: datetime) -> None:
    """Sign oneself out of every browser."""
    audit.record(session, person.actor, "signed_out", now=now, reason="everywhere")
    end_all(session, person.id)


def end_all(session: Session, staff_id: int, *, but: str | None = None) -> None:
    """Sign an account out everywhere, or everywhere but in the session with this hash."""
    query = delete(StaffSession).where(StaffSession.staff_id == staff_id)
    if but is not None:
        query = query.where(StaffSession.token_hash != but)
    session.execute(query)


def actor_of(staff_id: int) -> Actor:
    """Whoever is signed in to an account, before their roles are known."""
    return Actor(ActorKind.RECEPTION, staff_id)
