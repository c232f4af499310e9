"""A day on which the doctor is ill: what saving it would do, and saving what was shown."""

from datetime import date

from booking.domain.disruptions import Choice, Why
from booking.domain.people import Person
from booking.services.admin import closures, rule_changes
from booking.services.admin.closures import NewClosure
from booking.services.admin.rule_changes import Edit, Effect
from tests.support import RECEPTION, Clinic

BY_PHONE = Person("Bo Lind", date(1980, 1, 2), None, "+1 202 555 0143")


def ill(day: date) -> Edit:
    """Dr. Ahmed is away all day."""
    new = NewClosure("Ill", 1, day, day, 0, 1440, yearly=False)
    return closures.close(new, why=Why.ILL, at_short_notice=True)


def shown(clinic: Clinic, edit: Edit) -> Effect:
    """What reception sees before it is saved."""
    return clinic.database.rehearse(
        lambda session, now: rule_changes.effect(
            session, edit, random_token=clinic.random_token, now=now
        )
    )


def close(clinic: Clinic, effect: Effect, edit: Edit, choice: Choice = Choice.OFFER) -> None:
    """Save what was shown, with one choice for all."""
    clinic.write(
        lambda session, now: rule_changes.carry_out(
            session,
            clinic.links,
            edit,
            choices={one.booking_id: choice for one in effect.stranded},
            reason="Dr. Ahmed is not at the clinic",
            actor=RECEPTION,
            random_token=clinic.random_token,
            now=now,
            proposed={one.booking_id: frozenset(one.times) for one in effect.stranded},
        )
    )


def close_day(clinic: Clinic, day: date, choice: Choice = Choice.OFFER) -> None:
    """Both at once."""
    close(clinic, shown(clinic, ill(day)), ill(day), choice)
