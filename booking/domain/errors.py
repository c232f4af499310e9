"""Every refusal that a user can act on, each with a stable code."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


class Refusal(Exception):
    """A request that cannot be granted; `code` is stable, the edge finds the words."""

    code = "refused"


class SlotRefusal(Refusal):
    """This start is not on offer for this visit; other times may be."""

    code = "slot_unavailable"

    def __init__(self, service: str = "", practitioner: str = "", start: datetime | None = None):
        super().__init__(self.code)
        self.service = service
        self.practitioner = practitioner
        self.start = start


class SlotUnavailable(SlotRefusal):
    """Someone else has this time."""


class BeingBooked(SlotRefusal):
    """Somebody holds this time for some minutes, or it is kept for somebody who was offered it."""

    code = "being_booked"


class OutsideHours(SlotRefusal):
    """The visit would not lie within opening hours, or would not begin on the clinic's steps."""

    code = "outside_hours"


class InPast(SlotRefusal):
    """The start has passed."""

    code = "in_past"


class TooSoon(SlotRefusal):
    """The start is closer than the service's minimum notice."""

    code = "too_soon"


class BeyondHorizon(SlotRefusal):
    """The start is later than the last day that is open for booking."""

    code = "beyond_horizon"


class BookingsStranded(Refusal):
    """A change of rules would leave bookings outside of them, and it was not said what to do."""

    code = "bookings_stranded"


class ProposalsGone(Refusal):
    """Times that were shown as those to be offered were taken before it was saved."""

    code = "proposals_gone"


class NaiveTime(SlotRefusal):
    """The start carries no offset, so it names no instant."""

    code = "naive_time"


class NonexistentTime(SlotRefusal):
    """The clock skips this wall time when summer time begins."""

    code = "nonexistent_time"


class NotFound(Refusal):
    """There is no such thing, or not for the one who asks."""

    code = "not_found"


class UnknownService(NotFound):
    """No service has this id."""

    code = "unknown_service"


class UnknownPractitioner(NotFound):
    """No practitioner who offers this service has this id."""

    code = "unknown_practitioner"


class UnknownLocation(NotFound):
    """Nobody offers this service at a location with this id."""

    code = "unknown_location"


class HoldExpired(Refusal):
    """The hold ran out, or never was."""

    code = "hold_expired"


class ProofOutdated(Refusal):
    """The link was about another time or address than the form is about by now."""

    code = "proof_outdated"


class WorkMissing(Refusal):
    """So much comes in that a browser must work for a booking, and this one did not."""

    code = "work_missing"


class CallFirst(Refusal):
    """This phone number has as many visits ahead as anybody books online with a number alone."""

    code = "call_first"


class OfferOver(Refusal):
    """The time that the waitlist offered is kept no longer, or was answered before."""

    code = "offer_over"


class PhoneNeeded(Refusal):
    """The visit is by phone, and there is no number to call."""

    code = "phone_needed"


class TransitionRefused(Refusal):
    """The booking's state does not allow this step."""

    code = "transition_refused"


class AlreadyOver(TransitionRefused):
    """The visit has passed, so the patient can no longer change it."""

    code = "visit_over"


class TooLateOnline(TransitionRefused):
    """The clinic takes no change by a patient so shortly before a visit; the office can help."""

    code = "too_late_online"


class AlreadyCancelled(TransitionRefused):
    """The booking was cancelled; a cancelled booking stays cancelled."""

    code = "already_cancelled"


class NoLongerOffered(TransitionRefused):
    """The practitioner does not offer this service any more; the office can still help."""

    code = "no_longer_offered"


class Outdated(TransitionRefused):
    """Somebody changed the booking after this page was drawn."""

    code = "outdated"


class MessageOutdated(Refusal):
    """A message that was given up no longer says what is so."""

    code = "message_outdated"


class ReasonMissing(Refusal):
    """This step must say why."""

    code = "reason_missing"


class Unexplained(ReasonMissing):
    """
    Nothing is on offer then, and staff did not say why it has to be.

    `overbooks` are the ids of the bookings beside which it would be; none: it is outside of hours.
    """

    code = "unexplained"

    def __init__(self, overbooks: Sequence[int] | None):
        super().__init__(self.code)
        self.is_overbooked = overbooks is not None
        self.overbooks = tuple(overbooks or ())


class MoreToTell(Refusal):
    """There are more people to tell than were shown; whoever decides has to see them first."""

    code = "more_to_tell"


class RecordsChanged(Refusal):
    """Two records of a patient are no longer as they were when somebody decided about them."""

    code = "records_changed"


class LastAdministrator(Refusal):
    """Nobody would be left who may change the set-up."""

    code = "last_administrator"


class OwnLocation(Refusal):
    """The clinic's own location cannot be given up: page foot, day and audit go by it."""

    code = "own_location"


class IdempotencyKeyReused(Refusal):
    """The same Idempotency-Key came before, with other data."""

    code = "idempotency_key_reused"


class NotSetUp(Refusal):
    """There is no clinic in this database yet."""

    code = "not_set_up"


class Busy(Refusal):
    """The database cannot take the change just now; nothing was written."""

    code = "busy"


@dataclass(frozen=True)
class FieldError:
    """
    What is wrong with one field; `code` is stable, `sentence` is for people.

    The sentence is constant, so that it can be translated; `values` go in the place of `{name}`.
    """

    field: str
    code: str
    sentence: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def message(self) -> str:
        """The sentence in English, with its values."""
        return self.sentence.format(**self.values) if self.values else self.sentence


class Invalid(Refusal):
    """The input has errors; `errors` lists all of them, in the order of the fields."""

    code = "invalid"

    def __init__(self, errors: Sequence[FieldError]):
        super().__init__(", ".join(f"{error.field}:{error.code}" for error in errors))
        self.errors = tuple(errors)
