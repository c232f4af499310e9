"""The waitlist for patients: join it, see and change one's place, take or decline a time."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import OfferOver, SlotRefusal, TransitionRefused, UnknownService
from booking.domain.people import Findings, read_birth_parts, read_name
from booking.domain.time import local_day
from booking.domain.waitlist import ALIVE, Outcome
from booking.formats.contacts import read_contacts
from booking.services.audit import PATIENT
from booking.services.mail.letters import manage_token
from booking.services.waitlist import answers, entries
from booking.services.waitlist import offers as waitlist_offers
from booking.services.waitlist.entries import NewEntry
from booking.store.bookings import Booking
from booking.store.waitlist import WaitlistEntry, WaitlistOffer
from booking.web import forms, language, waiting
from booking.web.clinic import facts, local, main_service, now, rulebook
from booking.web.installation import here, read, write
from booking.web.limits import BOOKINGS, JOINS, READS, limited, require
from booking.web.patients import guard

blueprint = Blueprint("waitlist", __name__)
WHO = ("name", "email", "phone", "privacy")


@blueprint.route("/waitlist", methods=["GET", "POST"])
@limited(JOINS, "waitlist")
def join() -> ResponseReturnValue:
    """Say which times would suit, and how to be reached."""
    service = request.args.get("service") or main_service()
    if service is None:
        raise UnknownService
    plan = rulebook().plans_for(service)[0]
    found = Findings()
    if request.method == "POST":
        if guard.looks_like_a_machine():
            require(JOINS, "waitlist", cost=guard.MACHINES_COST)
        values = {**waiting.typed(request.form), **forms.typed(request.form, *WHO)}
        new = _read_entry(values, service, found)
        if new is not None:
            return _join(new)
    else:
        require(READS, "pages")
        values = {name: request.args.get(name, "") for name in ("practitioner", "location")}
        values["parts"] = request.args.getlist("part")[:3]
    page = render_template(
        "waitlist/join.html",
        service={"id": service, "name": plan.service_name},
        several=len(rulebook().services) > 1,
        by_phone=rulebook().is_by_phone(service),
        values=values,
        errors=found.errors,
        notice_version=facts().privacy_notice,
        **waiting.choices(service),
    )
    return page, 422 if found.errors else 200


def _read_entry(values: dict[str, Any], service: str, found: Findings) -> NewEntry | None:
    wishes = waiting.read_wishes(values, found, service=service, today=_today())
    name = read_name(values["name"], found)
    email, phone = read_contacts(
        values["email"],
        values["phone"],
        found,
        country=facts().country,
        by_phone=rulebook().is_by_phone(service),
    )
    notice = facts().privacy_notice
    if values["privacy"] != notice:
        found.add("privacy", "missing", "Tick the box to say that you have read the privacy notice")
    if found.errors:
        return None
    return NewEntry(
        service=service,
        wishes=wishes,
        name=name,
        email=email,
        phone=phone,
        privacy_notice=notice,
        locale=language.current(),
    )


def _join(new: NewEntry) -> ResponseReturnValue:
    installation = here()
    entry = write(
        lambda session, now: entries.join(
            session,
            installation.offers.rulebook(session),
            installation.links,
            new,
            random_token=installation.random_token,
            now=now,
            capped=installation.limits_enabled,
        )
    )
    token = installation.links.waitlist_keys.new(entry.uid, 0)
    return redirect(url_for("waitlist.show", token=token), code=303)


def _today() -> Any:
    return local_day(now(), facts().zone)


@blueprint.route("/waitlist/<token>", methods=["GET", "POST"])
@limited(BOOKINGS, "waitlist-changes")
def show(token: str) -> ResponseReturnValue:
    """One's place on the list: the wishes, an offer that is open; change them, or leave."""
    require(READS, "pages")
    entry = read(lambda session, _: entries.by_token(session, token))
    found, values = Findings(), waiting.as_typed(entries.wishes_of(entry))
    if request.method == "POST":
        if request.form.get("deed") == "leave":
            return _leave(token, entry)
        values = waiting.typed(request.form)
        if entry.state in ALIVE and _change(entry, values, found):
            return redirect(url_for("waitlist.show", token=token, notice="changed"), code=303)
    offer = read(lambda session, _: entries.open_offer(session, entry.id))
    page = render_template(
        "waitlist/show.html",
        token=token,
        waits=entry.state in ALIVE,
        state=entry.state.value,
        until=local(entry.expires_at),
        wishes=waiting.in_words(entries.wishes_of(entry), entry.service.slug),
        service=entry.service.name,
        by_mail=entry.email is not None,
        offer_url=_offer_address(offer) if offer else None,
        notice=request.args.get("notice"),
        values=values,
        errors=found.errors,
        **waiting.choices(entry.service.slug),
    )
    return page, 422 if found.errors else 200


