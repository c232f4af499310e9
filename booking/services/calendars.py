"""Bookings as calendar entries: in mails, as a download, and in the doctor's feeds."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from booking.domain import references
from booking.domain.errors import NotFound
from booking.domain.lifecycle import ActorKind, State
from booking.domain.modes import MODE_WORDS, Mode, Whereabouts
from booking.domain.roles import FeedPrivacy
from booking.domain.sentences import to_patients
from booking.domain.time import local_day, midnight
from booking.formats import ics, languages
from booking.formats.contacts import show_phone
from booking.formats.ics import Appointment, Status
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.services import audit
from booking.services.audit import Actor
from booking.services.bookings import whereabouts
from booking.services.clinic import ClinicFacts, Rulebook
from booking.store.access import Feed
from booking.store.bookings import Booking, Patient
from booking.store.clinic import Practitioner, Resource

PAST = timedelta(days=30)
AHEAD = timedelta(days=400)
# Left out, not marked: Outlook shows a cancelled event of a feed as if it took place.
_IN_FEED = frozenset(
    {
        State.REQUESTED,
        State.CONFIRMED,
        State.ARRIVED,
        State.IN_ROOM,
        State.COMPLETED,
        State.NO_SHOW,
    }
)
_CLIENT_LENGTH = 200
_SUMMARY = to_patients("Appointment with {practitioner}")
_REFERENCE = to_patients("Reference: {reference}")
_BRING = to_patients(
    "If you have them, bring a list of your medicines and notes of earlier treatment."
)
_AT_HAND = to_patients(
    "If you have them, have at hand a list of your medicines and notes of earlier treatment."
)
_CHANGE = to_patients("To change or cancel, use the link in our e-mail or call {phone}.")


@dataclass(frozen=True, slots=True)
class FeedVersion:
    """A feed and what its present answer depends on; the same tag means the same bytes."""

    feed_id: int
    practitioner_id: int
    name: str
    privacy: FeedPrivacy
    first: datetime
    last: datetime
    etag: str
    changed_at: datetime


def patient_appointment(booking: Booking, clinic: ClinicFacts) -> Appointment:
    """The booking in the patient's calendar: neutral, with the office's phone, no answers."""
    language = languages.first_known([booking.patient.locale])
    where = whereabouts.of_booking(booking, clinic.where, language=language)
    cancelled = booking.state in {State.CANCELLED, State.ENTERED_IN_ERROR}
    return Appointment(
        uid=booking.uid,
        sequence=booking.sequence,
        start=booking.start,
        end=booking.end,
        updated_at=booking.updated_at,
        summary=languages.translate(language, _SUMMARY, practitioner=booking.practitioner.name),
        location=where.words,
        description=_description(
            booking, where, show_phone(clinic.phone, clinic.country), language
        ),
        status=Status.CANCELLED if cancelled else Status.CONFIRMED,
    )


def _description(booking: Booking, where: Whereabouts, phone: str, language: str) -> str:
    reference = references.show(booking.reference)
    lines = [
        languages.translate(language, _REFERENCE, reference=reference),
        where.text,
        languages.translate(language, _BRING if where.in_person else _AT_HAND),
        languages.translate(language, _CHANGE, phone=languages.left_to_right(language, phone)),
    ]
    return "\n".join(line for line in lines if line)


def add_feed(
    session: Session,
    *,
    practitioner: str,
    name: str,
    privacy: FeedPrivacy,
    random_token: RandomToken,
    now: datetime,
) -> str:
    """
    A new feed of one practitioner for one device; its token, told this once.

    Raises:
        NotFound: no practitioner has this id.
    """
    practitioner_id = session.scalar(
        select(Practitioner.id).where(Practitioner.slug == practitioner)
    )
    if practitioner_id is None:
        raise NotFound
    token = random_token()
    row = Feed(
        practitioner_id=practitioner_id,
        name=name,
        privacy=privacy,
        token_hash=token_hash(token),
        created_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        audit.SYSTEM,
        "feed_added",
        now=now,
        subject=f"feed:{row.id}",
        to_value=privacy.value,
    )
    return token


def revoke_feed(session: Session, feed_id: int, *, now: datetime) -> None:
    """
    End a feed; from now on its address looks as if it had never been.

    Raises:
        NotFound: there is no such feed.
    """
    feed = session.get(Feed, feed_id)
    if feed is None:
        raise NotFound
    feed.revoked_at = now
    audit.record(session, audit.SYSTEM, "feed_revoked", now=now, subject=f"feed:{feed_id}")


def feed_lines(session: Session) -> list[str]:
    """Each feed in a line: number, practitioner, device, privacy, when it was last read."""
    feeds = session.scalars(select(Feed).options(joinedload(Feed.practitioner)).order_by(Feed.id))
    return [
        f"{feed.id}\t{feed.practitioner.slug}\t{feed.name}\t{feed.privacy.value}\t"
        + ("revoked" if feed.revoked_at else f"last read {feed.last_used_at or 'never'}")
        for feed in feeds
    ]


def feed_names(session: Session) -> dict[int, str]:
    """Whose calendar each feed is, and on which device, by id."""
    feeds = session.scalars(select(Feed).options(joinedload(Feed.practitioner)))
    return {feed.id: f"{feed.practitioner.name}, {feed.name}" for feed in feeds}


def feed_version(session: Session, rulebook: Rulebook, token: str, *, now: datetime) -> FeedVersion:
    """
    What a feed's token stands for, and the tag of its present answer.

    The tag changes with every change of a booking, and at midnight, when the window moves on.

    Raises:
        NotFound: the token is unknown or was revoked; both look alike.
    """
    row = session.execute(
        select(Feed, Practitioner.name, Resource.calendar_version, Resource.calendar_second)
        .join(Practitioner, Feed.practitioner_id == Practitioner.id)
        .join(Resource, Resource.id == Practitioner.id)
        .where(Feed.token_hash == token_hash(token), Feed.revoked_at.is_(None))
    ).first()
    if row is None:
        raise NotFound
    feed, name, version, second = row
    zone = rulebook.clinic.zone
    today = local_day(now, zone)
    tag = f"{feed.id}|{feed.privacy}|{version}|{rulebook.version}|{today}"
    return FeedVersion(
        feed_id=feed.id,
        practitioner_id=feed.practitioner_id,
        name=name,
        privacy=feed.privacy,
        first=midnight(today - PAST, zone),
        last=midnight(today + AHEAD, zone),
        etag=sha256(tag.encode()).hexdigest()[:32],
        changed_at=max(datetime.fromtimestamp(second, UTC), midnight(today, zone)),
    )


def render_feed(session: Session, rulebook: Rulebook, links: Links, version: FeedVersion) -> bytes:
    """The feed's bytes: the same for the same version."""
    rows = session.scalars(
        select(Booking)
        .options(joinedload(Booking.patient), joinedload(Booking.service))
        .where(
            Booking.practitioner_id == version.practitioner_id,
            Booking.start >= version.first,
            Booking.start < version.last,
            Booking.state.in_(_IN_FEED),
        )
        .order_by(Booking.start, Booking.id)
    )
    appointments = [
        _feed_entry(row, version.privacy, rulebook.at(row.location_id), links) for row in rows
    ]
    return ics.feed(f"{version.name} – {rulebook.clinic.name}", appointments)


