"""The clinic, its locations, practitioners, services and opening hours."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Enum, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column, relationship

from booking.domain.modes import Mode, Patients
from booking.store.base import Base


class Clinic(Base):
    """The one clinic of this installation. `version` rises whenever a rule changes."""

    __tablename__ = "clinic"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("move_cut_off_hours >= 0", name="move_cut_off_not_negative"),
        CheckConstraint("cancel_cut_off_hours >= 0", name="cancel_cut_off_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    # Whose public holidays are proposed, where regions of the country differ; None: of them all.
    region: Mapped[str | None] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(254))
    privacy_notice: Mapped[str] = mapped_column(String(20))
    hold_minutes: Mapped[int] = mapped_column(default=10)
    # How long before a visit its patient may last move or cancel it online; 0: until it begins.
    move_cut_off_hours: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    cancel_cut_off_hours: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # The colour of buttons and links, like #0d635c; None is the program's own.
    accent: Mapped[str | None] = mapped_column(String(7))
    version: Mapped[int] = mapped_column(default=1)


class Location(Base):
    """
    Where visits take place: an address, and the zone of the clock on its wall.

    The first that is not archived is the clinic's own. Archived rather than deleted, since bookings
    refer to it. `directions` say how to get there.
    """

    __tablename__ = "locations"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(64))
    directions: Mapped[str] = mapped_column(String(1000), default="")
    is_archived: Mapped[bool] = mapped_column(default=False)


def at_location() -> MappedColumn[int]:
    """
    Where something is. Every row has one, though its column may be null: SQLite cannot add a
    reference that is not null to a table with rows.
    """
    return mapped_column(ForeignKey("locations.id"), nullable=True)


class Picture(Base):
    """A picture of the clinic's own, its size in pixels; `version` changes with its content."""

    __tablename__ = "pictures"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    content: Mapped[bytes]
    content_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    version: Mapped[str] = mapped_column(String(12))


class Resource(Base):
    """
    Whatever can be claimed: a practitioner (or a room).

    `version` rises with every change of its claims. Raising it is also the lock under which a
    claim is checked and written, so practitioners' bookings do not queue behind each other.
    `calendar_version` rises with every change of a booking, for feeds. So does
    `calendar_second`, the second since 1970 of the last change: two changes in one second get two,
    since HTTP dates have no fractions. `board_version` rises with what else the day board shows of
    a practitioner: reviews, calls, mail that fails, lateness (services/versions.py).
    """

    __tablename__ = "resources"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    calendar_version: Mapped[int] = mapped_column(default=1)
    calendar_second: Mapped[int] = mapped_column(BigInteger)
    board_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class Practitioner(Base):
    """A doctor whom patients can book; mail about changes of the same day goes to `email`."""

    __tablename__ = "practitioners"

    id: Mapped[int] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    # No longer offered. Bookings refer to them, so they are never deleted.
    is_archived: Mapped[bool] = mapped_column(default=False, server_default=false())

    hours: Mapped[list["OpeningHours"]] = relationship(
        order_by="OpeningHours.weekday, OpeningHours.opens"
    )


