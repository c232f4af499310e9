"""How every change of rules goes: look at what it would do, decide, save."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from booking.domain.disruptions import Choice
from booking.domain.errors import BookingsStranded, ProposalsGone
from booking.domain.people import Findings, read_reason
from booking.formats.contacts import show_phone
from booking.services.admin import rule_changes, week_ahead
from booking.services.admin.rule_changes import Edit, Effect
from booking.services.admin.week_ahead import PlanAhead
from booking.web import forms, times
from booking.web.access import current_staff
from booking.web.clinic import facts, local
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write

Show = Callable[[dict[str, Any]], ResponseReturnValue]
# The address of the page that says how it went, see `saved`.
Done = Callable[[str], str]
_DECIDE = "Decide on each booking that is affected"
_SAVED, _ARCHIVED, _AS_IT_WAS = "1", "archived", "same"


def change(edit: Edit, found: Findings, *, show: Show, done: Done) -> ResponseReturnValue:
    """
    Save what the form asks for, or show what saving would do.

    `show` renders the page with the effect in it. A booking that would be stranded and that nobody
    decided on, also one that was made since the page was shown, leads back there.
    """
    if request.form.get("go") == "save":
        choices = _choices()
        if choices.keys() != _shown_bookings():
            found.add("stranded", "missing", _DECIDE)
        reason = _reason(choices, found)
        if not found.errors:
            try:
                is_changed = _save(edit, choices, reason)
            except BookingsStranded:
                if choices:
                    found.add("stranded", "missing", _DECIDE)
            except ProposalsGone as refusal:
                found.add("stranded", refusal.code, ANSWERS[refusal.code].words)
            else:
                how = _ARCHIVED if edit.archives else _SAVED
                return redirect(done(how if is_changed else _AS_IT_WAS), code=303)
    random_token = here().random_token
    effect = here().database.rehearse(
        lambda session, now: rule_changes.effect(session, edit, random_token=random_token, now=now)
    )
    return show(_shown(effect) | {"is_preview": True})


def _reason(choices: dict[int, Choice], found: Findings) -> str:
    own = Findings()
    reason = read_reason(request.form.get("reason", ""), own)
    if set(choices.values()) - {Choice.KEEP} and not reason and not own.errors:
        own.add("reason", "missing", "Say why, so that patients and colleagues know")
    found.errors += own.errors
    return reason


def _save(edit: Edit, choices: dict[int, Choice], reason: str) -> bool:
    person, links, random_token = current_staff(), here().links, here().random_token
    proposed = _proposed()
    return write(
        lambda session, now: rule_changes.carry_out(
            session,
            links,
            edit,
            choices=choices,
            reason=reason,
            actor=person.actor,
            random_token=random_token,
            now=now,
            proposed=proposed,
        )
    )


def _proposed() -> dict[int, frozenset[datetime]] | None:
    """The times that the page named for each booking; None from a form that named none at all."""
    if "proposed" not in request.form:
        return None
    return {
        number: frozenset(
            moment
            for text in request.form.getlist(f"time-{number}")[:20]
            if (moment := times.parse_moment(text)) is not None
        )
        for number in _shown_bookings()
    }


def _choices() -> dict[int, Choice]:
    """What was chosen for each booking on the page, or for all of them at once."""
    for_all = _choice(request.form.get("all", ""))
    chosen = {
        number: for_all or _choice(request.form.get(f"do-{number}", ""))
        for number in _shown_bookings()
    }
    return {number: choice for number, choice in chosen.items() if choice is not None}


def _shown_bookings() -> set[int]:
    return forms.numbers(request.form.getlist("booking")[:2000])


def saved() -> str:
    """How it went, for the page that is shown after it: saved, archived, as it was; or nothing."""
    how = request.args.get("saved", "")
    return how if how in {_SAVED, _ARCHIVED, _AS_IT_WAS} else ""


def _choice(text: str) -> Choice | None:
    return Choice(text) if text in set(Choice) else None


def page(
    template: str, effect: dict[str, Any], found: Findings, **more: Any
) -> ResponseReturnValue:
    """A page of the set-up, with what a change would do or what is so."""
    text = render_template(
        template,
        effect=effect,
        errors=found.errors,
        reason=request.form.get("reason", ""),
        for_all=_choice(request.form.get("all", "")) or "",
        saved=saved(),
        **more,
    )
    return text, 422 if found.errors else 200


def as_it_is() -> dict[str, Any]:
    """The same for a page on which nothing was asked for yet."""
    week = read(lambda session, now: week_ahead.next_week(session, now=now))
    return _shown(Effect([], week))


def _shown(effect: Effect) -> dict[str, Any]:
    country = facts().country
    by_mail = sum(one.has_email for one in effect.stranded)
    return {
        "by_mail": by_mail,
        "to_call": len(effect.stranded) - by_mail,
        "stranded": [
            {
                "id": one.booking_id,
                "start": local(one.start, one.zone),
                "patient": one.patient,
                "practitioner": one.practitioner,
                "has_email": one.has_email,
                "phone": show_phone(one.phone, country) if one.phone else None,
                "times": one.times,
                "choice": request.form.get(f"do-{one.booking_id}", ""),
            }
            for one in effect.stranded
        ],
        "week": sorted(map(_plan, effect.week), key=lambda plan: -plan["changed"]),
    }


def _plan(plan: PlanAhead) -> dict[str, Any]:
    """A plan's week ahead, and by how many times it changes."""
    return {
        "name": ", ".join(part for part in (plan.service, plan.practitioner, plan.place) if part),
        "changed": sum(abs(len(day.after) - day.before) for day in plan.days),
        "times": sum(len(day.after) for day in plan.days),
        "days": [
            {
                "day": day.day,
                "before": day.before,
                "count": len(day.after),
                "first": local(day.after[0], plan.zone) if day.after else None,
                "last": local(day.after[-1], plan.zone) if day.after else None,
            }
            for day in plan.days
        ],
    }