def _offer_address(offer: WaitlistOffer) -> str | None:
    token = here().links.offer_keys.again(offer.uid, 0, offer.token_hash)
    return url_for("waitlist.offer", token=token) if token else None


def _change(entry: WaitlistEntry, values: dict[str, Any], found: Findings) -> bool:
    wishes = waiting.read_wishes(values, found, service=entry.service.slug, today=_today())
    if found.errors:
        return False
    offers, entry_id = here().offers, entry.id
    write(
        lambda session, now: entries.change(
            session, offers.rulebook(session), entries.get(session, entry_id), wishes, now=now
        )
    )
    return True


def _leave(token: str, entry: WaitlistEntry) -> ResponseReturnValue:
    offers, entry_id = here().offers, entry.id
    write(lambda session, now: answers.leave(session, offers, entry_id, actor=PATIENT, now=now))
    return redirect(url_for("waitlist.show", token=token), code=303)


@blueprint.route("/offer/<token>", methods=["GET", "POST"])
@limited(BOOKINGS, "waitlist-answers")
def offer(token: str) -> ResponseReturnValue:
    """A time that is kept: take it or decline it; looking at it does neither."""
    require(READS, "pages")
    found = Findings()
    kept = read(lambda session, _: waitlist_offers.by_token(session, token))
    if request.method == "POST":
        if request.form.get("deed") == "decline":
            return _decline(token, kept)
        birth = None
        if kept.entry.booking is None:
            birth = read_birth_parts(request.form, found, today=_today())
        if not found.errors:
            try:
                return _accept(kept, birth)
            except (OfferOver, SlotRefusal, TransitionRefused):
                kept = read(lambda session, _: waitlist_offers.by_token(session, token))
                return _page(token, kept, found, is_late=True), 409
    page = _page(token, kept, found)
    return page, 422 if found.errors else 200


def _accept(kept: WaitlistOffer, birth: Any) -> ResponseReturnValue:
    installation, moves, offer_id = here(), kept.entry.booking is not None, kept.id
    booking: Booking = write(
        lambda session, now: answers.accept(
            session,
            installation.offers,
            installation.links,
            offer_id,
            birth=birth,
            actor=PATIENT,
            random_token=installation.random_token,
            now=now,
        )
    )
    token = manage_token(booking, installation.links) or ""
    if moves:
        return redirect(url_for("manage.show", token=token, notice="moved"), code=303)
    return redirect(url_for("book.confirmed", token=token), code=303)


def _decline(token: str, kept: WaitlistOffer) -> ResponseReturnValue:
    offers, offer_id = here().offers, kept.id
    write(lambda session, now: answers.decline(session, offers, offer_id, actor=PATIENT, now=now))
    return redirect(url_for("waitlist.offer", token=token), code=303)


def _page(token: str, kept: WaitlistOffer, found: Findings, *, is_late: bool = False) -> str:
    entry, view = kept.entry, waiting.shown(kept)
    is_open = kept.outcome is Outcome.OPEN and kept.expires_at > now() and not is_late
    old = entry.booking
    return render_template(
        "waitlist/offer.html",
        token=token,
        offer=view,
        is_open=is_open,
        outcome="late" if view["is_open"] else view["outcome"],
        waits=entry.state in ALIVE,
        service=entry.service.name,
        instead_of=local(old.start, view["start"].tzinfo) if old and is_open else None,
        values=request.form,
        errors=found.errors,
    )
