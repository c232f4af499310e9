"""Staff accounts: who may come in, as what, and with which password."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking.domain.errors import FieldError, Invalid, LastAdministrator, NotFound
from booking.domain.people import Findings
from booking.domain.roles import Role
from booking.formats import passwords
from booking.formats.contacts import read_email
from booking.formats.tokens import RandomToken
from booking.services import audit
from booking.services.audit import SYSTEM, Actor
from booking.services.staff import one_time_links, sessions
from booking.services.staff.one_time_links import Purpose
from booking.store.access import Staff, StaffRole, StaffSession
from booking.store.clinic import Practitioner

LINK_LIFETIME = timedelta(days=1)
# No hash that a password could have: who has it cannot sign in.
_NO_PASSWORD = "none yet"  # noqa: S105 - the opposite of one


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the administrator sees it; `last_seen` while somebody is signed in to it."""

    id: int
    email: str
    roles: frozenset[Role]
    practitioner_id: int | None
    is_active: bool
    has_password: bool
    last_seen: datetime | None


def accounts(session: Session) -> list[Account]:
    """All of them, those that are active first."""
    seen = select(StaffSession.staff_id, func.max(StaffSession.last_seen_at).label("at"))
    by_account = seen.group_by(StaffSession.staff_id).subquery()
    rows = session.execute(
        select(Staff, by_account.c.at)
        .outerjoin(by_account, by_account.c.staff_id == Staff.id)
        .order_by(Staff.active.desc(), Staff.email)
    )
    return [_account(row, at) for row, at in rows]


def account(session: Session, staff_id: int) -> Account:
    """
    One of them.

    Raises:
        NotFound: there is none with this id.
    """
    return _account(_row(session, staff_id), None)


def add(
    session: Session,
    email: str,
    roles: Collection[Role],
    password: str | None,
    *,
    practitioner_id: int | None = None,
    actor: Actor = SYSTEM,
    now: datetime,
) -> Staff:
    """
    A new account. E-mail addresses are kept in small letters.

    Without a password nobody signs in to it until one is chosen through a link.

    Raises:
        Invalid: the address is none or taken, or the password is too short or too long.
    """
    found = Findings()
    address = (read_email(email, found) or "").lower()
    if not address:
        raise Invalid(found.errors or [FieldError("email", "missing", "Give an e-mail address")])
    if password is not None:
        require_good(password)
    if session.scalar(select(Staff.id).where(Staff.email == address)) is not None:
        raise Invalid([FieldError("email", "taken", "There is an account with this address")])
    row = Staff(
        email=address,
        password_hash=_NO_PASSWORD if password is None else passwords.hash_password(password),
        practitioner_id=practitioner_id,
        roles=[StaffRole(role=role) for role in roles],
        active=True,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, actor, "staff_added", row.id, now=now, to_value=_words(roles))
    return row


def change(
    session: Session,
    staff_id: int,
    roles: frozenset[Role],
    *,
    practitioner_id: int | None,
    is_active: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """
    Give an account these roles, tie it to a practitioner, let it in or keep it out.

    Whoever is kept out is signed out everywhere, and links to a new password end.

    Raises:
        NotFound: there is none with this id.
        LastAdministrator: nobody would be left who may change this.
    """
    admins = _lock_administrators(session)
    row = _row(session, staff_id)
    if (not is_active or Role.ADMIN not in roles) and admins == [staff_id]:
        raise LastAdministrator
    before = frozenset(one.role for one in row.roles)
    if before != roles:
        row.roles = [one for one in row.roles if one.role in roles]
        row.roles += [StaffRole(role=role) for role in roles - before]
    if before != roles or row.practitioner_id != practitioner_id:
        _record(
            session,
            actor,
            "staff_changed",
            staff_id,
            now=now,
            from_value=_words(before),
            to_value=_words(roles),
        )
    row.practitioner_id = practitioner_id
    if row.active != is_active:
        row.active = is_active
        action = "staff_reactivated" if is_active else "staff_deactivated"
        _record(session, actor, action, staff_id, now=now)
    if not is_active:
        sessions.end_all(session, staff_id)
        one_time_links.end(session, Purpose.PASSWORD, staff_id=staff_id)


def _lock_administrators(session: Session) -> list[int]:
    """
    The active administrators, locked: two who remove each other at once do so one by one.

    In the order of their ids, so that nobody waits in a circle.
    """
    query = (
        select(Staff.id)
        .join(StaffRole, StaffRole.staff_id == Staff.id)
        .where(StaffRole.role == Role.ADMIN, Staff.active)
        .order_by(Staff.id)
        .with_for_update()
    )
    return list(session.scalars(query))


def link_to_password(
    session: Session, staff_id: int, *, actor: Actor, random_token: RandomToken, now: datetime
) -> str:
    """
    The token of a link with which the account's owner chooses a password; earlier ones end.

    Raises:
        NotFound: there is no active account with this id.
    """
    if not _row(session, staff_id).active:
        raise NotFound
    _record(session, actor, "password_link_made", staff_id, now=now)
    return one_time_links.make(
        session,
        Purpose.PASSWORD,
        staff_id=staff_id,
        lifetime=LINK_LIFETIME,
        random_token=random_token,
        now=now,
    )


def choose_password(session: Session, token: str, password: str, *, now: datetime) -> None:
    """
    Use up a link for a new password. All sessions of the account end.

    Raises:
        NotFound: the link is unknown, was used or has expired.
        Invalid: the password is too short or too long; the link stays good.
    """
    require_good(password)
    staff_id = one_time_links.use(session, Purpose.PASSWORD, token, now=now).staff_id
    row = _row(session, staff_id or 0)
    row.password_hash = passwords.hash_password(password)
    sessions.end_all(session, row.id)
    _record(session, sessions.actor_of(row.id), "password_changed", row.id, now=now)


def change_password(
    session: Session, person: sessions.SignedIn, password: str, *, now: datetime
) -> None:
    """
    Another password for oneself; all one's other sessions end.

    The caller has checked the present one.

    Raises:
        Invalid: the password is too short or too long.
    """
    require_good(password)
    _row(session, person.id).password_hash = passwords.hash_password(password)
    sessions.end_all(session, person.id, but=person.session_hash)
    _record(session, person.actor, "password_changed", person.id, now=now)


def require_good(password: str) -> None:
    """
    Whether a password may be used.

    Raises:
        Invalid: it is too short or too long.
    """
    if not passwords.MIN_LENGTH <= len(password) <= passwords.MAX_LENGTH:
        words = f"Use {passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters"
        raise Invalid([FieldError("password", "length", words)])


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


def _row(session: Session, staff_id: int) -> Staff:
    row = session.get(Staff, staff_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _account(row: Staff, last_seen: datetime | None) -> Account:
    return Account(
        id=row.id,
        email=row.email,
        roles=frozenset(one.role for one in row.roles),
        practitioner_id=row.practitioner_id,
        is_active=row.active,
        has_password=row.password_hash != _NO_PASSWORD,
        last_seen=last_seen,
    )


def _words(roles: Collection[Role]) -> str:
    return ",".join(sorted(roles))


def _record(
    session: Session,
    actor: Actor,
    action: str,
    staff_id: int,
    *,
    now: datetime,
    from_value: str | None = None,
    to_value: str | None = None,
) -> None:
    audit.record(
        session,
        actor,
        action,
        now=now,
        subject=f"staff:{staff_id}",
        from_value=from_value,
        to_value=to_value,
    )
