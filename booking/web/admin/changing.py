"""How every change of rules goes: look at what it would do, decide, save."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from booking.domain.errors import BookingsStranded
from booking.domain.people import Findings, read_reason
from booking.services.admin import rule_changes
from booking.services.admin.rule_changes import Choice, Edit, Effect
from booking.web.access import current_staff
from booking.web.clinic import local
from booking.web.installation import here, read, write

Show = Callable[[dict[str, Any]], ResponseReturnValue]


def change(edit: Edit, found: Findings, *, show: Show, done: str) -> ResponseReturnValue:
    """
    Save what the form asks for, or show what saving would do.

    `show` renders the page with the effect in it. A booking that would be stranded and that nobody
    decided on, also one that was made since the page was shown, leads back there.
    """
    if request.form.get("go") == "save":
        choices, reason = _choices(), read_reason(request.form.get("reason", ""), found)
        if set(choices.values()) - {Choice.KEEP} and not reason and not found.errors:
            found.add("reason", "missing", "Say why, so that patients and colleagues know")
        if not found.errors:
            try:
                _save(edit, choices, reason)
            except BookingsStranded:
                if choices:
                    found.add("stranded", "missing", "Decide on each booking that is affected")
            else:
                return redirect(done, code=303)
    effect = here().database.rehearse(
        lambda session, now: rule_changes.effect(session, edit, now=now)
    )
    return show(_shown(effect))


def _save(edit: Edit, choices: dict[int, Choice], reason: str) -> None:
    person, links, random_token = current_staff(), here().links, here().random_token
    write(
        lambda session, now: rule_changes.carry_out(
            session,
            links,
            edit,
            choices=choices,
            reason=reason,
            actor=person.actor,
            random_token=random_token,
            now=now,
        )
    )


def _choices() -> dict[int, Choice]:
    """What was chosen for each booking on the page, or for all of them at once."""
    shown = [int(text) for text in request.form.getlist("booking") if text.isdecimal()][:2000]
    for_all = _choice(request.form.get("all", ""))
    chosen = {number: for_all or _choice(request.form.get(f"do-{number}", "")) for number in shown}
    return {number: choice for number, choice in chosen.items() if choice is not None}


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
        saved=request.args.get("saved") == "1",
        **more,
    )
    return text, 422 if found.errors else 200


def as_it_is() -> dict[str, Any]:
    """The same for a page on which nothing was asked for yet."""
    week = read(lambda session, now: rule_changes.next_week(session, now=now))
    return _shown(Effect([], week))


def _shown(effect: Effect) -> dict[str, Any]:
    return {
        "stranded": [
            {
                "id": one.booking_id,
                "start": local(one.start, one.zone),
                "patient": one.patient,
                "practitioner": one.practitioner,
                "has_email": one.has_email,
                "phone": one.phone,
                "choice": request.form.get(f"do-{one.booking_id}", ""),
            }
            for one in effect.stranded
        ],
        "week": [
            {
                "service": plan.service,
                "practitioner": plan.practitioner,
                "place": plan.place,
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
            for plan in effect.week
        ],
    }