def _feed_entry(
    booking: Booking, privacy: FeedPrivacy, clinic: ClinicFacts, links: Links
) -> Appointment:
    return Appointment(
        uid=booking.uid,
        sequence=booking.sequence,
        start=booking.start,
        end=booking.end,
        updated_at=booking.updated_at,
        summary=_summary(booking.patient, privacy),
        location="" if privacy is FeedPrivacy.BUSY else _feed_place(booking, clinic),
        description="",
        status=Status.TENTATIVE if booking.state is State.REQUESTED else Status.CONFIRMED,
        is_free=booking.state is State.NO_SHOW,
        # Behind the login: whoever sees the doctor's phone does not see the record.
        url=links.desk(booking.id),
    )


def _feed_place(booking: Booking, clinic: ClinicFacts) -> str:
    """The patient's number stays behind the login, like all that is not the feed's to tell."""
    mode = booking.service.mode
    return clinic.address if mode is Mode.IN_PERSON else MODE_WORDS[mode]


def _summary(patient: Patient, privacy: FeedPrivacy) -> str:
    if privacy is FeedPrivacy.BUSY:
        return "Busy"
    whole = privacy is FeedPrivacy.FULL or patient.erased_at is not None
    return patient.name if whole else initials(patient.name)


def initials(name: str) -> str:
    """`A. O.` for Ann O’Brien; one letter for a name written in one word."""
    words = [word for word in name.split() if word[0].isalpha()]
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return " ".join(f"{word[0].upper()}." for word in chosen) or "?"


def note_fetch(session: Session, feed_id: int, client: str, *, now: datetime) -> None:
    """Keep when and by what a feed was last read, and that it was."""
    session.execute(
        update(Feed)
        .where(Feed.id == feed_id)
        .values(last_used_at=now, last_client=client[:_CLIENT_LENGTH])
        .execution_options(synchronize_session=False)
    )
    audit.record(session, Actor(ActorKind.DOCTOR), "feed_read", now=now, subject=f"feed:{feed_id}")
