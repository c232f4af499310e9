"""The row of a message that waits to be sent, whatever it is about."""

from datetime import datetime
from typing import Any

from booking.domain.messages import MessageKind, MessageState


def row(
    kind: MessageKind,
    recipient: str,
    message_id: str,
    *,
    now: datetime,
    leaves: datetime | None = None,
    **about: Any,
) -> dict[str, Any]:
    """
    The values of a new message, of which all must be given; it `leaves` now or later.

    `about` are those that say what it is about, and replace the ones of a message about nothing.
    """
    nothing = {
        "booking_id": None,
        "sequence": 0,
        "start": None,
        "previous_start": None,
        "reason": "",
        "reminds_of": None,
        "hours_before": 0,
        "capped_address": None,
        "not_before": None,
    }
    return (
        nothing
        | about
        | {
            "kind": kind,
            "recipient": recipient,
            "message_id": message_id,
            "state": MessageState.QUEUED,
            "tries": 0,
            "next_try_at": leaves or now,
            "created_at": now,
        }
    )
