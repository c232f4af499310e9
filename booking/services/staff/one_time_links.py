"""Links that work once and for a while; only their tokens' hashes are kept."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking.domain.errors import NotFound
from booking.formats.tokens import RandomToken, token_hash
from booking.store.access import OneTimeLink


class Purpose(StrEnum):
    """What a link is for."""

    PASSWORD = "password"  # noqa: S105 - a purpose, not a password
    SETUP = "setup"


def make(
    session: Session,
    purpose: Purpose,
    *,
    staff_id: int | None = None,
    lifetime: timedelta,
    random_token: RandomToken,
    now: datetime,
) -> str:
    """The token of a new link. Earlier ones for the same purpose and account work no longer."""
    end(session, purpose, staff_id=staff_id)
    token = random_token()
    session.add(
        OneTimeLink(
            token_hash=token_hash(token),
            purpose=purpose.value,
            staff_id=staff_id,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    session.flush()
    return token


def end(session: Session, purpose: Purpose, *, staff_id: int | None = None) -> None:
    """Let no link for this purpose and account work any longer."""
    whose = OneTimeLink.staff_id.is_(None) if staff_id is None else OneTimeLink.staff_id == staff_id
    session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == purpose.value, whose))


def find(session: Session, purpose: Purpose, token: str, *, now: datetime) -> OneTimeLink:
    """
    The link that a token is for. Looking at it does not use it up.

    Raises:
        NotFound: it is unknown, was used or has expired; all look alike.
    """
    found = session.scalars(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == token_hash(token),
            OneTimeLink.purpose == purpose.value,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def use(session: Session, purpose: Purpose, token: str, *, now: datetime) -> OneTimeLink:
    """
    The same, and use it up: of two that come at once, one gets it.

    Raises:
        NotFound: it is unknown, was used or has expired; all look alike.
    """
    found = find(session, purpose, token, now=now)
    used = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == found.token_hash, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise NotFound
    return found


def sweep(session: Session, *, now: datetime) -> None:
    """Remove links that no longer work."""
    session.execute(
        delete(OneTimeLink).where(
            (OneTimeLink.expires_at <= now) | OneTimeLink.used_at.is_not(None)
        )
    )
