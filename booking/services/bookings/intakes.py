"""What patients answered before a visit: kept with the booking, shown to the doctor, reviewed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, exists, func, select, update
from sqlalchemy.orm import Session

from booking.domain.calls import IN_VAIN, Cause
from booking.domain.intake import Caution, Intake, cautions, read_intake
from booking.domain.people import Findings
from booking.domain.questions import Effect
from booking.services import audit, versions
from booking.services.audit import Actor
from booking.store import intakes as store
from booking.store.base import insert_row
from booking.store.bookings import Booking
from booking.store.calls import Call

_Row = store.Caution
# By which name the ledger of consents knows the permission to remind.
REMINDERS = "email_reminders"


@dataclass(frozen=True, slots=True)
class Given:
    """What a patient answered, and the version of the questions in whose words they were asked."""

    intake: Intake = field(default_factory=Intake)
    version: int = 1
    # Ticked apart from everything else: e-mails about the visit before it comes.
    may_remind: bool = False

    @property
    def granted(self) -> tuple[str, ...]:
        """The purposes that the patient agreed to, for the ledger of consents."""
        wishes = {REMINDERS: self.may_remind, "earlier_time": self.intake.earlier_time}
        return tuple(purpose for purpose, granted in wishes.items() if granted)


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A caution, and when the doctor reviewed it."""

    id: int
    caution: Caution
    reviewed_at: datetime | None
    reviewed_by: int | None


@dataclass(frozen=True, slots=True)
class ForTheDoctor:
    """
    A booking's answers and cautions.

    `version` is that of the questions; None where nothing was answered. An answer whose option
    is no longer asked is in none of it. `changed_at` says when the patient last answered anew.
    """

    intake: Intake
    version: int | None
    cautions: tuple[Reviewable, ...]
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ForTheDesk:
    """
    What the front desk may know: what to make ready, and how many answers wait for whom.

    `tries` is how often somebody called about them in vain.
    """

    help: Mapping[str, Any]
    to_review: int
    to_call: int
    tries: int = 0


def record(
    session: Session,
    booking_id: int,
    given: Given,
    *,
    age: int | None,
    locale: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what was answered, and what follows from it, with a new booking."""
    if given.intake.for_the_doctor or given.intake.for_the_desk:
        add_answers(session, booking_id, given, revision=0, locale=locale, actor=actor, now=now)
    for one in cautions(given.intake, age=age):
        add_caution(session, booking_id, one)


def add_answers(
    session: Session,
    booking_id: int,
    given: Given,
    *,
    revision: int,
    locale: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep answers as what counts from now on."""
    insert_row(
        session,
        store.Intake,
        booking_id=booking_id,
        revision=revision,
        answers=given.intake.for_the_doctor,
        help=given.intake.for_the_desk,
        text_version=given.version,
        locale=locale,
        given_at=now,
        given_by=actor.kind.value,
    )


def add_caution(session: Session, booking_id: int, caution: Caution) -> None:
    """Keep what the doctor should see; nobody has seen it yet."""
    insert_row(
        session,
        _Row,
        booking_id=booking_id,
        key=caution.key,
        effect=caution.effect,
        detail=caution.detail,
        reviewed_by=None,
        reviewed_at=None,
        called_by=None,
        called_at=None,
    )


def newest(session: Session, booking_id: int) -> store.Intake | None:
    """The answers of a booking that count, if there are any."""
    query = select(store.Intake).where(store.Intake.booking_id == booking_id)
    return session.scalar(query.order_by(store.Intake.revision.desc()).limit(1))


def kept(row: store.Intake | None) -> Intake:
    """What a row says. What was found good once is read as far as it is still asked."""
    given = {**row.answers, **row.help} if row is not None else {}
    return read_intake(given, Findings())


def to_review() -> ScalarSelect[int]:
    """How many cautions of a booking nobody has reviewed, for a query over bookings."""
    return _count(_Row.reviewed_at.is_(None))


def to_call() -> ScalarSelect[int]:
    """The same for those that the patient is to be called about."""
    return _count(*_CALL_OPEN)


def tries() -> ScalarSelect[int]:
    """How often somebody tried in vain to call about a booking's cautions, for the same."""
    return (
        select(func.count())
        .select_from(Call)
        .where(
            Call.booking_id == Booking.id,
            Call.cause == Cause.CAUTION,
            Call.outcome.in_(IN_VAIN),
        )
        .correlate(Booking)
        .scalar_subquery()
    )


def help_wanted() -> ScalarSelect[Any]:
    """What the desk makes ready for a booking, for a query over bookings."""
    return (
        select(store.Intake.help)
        .where(store.Intake.booking_id == Booking.id)
        .order_by(store.Intake.revision.desc())
        .limit(1)
        .correlate(Booking)
        .scalar_subquery()
    )


_CALL_OPEN = (
    _Row.effect == Effect.CALL,
    _Row.called_at.is_(None),
    _Row.reviewed_at.is_(None),
)


def _count(*conditions: Any) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(_Row)
        .where(_Row.booking_id == Booking.id, *conditions)
        .correlate(Booking)
        .scalar_subquery()
    )


