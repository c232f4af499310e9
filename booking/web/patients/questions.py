"""The patient is asked, and may skip anything: about the scar, the visit, their health."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import FieldError
from booking.services.bookings.drafts import DraftView
from booking.services.texts import QUESTIONS
from booking.web import asking
from booking.web.asking import QuestionPage
from booking.web.patients import draft
from booking.web.patients.choosing import blueprint
from booking.web.patients.held import hold_shown
from booking.web.texts import text

Typed = Mapping[str, list[str]]


@blueprint.get("/questions")
def questions() -> ResponseReturnValue:
    """The first page of questions."""
    return redirect(_address(asking.IN_ORDER[0]))


@blueprint.route("/questions/<page>", methods=["GET", "POST"])
def question(page: str) -> ResponseReturnValue:
    """One page of questions; "Continue" with nothing chosen is an answer too."""
    asked = asking.page_named(page)
    found = draft.current()
    if found is None or found.slot is None:
        return redirect(url_for("book.days"))
    if found.booking_id is not None:
        return redirect(url_for("book.check"))
    if not found.is_complete:
        return redirect(url_for("book.details"))
    if request.method == "POST" and request.form.get("go") == "skip":
        return _skip(found, asked)
    if request.method == "POST":
        return _answered(found, asked)
    errors = []
    if request.args.get("wrong") == "1":
        errors = asking.problems(asked, found.intake.typed).errors
    return _shown(found, asked, found.intake.typed, errors)


def _answered(found: DraftView, asked: QuestionPage) -> ResponseReturnValue:
    typed = asking.typed(asked, request.form)
    errors, following = asking.problems(asked, typed).errors, asking.after(asked)
    draft.keep_page(found, asked, seen=following is None and not errors)
    if errors:
        return _shown(found, asked, typed, errors), 422
    return _on_to(None if found.intake.seen else following)


def _shown(found: DraftView, asked: QuestionPage, typed: Typed, errors: list[FieldError]) -> str:
    page = page_facts(asked, typed, errors)
    return render_template("book/question.html", hold=hold_shown(found), **page)


def preview() -> str:
    """All questions and all that follows from answers, on one page that asks nobody."""
    words = text(QUESTIONS)
    return render_template(
        "book/questions_preview.html",
        pages=[page_facts(one, {}, []) for one in asking.IN_ORDER],
        told=[name.removeprefix("tell_") for name in words.words if name.startswith("tell_")],
    )


def first_or_check(found: DraftView) -> str:
    """Where the details lead: to the questions, and to the check for whoever has been there."""
    return url_for("book.check") if found.intake.seen else _address(asking.IN_ORDER[0])


def _address(page: QuestionPage) -> str:
    return url_for("book.question", page=page.slug)


def _on_to(page: QuestionPage | None) -> ResponseReturnValue:
    on = _address(page) if page else url_for("book.check")
    return redirect(on, code=303)


def _skip(found: DraftView, asked: QuestionPage) -> ResponseReturnValue:
    """On to the next part. What cannot stay as it was typed goes; good answers stay."""
    pages = [one for one in asking.IN_ORDER if one.part == asked.part]
    wrong = [one for one in pages if asking.problems(one, found.intake.typed).errors]
    emptied: Typed = {name: [] for one in wrong for name in one.fields}
    following = None if found.intake.seen else asking.after(asked, skipping=True)
    draft.keep_intake(found, emptied, seen=following is None)
    return _on_to(following)


def page_facts(asked: QuestionPage, typed: Typed, errors: list[FieldError]) -> dict[str, Any]:
    """What a page of questions shows; `back` is the way back to where a visit is booked."""
    words = text(QUESTIONS)
    of_part = [one for one in asking.IN_ORDER if one.part == asked.part]
    back = asking.before(asked)
    return {
        "asked": asked,
        "heading": words.line(asked.heading or asked.questions[0].key),
        "questions": [asking.shown(one, typed, words) for one in asked.questions],
        "values": {name: next(iter(typed.get(name, [])), "") for name in asked.more},
        "part": words.line(f"{asked.part}_part"),
        "place": of_part.index(asked) + 1,
        "places": len(of_part),
        "back": _address(back) if back else url_for("book.details"),
        "errors": errors,
    }
