"""Reception sees what became of every message, and sends again what was given up."""

import pytest
from sqlalchemy import select

from booking.domain.errors import MessageOutdated, NotFound
from booking.domain.messages import DeliveryFailure, MessageState
from booking.domain.slots import Slot
from booking.services.desk import messages
from booking.services.desk.messages import Only
from booking.store.bookings import Patient
from booking.store.records import AuditEntry, Message
from booking.store.waitlist import WaitlistEntry
from tests.services import waiting
from tests.services.deeds import HALF_HOUR, TUESDAY_9, TUESDAY_10, WEDNESDAY_9, cancel
from tests.services.test_outbox import AWAY, REFUSED, claimed, deliver_all, fail, sent
from tests.support import RECEPTION, Clinic, at

NEW = "ann@elsewhere.example"


def given_up(clinic: Clinic, failure: DeliveryFailure = REFUSED) -> int:
    """The next message that leaves comes back; its id."""
    message = claimed(clinic)
    fail(clinic, message, failure)
    return message.id


def again(clinic: Clinic, message_id: int, *, tries: int = 1, address: str | None = None) -> bool:
    return clinic.write(
        lambda session, now: messages.send_again(
            session, message_id, tries=tries, address=address, actor=RECEPTION, now=now
        )
    )


def shown(clinic: Clinic, only: Only = Only.ALL) -> list[Message]:
    return clinic.read(lambda session, _: messages.page(session, only))


def recorded(clinic: Clinic) -> list[tuple[str, str | None]]:
    """What reception did, and to what."""
    query = select(AuditEntry).where(AuditEntry.actor_kind == "reception").order_by(AuditEntry.id)
    return clinic.read(lambda session, _: [(e.action, e.to_value) for e in session.scalars(query)])


def test_all_messages_are_listed_newest_first_with_whom_they_are_about(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    waiting.join(clinic)
    newest, oldest = shown(clinic)
    assert newest.entry is not None
    assert newest.entry.name == "Wanda Waits"
    assert oldest.booking.patient.name == "Ann O’Brien"


def test_they_are_told_apart_by_what_became_of_them(clinic: Clinic) -> None:
    for start in (TUESDAY_9, TUESDAY_10, WEDNESDAY_9):
        clinic.book(start)
    failed = given_up(clinic)
    gone = claimed(clinic)
    sent(clinic, gone)
    found = {only: [one.id for one in shown(clinic, only)] for only in Only}
    assert found[Only.FAILED] == [failed]
    assert found[Only.SENT] == [gone.id]
    assert len(found[Only.WAITING]) == 1
    assert len(found[Only.ALL]) == 3
    assert clinic.read(lambda session, _: messages.failed(session)) == 1


def test_older_messages_are_a_page_away(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    clinic.book(TUESDAY_10)
    newest, oldest = shown(clinic)
    rest = clinic.read(lambda session, _: messages.page(session, Only.ALL, before_id=newest.id))
    assert [one.id for one in rest] == [oldest.id]


def test_what_was_given_up_is_sent_again_once_however_often_it_is_asked_for(
    clinic: Clinic,
) -> None:
    clinic.book(TUESDAY_9)
    failed = given_up(clinic)
    assert again(clinic, failed) is True
    assert again(clinic, failed) is False
    assert deliver_all(clinic) == [("confirmed", 0)]
    assert again(clinic, failed) is False
    assert recorded(clinic) == [("message_sent_again", "confirmed")]


def test_a_page_from_before_it_failed_again_sends_nothing(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    failed = given_up(clinic)
    again(clinic, failed)
    given_up(clinic)
    assert again(clinic, failed, tries=1) is False
    assert again(clinic, failed, tries=2) is True


def test_the_wait_for_a_server_that_is_away_begins_anew(clinic: Clinic) -> None:
    clinic.book(at("2026-01-20T09:00-05:00"))
    failed = given_up(clinic)
    clinic.time.pass_(days=4)
    again(clinic, failed)
    message = claimed(clinic)
    assert fail(clinic, message, AWAY) is MessageState.QUEUED


def test_a_new_address_is_kept_for_the_patient_and_gets_the_message(clinic: Clinic) -> None:
    clinic.book(TUESDAY_9)
    failed = given_up(clinic)
    assert again(clinic, failed, address=NEW) is True
    assert claimed(clinic).recipient == NEW
    emails = clinic.read(lambda session, _: list(session.scalars(select(Patient.email))))
    assert emails == [NEW]
    assert recorded(clinic) == [
        ("details_changed", "email"),
        ("message_sent_again", "confirmed"),
    ]


def test_what_waits_for_the_same_patient_goes_to_the_new_address_too(clinic: Clinic) -> None:
    entry = waiting.join(clinic)
    failed = given_up(clinic)
    slot = Slot("consultation", "dr-ahmed", "main", TUESDAY_9, TUESDAY_9 + HALF_HOUR)
    waiting.by_hand(clinic, entry, slot)
    again(clinic, failed, address=NEW)
    assert [claimed(clinic).recipient for _ in range(2)] == [NEW, NEW]


def test_what_is_no_longer_so_is_not_sent_again(clinic: Clinic) -> None:
    booking = clinic.book(TUESDAY_9)
    failed = given_up(clinic)
    cancel(clinic, booking)
    with pytest.raises(MessageOutdated):
        again(clinic, failed)
    assert [kind for kind, _ in deliver_all(clinic)] == ["cancelled"]
    assert recorded(clinic) == []


def test_who_waits_for_a_time_is_reached_at_a_new_address(clinic: Clinic) -> None:
    waiting.join(clinic)
    failed = given_up(clinic)
    assert again(clinic, failed, address=NEW) is True
    assert claimed(clinic).recipient == NEW
    emails = clinic.read(lambda session, _: list(session.scalars(select(WaitlistEntry.email))))
    assert emails == [NEW]


def test_the_doctors_address_is_not_changed_by_a_message(clinic: Clinic) -> None:
    clinic.time.now = at("2026-01-13T08:00-05:00")
    clinic.book(TUESDAY_10)
    while (message := claimed(clinic)).kind.audience == "patient":
        sent(clinic, message)
    fail(clinic, message, REFUSED)
    with pytest.raises(NotFound):
        again(clinic, message.id, address=NEW)
    assert again(clinic, message.id) is True


def test_there_is_no_message_to_send_again_where_there_is_none(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        again(clinic, 7)