class Service(Base):
    """A kind of consultation. Lengths are whole minutes."""

    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("length_minutes > 0", name="length_positive"),
        CheckConstraint("step_minutes > 0", name="step_positive"),
        CheckConstraint(
            "buffer_before_minutes >= 0 AND buffer_after_minutes >= 0", name="buffers_not_negative"
        ),
        CheckConstraint("notice_minutes >= 0", name="notice_not_negative"),
        CheckConstraint("horizon_days >= 0", name="horizon_not_negative"),
        CheckConstraint("cap_day > 0 AND cap_week > 0", name="caps_positive"),
        CheckConstraint("mode <> 'video' OR mode_text <> ''", name="video_says_how"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    length_minutes: Mapped[int]
    buffer_before_minutes: Mapped[int] = mapped_column(default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(default=0)
    step_minutes: Mapped[int] = mapped_column(default=30)
    notice_minutes: Mapped[int] = mapped_column(default=120)
    horizon_days: Mapped[int] = mapped_column(default=28)
    # The most of them that one practitioner takes on a day and in a week; None: as many as fit.
    cap_day: Mapped[int | None]
    cap_week: Mapped[int | None]
    # No longer offered. Bookings refer to it, so it is never deleted.
    is_archived: Mapped[bool] = mapped_column(default=False)
    patients: Mapped[Patients] = mapped_column(
        Enum(
            Patients, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s]
        ),
        default=Patients.ALL,
        server_default="all",
    )
    # How its visits take place, those that are booked already too.
    mode: Mapped[Mode] = mapped_column(
        Enum(Mode, native_enum=False, length=20, values_callable=lambda s: [m.value for m in s]),
        default=Mode.IN_PERSON,
        server_default="in_person",
    )
    mode_text: Mapped[str] = mapped_column(String(500), default="", server_default="")

    practitioners: Mapped[list[Practitioner]] = relationship(
        secondary="service_practitioners", order_by="Practitioner.id"
    )


class ServicePractitioner(Base):
    """Which practitioner offers which service."""

    __tablename__ = "service_practitioners"

    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"), primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"), primary_key=True)


class Room(Base):
    """
    A room or a device that visits at its location need; its time is claimed like a practitioner's.

    Archived rather than deleted, since claims refer to it.
    """

    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(ForeignKey("resources.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    is_device: Mapped[bool] = mapped_column(default=False)
    is_archived: Mapped[bool] = mapped_column(default=False)


class ServiceRoom(Base):
    """A service needs one of its rooms, and one of its devices."""

    __tablename__ = "service_rooms"

    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"), primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True)


class OpeningHours(Base):
    """
    A weekly stretch on the location's wall, open or a break: Monday is 0; minutes after 00:00.

    `every_weeks` 2 is every other week, counted from the week of `valid_from`.
    """

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_exists"),
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="opens_first"),
        CheckConstraint("valid_from <= valid_until", name="valid_from_first"),
        CheckConstraint(
            "every_weeks = 1 OR (every_weeks > 1 AND valid_from IS NOT NULL)",
            name="every_weeks_counted_from_somewhere",
        ),
        Index("ix_opening_hours_practitioner_id", "practitioner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    location_id: Mapped[int] = at_location()
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    every_weeks: Mapped[int] = mapped_column(default=1)
    is_break: Mapped[bool] = mapped_column(default=False, server_default=false())


class Closure(Base):
    """
    Closed in local time, from `begins` on the first day to `ends` on the last.

    With a practitioner it is their absence, with a location only that one is closed, without either
    the whole clinic. `name` is for staff; patients never read it.
    """

    __tablename__ = "closures"
    __table_args__ = (
        CheckConstraint(
            "first_day < last_day OR (first_day = last_day AND begins < ends)", name="begins_first"
        ),
        CheckConstraint(
            "begins >= 0 AND begins < 1440 AND ends > 0 AND ends <= 1440", name="within_days"
        ),
        Index("ix_closures_practitioner_id", "practitioner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioners.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    name: Mapped[str] = mapped_column(String(100))
    first_day: Mapped[date]
    last_day: Mapped[date]
    begins: Mapped[int] = mapped_column(default=0)
    ends: Mapped[int] = mapped_column(default=1440)
    is_yearly: Mapped[bool] = mapped_column(default=False)


class ExtraOpening(Base):
    """A practitioner is open on one date besides the weekly hours; minutes after 00:00."""

    __tablename__ = "extra_openings"
    __table_args__ = (
        CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="opens_first"),
        Index("ix_extra_openings_practitioner_id", "practitioner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id"))
    location_id: Mapped[int] = at_location()
    day: Mapped[date]
    opens: Mapped[int]
    closes: Mapped[int]
