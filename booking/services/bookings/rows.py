"""The rows of a new booking and of its patient, whoever makes them."""

import uuid
from datetime import date, datetime
from typing import Any

from booking.domain import references
from booking.domain.lifecycle import State
from booking.domain.time import Span
from booking.formats.languages import ENGLISH
from booking.formats.links import Links
from booking.formats.tokens import RandomToken, token_hash
from booking.services.clinic import Plan


def new_row(
    links: Links, plan: Plan, span: Span, source: str, random_token: RandomToken, *, now: datetime
) -> dict[str, Any]:
    """A booking's row but for its reference and its patient, whom nobody led here."""
    uid = f"{uuid.UUID(hex=token_hash(random_token())[:32], version=4)}@{links.host}"
    return {
        "uid": uid,
        "sequence": 0,
        "state": State.CONFIRMED,
        "practitioner_id": plan.practitioner_id,
        "service_id": plan.service_id,
        "location_id": plan.place.id,
        "start": span.start,
        "end": span.end,
        "local_start": wall_time(span.start, plan),
        "time_zone": plan.rules.zone.key,
        "source": source,
        "came_from": None,
        "referral": None,
        "manage_generation": 0,
        "manage_token_hash": token_hash(links.keys.new(uid, 0)),
        "cancelled_late": False,
        "stranding": None,
        "exceptional": None,
        "exceptional_reason": None,
        "reconfirmed_at": None,
        "follow_up_weeks": None,
        "follow_up_service_id": None,
        "created_at": now,
        "updated_at": now,
    }


def new_patient(
    name: str,
    date_of_birth: date | None,
    email: str | None,
    phone: str | None,
    *,
    locale: str = ENGLISH,
    guardian: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """A patient's row."""
    return {
        "name": name,
        "date_of_birth": date_of_birth,
        "email": email,
        "phone": phone,
        "locale": locale,
        "guardian": guardian,
        "erased_at": None,
        "merged_into": None,
        "created_at": now,
    }


def new_reference(random_token: RandomToken) -> str:
    """A reference that is likely nobody's yet."""
    return references.from_number(int(token_hash(random_token()), 16))


def wall_time(start: datetime, plan: Plan) -> str:
    """A start as the wall shows it where the visit is."""
    return start.astimezone(plan.rules.zone).strftime("%Y-%m-%dT%H:%M:%S")