def for_the_desk(session: Session, booking_id: int) -> ForTheDesk:
    """What reception may know of one booking's answers."""
    query = select(help_wanted(), to_review(), to_call(), tries()).where(Booking.id == booking_id)
    found = session.execute(query).one()
    return ForTheDesk(found[0] or {}, found[1], found[2], found[3])


def must_call(session: Session, booking_id: int) -> bool:
    """Whether the patient is still asked to call before they come."""
    query = select(exists().where(_Row.booking_id == booking_id, *_CALL_OPEN))
    return bool(session.scalar(query))


def for_the_doctor(
    session: Session, booking_id: int, *, actor: Actor, now: datetime
) -> ForTheDoctor:
    """What the doctor reads. Reading it is recorded, where there is something to read."""
    row = newest(session, booking_id)
    query = select(_Row).where(_Row.booking_id == booking_id).order_by(_Row.id)
    found = session.scalars(query).all()
    if row is not None or found:
        audit.record(session, actor, "answers_read", now=now, booking_id=booking_id)
    return ForTheDoctor(
        intake=kept(row),
        version=row.text_version if row is not None else None,
        cautions=tuple(
            Reviewable(
                one.id, Caution(one.key, one.effect, one.detail), one.reviewed_at, one.reviewed_by
            )
            for one in found
        ),
        changed_at=row.given_at if row is not None and row.revision else None,
    )


def review(session: Session, booking_id: int, *, staff_id: int, actor: Actor, now: datetime) -> int:
    """
    The doctor has seen the cautions that were not reviewed yet; how many those were.

    What was reviewed before keeps its time and its reviewer.
    """
    return _settle(
        session,
        booking_id,
        (_Row.reviewed_at.is_(None),),
        {"reviewed_at": now, "reviewed_by": staff_id},
        "cautions_reviewed",
        actor=actor,
        now=now,
    )


def called(session: Session, booking_id: int, *, staff_id: int, actor: Actor, now: datetime) -> int:
    """Somebody has talked to the patient about what they were to call for; how many those were."""
    return _settle(
        session,
        booking_id,
        _CALL_OPEN,
        {"called_at": now, "called_by": staff_id},
        "patient_called",
        actor=actor,
        now=now,
    )


def not_called(session: Session, booking_id: int, *, called_at: datetime) -> None:
    """Take it back that somebody talked to the patient then."""
    session.execute(
        update(_Row)
        .where(_Row.booking_id == booking_id, _Row.called_at == called_at)
        .values(called_at=None, called_by=None)
        .execution_options(synchronize_session=False)
    )


def _settle(
    session: Session,
    booking_id: int,
    conditions: tuple[Any, ...],
    values: Mapping[str, Any],
    action: str,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    versions.raise_for(session, booking_id)
    done: Any = session.execute(
        update(_Row)
        .where(_Row.booking_id == booking_id, *conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    settled: int = done.rowcount
    if settled:
        audit.record(session, actor, action, now=now, booking_id=booking_id, to_value=str(settled))
    return settled
