"""Staff accounts and their sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from booking.domain.errors import FieldError, Invalid, NotFound
from booking.domain.lifecycle import ActorKind
from booking.domain.people import Findings
from booking.domain.roles import Role, effective
from booking.formats import passwords
from booking.formats.contacts import read_email
from booking.formats.tokens import RandomToken, token_hash
from booking.services import audit
from booking.services.audit import SYSTEM, Actor
from booking.store.access import Staff, StaffRole, StaffSession
from booking.store.clinic import Practitioner

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
# How stale "last seen" may be: not every page that is looked at needs to write.
_SEEN_EVERY = timedelta(minutes=1)


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


def add(
    session: Session,
    email: str,
    roles: Collection[Role],
    password: str,
    *,
    practitioner_id: int | None = None,
    now: datetime,
) -> Staff:
    """
    A new account. E-mail addresses are kept in small letters.

    Raises:
        Invalid: the address is none or taken, or the password is too short or too long.
    """
    found = Findings()
    address = (read_email(email, found) or "").lower()
    if not address:
        raise Invalid(found.errors or [FieldError("email", "missing", "Give an e-mail address")])
    if not passwords.MIN_LENGTH <= len(password) <= passwords.MAX_LENGTH:
        words = f"Use {passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters"
        raise Invalid([FieldError("password", "length", words)])
    if session.scalar(select(Staff.id).where(Staff.email == address)) is not None:
        raise Invalid([FieldError("email", "taken", "There is an account with this address")])
    account = Staff(
        email=address,
        password_hash=passwords.hash_password(password),
        practitioner_id=practitioner_id,
        roles=[StaffRole(role=role) for role in roles],
        active=True,
        created_at=now,
    )
    session.add(account)
    session.flush()
    audit.record(
        session,
        SYSTEM,
        "staff_added",
        now=now,
        subject=f"staff:{account.id}",
        to_value=",".join(sorted(roles)),
    )
    return account


def renew_hash(session: Session, staff_id: int, password: str) -> None:
    """Keep a password that was just checked under today's parameters."""
    session.execute(
        update(Staff)
        .where(Staff.id == staff_id)
        .values(password_hash=passwords.hash_password(password))
    )


def password_hash_of(session: Session, email: str) -> tuple[int, str] | None:
    """The id and password hash of an active account, for checking outside the transaction."""
    row = session.execute(
        select(Staff.id, Staff.password_hash).where(
            Staff.email == email.strip().lower(), Staff.active
        )
    ).first()
    return None if row is None else (row[0], row[1])


def start_session(
    session: Session, staff_id: int, *, random_token: RandomToken, now: datetime
) -> str:
    """A new session; its token goes into the cookie, only its hash stays here."""
    token = random_token()
    session.add(
        StaffSession(
            token_hash=token_hash(token), staff_id=staff_id, created_at=now, last_seen_at=now
        )
    )
    audit.record(session, _staff_actor(staff_id), "signed_in", now=now)
    return token


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """Sign out here, whatever the cookie may still say."""
    row = session.get(StaffSession, token_hash(token))
    if row is not None:
        audit.record(session, _staff_actor(row.staff_id), "signed_out", now=now)
        session.delete(row)


def signed_in(session: Session, token: str, *, now: datetime) -> tuple[SignedIn, bool] | None:
    """Whose session this is, and whether `touch` is due; None once it is idle, too old or ended."""
    row = session.scalar(
        select(StaffSession)
        .options(joinedload(StaffSession.staff))
        .where(StaffSession.token_hash == token_hash(token))
    )
    if row is None or not row.staff.active:
        return None
    if now - row.last_seen_at > IDLE or now - row.created_at > ABSOLUTE:
        return None
    person = SignedIn(
        id=row.staff.id,
        email=row.staff.email,
        roles=effective(frozenset(role.role for role in row.staff.roles)),
        practitioner_id=row.staff.practitioner_id,
        session_hash=row.token_hash,
    )
    return person, now - row.last_seen_at > _SEEN_EVERY


def touch(session: Session, session_hash: str, *, now: datetime) -> None:
    """Note that somebody is there."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == session_hash)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def sweep_sessions(session: Session, *, now: datetime) -> None:
    """Remove sessions that have ended by themselves."""
    session.execute(
        delete(StaffSession).where(
            (StaffSession.last_seen_at < now - IDLE) | (StaffSession.created_at < now - ABSOLUTE)
        )
    )


def _staff_actor(staff_id: int) -> Actor:
    return Actor(ActorKind.RECEPTION, staff_id)


def names(session: Session) -> dict[int, str]:
    """The addresses of all accounts by id: for "who did this" on a card."""
    return {row.id: row.email for row in session.scalars(select(Staff))}


def practitioner_for(session: Session, roles: Collection[str], slug: str | None) -> int | None:
    """
    The practitioner whom a doctor's account belongs to: the one named, or the only one there is.

    Raises:
        NotFound: no practitioner has this id.
    """
    if slug is None and Role.DOCTOR not in roles:
        return None
    known = {row.slug: row.id for row in session.scalars(select(Practitioner))}
    if slug is None:
        return next(iter(known.values())) if len(known) == 1 else None
    if slug not in known:
        raise NotFound
    return known[slug]
