"""Answers to the questions, put into the clinic's words: for the patient and for the doctor."""

from dataclasses import dataclass

from booking.domain.intake import CHANGED, Caution, Intake
from booking.domain.questions import (
    EARLIER_TIME,
    HEALTH,
    HELP,
    HOPES,
    HOPES_WORDS,
    LANGUAGE,
    TRIED_WHEN,
    Question,
)
from booking.web.asking import IN_ORDER, PARTS, QuestionPage, age_words, option_words
from booking.web.texts import ShownText


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, what was said to it, and the page on which it is asked."""

    page: str
    asked: str
    said: tuple[str, ...]
    in_own_words: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredPart:
    """A part of the questions; without `rows` all of it was skipped."""

    name: str
    heading: str
    first_page: str
    rows: tuple[Answered, ...]


def parts(intake: Intake, text: ShownText) -> tuple[AnsweredPart, ...]:
    """All parts with all their questions, as the page that checks everything shows them."""
    found = []
    for part in PARTS:
        pages = [page for page in IN_ORDER if page.part == part]
        rows = [row for page in pages for row in _rows(page, intake, text)]
        answered = any(row.said or row.in_own_words for row in rows)
        found.append(
            AnsweredPart(
                part,
                text.line(f"{part}_part"),
                pages[0].slug,
                tuple(rows) if answered else (),
            )
        )
    return tuple(found)


def _rows(page: QuestionPage, intake: Intake, text: ShownText) -> list[Answered]:
    rows = [
        Answered(page.slug, text.line(one.key), _said(one, intake, text), _own_words(one, intake))
        for one in page.questions
        # Of when it was is no question where nothing was tried.
        if one is not TRIED_WHEN or intake.of(one)
    ]
    if EARLIER_TIME in page.more:
        said = ("Yes, please",) if intake.earlier_time else ()
        rows.append(Answered(page.slug, text.line(EARLIER_TIME), said))
    return rows


def _said(question: Question, intake: Intake, text: ShownText) -> tuple[str, ...]:
    words = [_option(question, option, intake, text) for option in intake.of(question)]
    if question is HELP and LANGUAGE in intake.words:
        words.append(intake.words[LANGUAGE])
    return tuple(words)


def _option(question: Question, option: str, intake: Intake, text: ShownText) -> str:
    words = option_words(question, option, text)
    age = intake.when.get(option) if question is HEALTH else None
    return f"{words} – {age_words(age, text)}" if age else words


def _own_words(question: Question, intake: Intake) -> str:
    return intake.words.get(HOPES_WORDS, "") if question is HOPES else ""


def caution_words(caution: Caution, text: ShownText) -> str:
    """A caution as the doctor reads it: the patient's own answer, or that answers changed."""
    if caution.key == CHANGED:
        return "The patient changed answers after they were read"
    name = f"{HEALTH.key}_{caution.key}"
    words = text.line(name if name in text.words else caution.key)
    return f"{words} – {age_words(caution.detail, text)}" if caution.detail else words
