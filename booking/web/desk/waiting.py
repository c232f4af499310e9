"""The waitlist as reception sees it: who waits, whom to call, what was offered to whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import (
    NotFound,
    OfferOver,
    Refusal,
    SlotRefusal,
    TransitionRefused,
    UnknownService,
)
from booking.domain.people import Findings, read_birth_iso
from booking.domain.slots import Slot, parse_slot_id
from booking.domain.time import local_day
from booking.formats.contacts import dial_link, show_phone
from booking.services import audit
from booking.services.audit import Actor
from booking.services.times.free_time import slot_of
from booking.services.waitlist import answers, filling, mail
from booking.services.waitlist import entries as waitlist
from booking.store.engine import Session
from booking.store.waitlist import WaitlistEntry, WaitlistOffer
from booking.web import forms, times, waiting
from booking.web.access import current_staff
from booking.web.clinic import at, facts, local, now, rulebook
from booking.web.desk.blueprint import blueprint
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write

FREE_SHOWN = 60
# Why a mail could not be sent, by entry and offer.
Failed = Mapping[tuple[int, int | None], str]


@blueprint.route("/waitlist", methods=["GET", "POST"], endpoint="waitlist")
def waitlist_page() -> ResponseReturnValue:
    """Who waits, and the chain; POST steps in. Looking at it is recorded."""
    found = Findings()
    if request.method == "POST":
        try:
            _step_in(found)
        except (NotFound, OfferOver, SlotRefusal, TransitionRefused) as refusal:
            found.add("", refusal.code, _why(refusal))
        if not found.errors:
            return redirect(url_for("desk.waitlist"), code=303)
    page = render_template("desk/waitlist.html", **_look(), errors=found.errors)
    return page, 422 if found.errors else 200


def _why(refusal: Refusal) -> str:
    return f"{ANSWERS[refusal.code].words} Please look again."


def _look() -> dict[str, Any]:
    person = current_staff()

    def gather(session: Session, moment: datetime) -> dict[str, Any]:
        audit.record(session, person.actor, "viewed", now=moment, subject="waitlist")
        entries = waitlist.everybody(session)
        chain, failed = waitlist.lately_offered(session), mail.given_up(session)
        offers = [_offer(one, failed) for one in chain]
        return {
            "entries": [_entry(one, chain, failed) for one in entries],
            "calls": [one for one in offers if _needs_a_call(one)],
            "chain": offers,
            "free": _free(session, {one.service.slug for one in entries}, moment),
        }

    return write(gather)


def _needs_a_call(offer: dict[str, Any]) -> bool:
    """Whether nobody would know of what is kept for them."""
    return offer["is_open"] and (offer["failed"] is not None or not offer["by_mail"])


def _free(session: Session, services: set[str], moment: datetime) -> list[dict[str, Any]]:
    """The next free times of what people wait for."""
    found: list[Slot] = []
    for service in services:
        try:
            tables = here().offers.timetables(session, service, now=moment)
        except UnknownService:
            continue
        found += filling.can_be_offered(tables, most=FREE_SHOWN, now=moment)
    return times.shown(sorted(found, key=lambda slot: slot.start)[:FREE_SHOWN])


def _entry(entry: WaitlistEntry, chain: list[WaitlistOffer], failed: Failed) -> dict[str, Any]:
    booking = entry.booking
    own = [waiting.shown(one) for one in chain if one.entry_id == entry.id]
    return {
        "id": entry.id,
        "name": mail.name_of(entry),
        "since": local(entry.created_at),
        "contact": _contact(entry),
        "dial": _dial(entry),
        "failed": failed.get((entry.id, None)),
        "service": entry.service.name,
        "wishes": waiting.in_words(waitlist.wishes_of(entry), entry.service.slug),
        "booking_id": entry.booking_id,
        "visit": local(booking.start, at(booking.location_id).zone) if booking else None,
        "state": entry.state.value,
        "words": waiting.STATE_WORDS[entry.state],
        "offers": own,
    }


def _contact(entry: WaitlistEntry) -> str:
    phone = mail.phone_of(entry)
    return show_phone(phone, facts().country) if phone else mail.email_of(entry) or ""


def _dial(entry: WaitlistEntry) -> str | None:
    phone = mail.phone_of(entry)
    return dial_link(phone) if phone else None


def _offer(offer: WaitlistOffer, failed: Failed) -> dict[str, Any]:
    return {
        **waiting.shown(offer),
        "name": mail.name_of(offer.entry),
        "contact": _contact(offer.entry),
        "dial": _dial(offer.entry),
        "failed": failed.get((offer.entry_id, offer.id)),
        "moves": offer.entry.booking is not None,
        "by_mail": mail.email_of(offer.entry) is not None,
    }


def _step_in(found: Findings) -> None:
    """Do what a button of the page says."""
    actor, offers, deed = current_staff().actor, here().offers, request.form.get("deed")
    number = forms.pressed(request.form.get("id", ""))
    if deed == "offer":
        _offer_by_hand(number, actor)
    elif deed == "accept":
        _accept(number, actor, found)
    elif deed == "decline":
        write(lambda s, at: answers.decline(s, offers, number, actor=actor, now=at))
    elif deed == "withdraw":
        write(lambda s, at: answers.withdraw(s, offers, number, actor=actor, now=at))
    elif deed == "remove":
        write(lambda s, at: answers.leave(s, offers, number, actor=actor, now=at))
    else:
        raise NotFound


def _offer_by_hand(entry_id: int, actor: Actor) -> None:
    service, practitioner, start = parse_slot_id(request.form.get("slot", ""))
    installation = here()
    slot = slot_of(rulebook().plan_at(service, practitioner, start), start)
    write(
        lambda session, at: filling.offer_by_hand(
            session,
            installation.offers,
            installation.links,
            entry_id,
            slot,
            actor=actor,
            random_token=installation.random_token,
            now=at,
        )
    )


def _accept(offer_id: int, actor: Actor, found: Findings) -> None:
    installation = here()
    birth = None
    if not read(lambda session, _: answers.moves(session, offer_id)):
        today = local_day(now(), facts().zone)
        birth = read_birth_iso(request.form.get("date_of_birth", ""), found, today=today)
    if found.errors:
        return
    write(
        lambda session, at: answers.accept(
            session,
            installation.offers,
            installation.links,
            offer_id,
            birth=birth,
            actor=actor,
            random_token=installation.random_token,
            now=at,
        )
    )
