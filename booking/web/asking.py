"""The pages on which questions are asked, and what was typed on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from booking.domain.errors import NotFound
from booking.domain.intake import Intake, read_intake
from booking.domain.people import Findings
from booking.domain.questions import (
    ALWAYS,
    CAUSE,
    EARLIER_TIME,
    HEALTH,
    HEALTH_QUESTIONS,
    HEALTH_WHEN,
    HELP,
    HOPES,
    HOPES_WORDS,
    HOW_LONG,
    LANGUAGE,
    LOOKS,
    QUESTIONS,
    SUN,
    TRIED,
    TRIED_WHEN,
    WHERE,
    Question,
)
from booking.services.bookings.drafts import TypedIntake
from booking.web.forms import KEPT
from booking.web.texts import ShownText

_WHEN = f"{HEALTH_WHEN}."
_AGES = {one.key: one.when for one in HEALTH_QUESTIONS if one.when}
# More than any question has options.
_MOST = 60


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """
    A small group of questions. `heading` names the text over a group; the legend of a question
    that stands alone, or leads, is the heading itself.
    """

    slug: str
    part: str
    questions: tuple[Question, ...]
    more: tuple[str, ...] = ()
    heading: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of all that can be typed here."""
        return (*(one.key for one in self.questions), *self.more)


PAGES = {
    page.slug: page
    for page in (
        QuestionPage("cause", "scar", (CAUSE,)),
        QuestionPage("where", "scar", (WHERE,)),
        QuestionPage("how", "scar", (HOW_LONG, LOOKS), heading="how_heading"),
        QuestionPage("tried", "scar", (TRIED, TRIED_WHEN)),
        QuestionPage("hopes", "scar", (HOPES,), more=(HOPES_WORDS,)),
        QuestionPage("sun", "scar", (SUN,)),
        QuestionPage(
            "visit", "visit", (HELP,), more=(LANGUAGE, EARLIER_TIME), heading="visit_heading"
        ),
        QuestionPage("health", "health", (HEALTH,), more=tuple(_WHEN + key for key in _AGES)),
    )
}
IN_ORDER = tuple(PAGES.values())
PARTS = tuple(dict.fromkeys(page.part for page in IN_ORDER))


def page_named(slug: str) -> QuestionPage:
    """
    A page by its name in the address.

    Raises:
        NotFound: there is none.
    """
    if slug not in PAGES:
        raise NotFound
    return PAGES[slug]


def before(page: QuestionPage) -> QuestionPage | None:
    """The page before this one."""
    place = IN_ORDER.index(page)
    return IN_ORDER[place - 1] if place else None


def after(page: QuestionPage, *, skipping: bool = False) -> QuestionPage | None:
    """The page after this one, or with `skipping` after its part; None where the check comes."""
    rest = IN_ORDER[IN_ORDER.index(page) + 1 :]
    return next((one for one in rest if not skipping or one.part != page.part), None)


def typed(page: QuestionPage, form: "MultiDict[str, str]") -> dict[str, list[str]]:
    """What was typed on a page, as it was typed."""
    return {name: [one[:KEPT] for one in form.getlist(name)[:_MOST]] for name in page.fields}


def read(answers: Mapping[str, list[str]], found: Findings) -> Intake:
    """The answers that were typed; errors go to `found`."""
    return read_intake(_given(answers), found)


def problems(page: QuestionPage, answers: Mapping[str, list[str]]) -> Findings:
    """What is wrong with the answers of one page."""
    found = Findings()
    read({name: answers.get(name, []) for name in page.fields}, found)
    return found


def wrong_page(intake: TypedIntake) -> QuestionPage | None:
    """The first page whose answers cannot stay as they are."""
    return next((one for one in IN_ORDER if problems(one, intake.typed).errors), None)


def _given(answers: Mapping[str, list[str]]) -> dict[str, Any]:
    filled = {name: [one for one in values if one] for name, values in answers.items()}
    filled = {name: values for name, values in filled.items() if values}
    given: dict[str, Any] = {
        one.key: filled[one.key] if one.several else filled[one.key][-1]
        for one in QUESTIONS
        if one.key in filled
    }
    given |= {name: filled[name][0] for name in (HOPES_WORDS, LANGUAGE) if name in filled}
    ages = {
        name.removeprefix(_WHEN): values[0]
        for name, values in filled.items()
        if name.startswith(_WHEN)
    }
    return given | {HEALTH_WHEN: ages, EARLIER_TIME: EARLIER_TIME in filled}


def shown(question: Question, answers: Mapping[str, list[str]], text: ShownText) -> dict[str, Any]:
    """A question as its page shows it; the first option has the question's own id."""
    chosen = answers.get(question.key, [])
    # What stands alone comes last, with the two answers that are always there.
    alone = (question.nothing,) if question.nothing else ()
    apart = (*alone, *(() if question is HELP else ALWAYS))
    options = (*(one for one in question.options if one not in alone), *apart)
    return {
        "key": question.key,
        "legend": text.line(question.key),
        "hint": text.line(f"{question.key}_hint") if f"{question.key}_hint" in text.words else "",
        "several": question.several,
        "options": [
            {
                "value": option,
                "id": question.key if not place else f"{question.key}_{option}",
                "words": option_words(question, option, text),
                "checked": option in chosen,
                "apart": option in apart,
                "alone": option in alone,
                "when": _ages(option, answers, text) if question is HEALTH else None,
            }
            for place, option in enumerate(options)
        ],
    }


def option_words(question: Question, option: str, text: ShownText) -> str:
    """An option in the clinic's words."""
    return text.line(option if option in ALWAYS else f"{question.key}_{option}")


def age_words(age: str, text: ShownText) -> str:
    """Of when a health answer is, in the clinic's words."""
    return text.line(age if age in ALWAYS else f"when_{age}")


def _ages(option: str, answers: Mapping[str, list[str]], text: ShownText) -> dict[str, Any] | None:
    if option not in _AGES:
        return None
    name = _WHEN + option
    return {
        "name": name,
        "value": next(iter(answers.get(name, [])), ""),
        "options": [(age, age_words(age, text)) for age in (*_AGES[option], *ALWAYS)],
    }
