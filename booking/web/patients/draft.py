"""The visitor's unfinished booking: the cookie that names it, and a time that was lost."""

from collections.abc import Mapping

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import HoldExpired, Refusal
from booking.domain.slots import Slot, parse_slot_id
from booking.services.bookings import drafts
from booking.services.bookings.drafts import DraftView
from booking.services.texts import QUESTIONS
from booking.services.times import availability
from booking.services.times.free_time import slot_of
from booking.web import asking, forms, language, times
from booking.web.asking import QuestionPage
from booking.web.clinic import local, rulebook, timetables
from booking.web.errors import ANSWERS
from booking.web.installation import here, read, write
from booking.web.language import _
from booking.web.patients.views import visit_facts

DRAFT_COOKIE = "draft"
DRAFT_SECONDS = int(drafts.LIFETIME.total_seconds())


def cookie_token() -> str | None:
    """The token of the visitor's draft, if the browser has one."""
    return request.cookies.get(here().cookie_name(DRAFT_COOKIE))


def remember(response: Response, token: str) -> None:
    """Name the draft in the visitor's browser: a random id, never an answer."""
    installation = here()
    response.set_cookie(
        installation.cookie_name(DRAFT_COOKIE),
        token,
        max_age=DRAFT_SECONDS,
        httponly=True,
        secure=installation.is_https,
        samesite="Lax",
    )


def current() -> DraftView | None:
    """The visitor's draft, if there is one and it is not too old."""
    token = cookie_token()
    return read(lambda session, now: drafts.find(session, token, now=now)) if token else None


def keep_typed(draft: DraftView) -> None:
    """Keep what stands in the form at hand, good or not; only "Continue" finds it good."""
    page = asking.PAGES.get(request.form.get("from", ""))
    if page is not None:
        keep_page(draft, page)
    elif "name" in request.form:
        values = forms.typed(request.form)
        write(
            lambda session, now: drafts.keep_answers(
                session, draft.id, values, complete=False, now=now
            )
        )


def keep_page(draft: DraftView, page: QuestionPage, *, seen: bool = False) -> None:
    """Keep what stands on a page of questions, beside the answers of the others."""
    keep_intake(draft, asking.typed(page, request.form), seen=seen)


def keep_intake(draft: DraftView, typed: Mapping[str, list[str]], *, seen: bool) -> None:
    """Keep answers that were typed; `seen` says that the end of the questions was reached."""
    version = rulebook().texts[language.current()][QUESTIONS].version
    write(
        lambda session, now: drafts.keep_intake(
            session, draft.id, typed, version=version, seen=seen, now=now
        )
    )


def has_answers(draft: DraftView | None) -> bool:
    """Whether anything was typed that must not be lost."""
    return draft is not None and bool(draft.answers or draft.intake.typed)


def own_slot(draft: DraftView | None) -> Slot | None:
    """The time that this visitor holds, if it is still held."""
    if draft is None or draft.slot is None or draft.hold_id is None:
        return None
    service, practitioner, start = parse_slot_id(draft.slot)
    return slot_of(rulebook().plan_at(service, practitioner, start), start)


def take_again(draft: DraftView | None) -> ResponseReturnValue:
    """The hold ran out: say so, and offer the nearest times, the same one included if free."""
    if draft is None or draft.slot is None:
        return redirect(url_for("book.days"), code=303)
    return gone(HoldExpired(), draft.slot, kept=has_answers(draft))


def gone(refusal: Refusal, slot: str, *, kept: bool) -> ResponseReturnValue:
    """A time that cannot be had any more is not an error page: it offers the nearest ones."""
    service, practitioner, start = parse_slot_id(slot)
    others = availability.alternatives(timetables(service), start)
    plan = rulebook().plan_at(service, practitioner, start)
    reasons = {"slot_unavailable": "taken", "hold_expired": "expired"}
    page = render_template(
        "book/gone.html",
        reason=reasons.get(refusal.code, "unavailable"),
        message=_(ANSWERS[refusal.code].words),
        wanted=local(start, plan.rules.zone),
        alternatives=times.shown(others),
        kept=kept,
        **visit_facts(plan),
    )
    return page, 409
