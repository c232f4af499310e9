"""
By their link patients answer questions for the first time, or anew.

What was answered before is not shown: the link may have been passed on.
"""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.domain.errors import TransitionRefused
from booking.domain.intake import Intake, cautions, must_call, told
from booking.domain.people import Findings
from booking.domain.questions import EARLIER_TIME
from booking.services.bookings import new_answers
from booking.services.bookings.intakes import Given
from booking.services.texts import QUESTIONS
from booking.web import asking, language
from booking.web.asking import PARTS, QuestionPage
from booking.web.clinic import rulebook
from booking.web.installation import write
from booking.web.limits import CHANGES, READS, limited
from booking.web.patients.manage import blueprint, known, refused_change, unchangeable
from booking.web.patients.questions import page_facts
from booking.web.patients.views import booking_facts
from booking.web.texts import text


@blueprint.get("/answers")
@limited(READS, "pages")
def answers(token: str) -> ResponseReturnValue:
    """All pages of questions, each by itself or one after the other."""
    booking = known(token)
    if (refused := unchangeable(token, booking, "changeable")) is not None:
        return refused
    return render_template(
        "manage/answers.html",
        token=token,
        booking=booking_facts(booking),
        parts=_parts(),
        first=asking.IN_ORDER[0].slug,
        saved=request.args.get("notice") == "saved",
    )


def _parts() -> list[dict[str, Any]]:
    words = text(QUESTIONS)
    return [
        {
            "heading": words.line(f"{part}_part"),
            "pages": [
                (page.slug, words.line(page.heading or page.questions[0].key))
                for page in asking.IN_ORDER
                if page.part == part
            ],
        }
        for part in PARTS
    ]


@blueprint.route("/answers/<page>", methods=["GET", "POST"])
@limited(CHANGES, "changes")
def answer(token: str, page: str) -> ResponseReturnValue:
    """One page of questions; what is answered on it takes the place of what was told before."""
    asked, booking = asking.page_named(page), known(token)
    if (refused := unchangeable(token, booking, "changeable")) is not None:
        return refused
    typed = asking.typed(asked, request.form) if request.method == "POST" else {}
    # That wish is on the booking's own page.
    typed.pop(EARLIER_TIME, None)
    found = Findings()
    intake = asking.read(typed, found)
    if request.method == "POST" and not found.errors:
        return _answered(token, booking.id, asked, intake)
    shown = render_template(
        "manage/answer.html",
        token=token,
        **page_facts(asked, typed, found.errors)
        | {"back": _address(token, None), "following": _following(token, asked)},
    )
    return shown, 422 if found.errors else 200


def _answered(
    token: str, booking_id: int, asked: QuestionPage, intake: Intake
) -> ResponseReturnValue:
    given = Given(intake, rulebook().texts[language.current()][QUESTIONS].version)
    names = frozenset(asked.fields) - {EARLIER_TIME}
    try:
        changed = write(
            lambda session, now: new_answers.answer(session, booking_id, given, names, now=now)
        )
    except TransitionRefused as refusal:
        return refused_change(token, refusal)
    on = _following(token, asked) or _address(token, None, notice="saved" if changed else None)
    sentences, call = told(intake, age=None), must_call(cautions(intake, age=None))
    if not (sentences or call):
        return redirect(on, code=303)
    # Said once, in answer to what was just sent, and on no page that can be opened later.
    return render_template(
        "manage/answered.html",
        told=sentences,
        must_call=call,
        support_lines=rulebook().support_lines,
        on=on,
    )


def _following(token: str, asked: QuestionPage) -> str | None:
    """The next page, for those who go through all of them."""
    if request.args.get("all") != "1":
        return None
    page = asking.after(asked)
    return _address(token, page) if page else None


def _address(token: str, page: QuestionPage | None, notice: str | None = None) -> str:
    if page is None:
        return url_for("manage.answers", token=token, notice=notice)
    return url_for("manage.answer", token=token, page=page.slug, all=1)
