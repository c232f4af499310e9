"""Every question, option and sentence has its words, and no words are left over."""

from collections.abc import Iterator

from booking.domain.adjustments import HELP_WORDS
from booking.domain.intake import NEW_SCAR, UNDER_22
from booking.domain.questions import (
    ALWAYS,
    EARLIER_TIME,
    HEALTH_QUESTIONS,
    HELP,
    HOPES_WORDS,
    LANGUAGE,
    QUESTIONS,
)
from booking.formats.documents import document
from booking.web.asking import IN_ORDER, PARTS

# Said by templates by name.
_OF_TEMPLATES = {
    *("optional", "when", "skip", "told_heading", "call", "young_heading", "young"),
    "email_reminders",
}


def _needed() -> Iterator[str]:
    for question in QUESTIONS:
        yield question.key
        yield from (f"{question.key}_{option}" for option in question.options)
    for one in HEALTH_QUESTIONS:
        yield from (f"when_{age}" for age in one.when)
        if one.informs:
            yield f"tell_{one.key}"
    yield from (*ALWAYS, HOPES_WORDS, LANGUAGE, EARLIER_TIME, NEW_SCAR, UNDER_22)
    yield f"tell_{UNDER_22}"
    yield from (f"{part}_part" for part in PARTS)
    yield from (page.heading for page in IN_ORDER if page.heading)


def test_all_that_is_asked_has_words_and_no_words_are_left_over():
    parts = document("questions").parts
    words = {part.name for part in parts}
    assert len(words) == len(parts), "a name twice"
    hints = {name for name in words if name.endswith("_hint")}
    assert {name.removesuffix("_hint") for name in hints} <= words
    assert words - hints == {*_needed(), *_OF_TEMPLATES}


def test_every_question_is_asked_on_one_page():
    asked = [question for page in IN_ORDER for question in page.questions]
    assert sorted(one.key for one in asked) == sorted(one.key for one in QUESTIONS)
    # One question a page, or one small group.
    assert all(len(page.questions) <= 2 for page in IN_ORDER)


def test_the_desk_has_a_word_for_all_that_it_makes_ready():
    assert set(HELP_WORDS) == set(HELP.options)


def test_no_answer_is_told_that_it_decides_anything():
    for part in document("questions").parts:
        for word in ("suitable", "cannot be treated", "not allowed", "contraindicat", "eligible"):
            assert word not in part.words.lower(), part.name
