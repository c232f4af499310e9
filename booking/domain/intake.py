"""Answers of a patient: read, checked, and what follows from them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from booking.domain.people import Findings, many_lines, one_line
from booking.domain.questions import (
    ALWAYS,
    EARLIER_TIME,
    FOR_THE_DOCTOR,
    HEALTH,
    HEALTH_QUESTIONS,
    HEALTH_WHEN,
    HELP,
    HOPES_MAX,
    HOPES_WORDS,
    HOW_LONG,
    LANGUAGE,
    LANGUAGE_MAX,
    QUESTIONS,
    Effect,
    Question,
)

INTERPRETER = "interpreter"
NEW_SCAR, UNDER_22 = "new_scar", "under_22"
# Not an answer: that answers changed after the doctor had read them.
CHANGED = "changed"
ADULT_AT, FULLY_STUDIED_AT = 18, 22
_WHEN = {one.key: (*one.when, *ALWAYS) for one in HEALTH_QUESTIONS if one.when}
_KEYS = frozenset(
    {*(one.key for one in QUESTIONS), HOPES_WORDS, LANGUAGE, EARLIER_TIME, HEALTH_WHEN}
)
# A key that no question has is quoted, but not at any length.
_QUOTED = 60
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Intake:
    """
    Answers that were read and found good; what was skipped is not in them.

    `chosen` has the options by question, in the order of the page; `words` what was written; `when`
    the age of a health answer, by its key.
    """

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    words: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    when: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    earlier_time: bool = False

    def of(self, question: Question) -> tuple[str, ...]:
        """The options chosen for a question; empty if it was skipped."""
        return self.chosen.get(question.key, ())

    @property
    def for_the_doctor(self) -> dict[str, Any]:
        """The answers that are the doctor's alone, in the shape in which they are read."""
        found: dict[str, Any] = {
            one.key: list(self.of(one)) if one.several else self.of(one)[0]
            for one in FOR_THE_DOCTOR
            if self.of(one)
        }
        if HOPES_WORDS in self.words:
            found[HOPES_WORDS] = self.words[HOPES_WORDS]
        if self.when:
            found[HEALTH_WHEN] = dict(self.when)
        return found

    @property
    def for_the_desk(self) -> dict[str, Any]:
        """What is to be made ready for the visit: no health answer."""
        wanted = [one for one in self.of(HELP) if one not in ALWAYS]
        found: dict[str, Any] = {HELP.key: wanted} if wanted else {}
        if LANGUAGE in self.words:
            found[LANGUAGE] = self.words[LANGUAGE]
        return found


@dataclass(frozen=True, slots=True)
class Caution:
    """An answer that the doctor should see, never a conclusion. `detail` says of when it is."""

    key: str
    effect: Effect
    detail: str = ""


def read_intake(given: Mapping[str, Any], found: Findings) -> Intake:
    """
    The answers in `given`; what is wrong with them goes to `found`, under their keys.

    A value is an option's key, a list of them where several may be chosen, or text; `health_when`
    maps health answers to their age. None is an answer that was not given.
    """
    for key in given:
        if key not in _KEYS:
            found.add(str(key)[:_QUOTED], "unknown_question", "There is no such question")
    chosen = {one.key: _options(one, given.get(one.key), found) for one in QUESTIONS}
    words = {
        HOPES_WORDS: _text(HOPES_WORDS, given.get(HOPES_WORDS), HOPES_MAX, found),
        LANGUAGE: _text(LANGUAGE, given.get(LANGUAGE), LANGUAGE_MAX, found),
    }
    when = _ages(given.get(HEALTH_WHEN), found)
    # Whoever says since when, or which language, has said that it is so.
    chosen[HEALTH.key] = _added(HEALTH, chosen[HEALTH.key], when)
    if words[LANGUAGE]:
        chosen[HELP.key] = _added(HELP, chosen[HELP.key], [INTERPRETER])
    for one in QUESTIONS:
        _agree(one, chosen[one.key], found)
    return Intake(
        {key: options for key, options in chosen.items() if options},
        {key: text for key, text in words.items() if text},
        when,
        _yes(given.get(EARLIER_TIME), found),
    )


def _options(question: Question, value: Any, found: Findings) -> tuple[str, ...]:
    if value is None:
        return ()
    if question.several and not isinstance(value, list):
        found.add(question.key, "not_a_list", "Give a list of answers")
        return ()
    given = value if question.several else [value]
    if any(not isinstance(one, str) or one not in question.accepted for one in given):
        found.add(question.key, "impossible", "Choose from the answers on the page")
        return ()
    return tuple(option for option in question.accepted if option in given)


def _added(question: Question, chosen: tuple[str, ...], more: Any) -> tuple[str, ...]:
    return tuple(one for one in question.accepted if one in chosen or one in more)


def _agree(question: Question, chosen: tuple[str, ...], found: Findings) -> None:
    if question.nothing in chosen and len(chosen) > 1:
        message = "You ticked “none” or “nothing”, and something else. Untick one of them"
        found.add(question.key, "contradiction", message)


def _ages(value: Any, found: Findings) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        found.add(HEALTH_WHEN, "not_an_object", "Give this as an object")
        return {}
    ages: dict[str, str] = {}
    for key, age in value.items():
        below = f"{HEALTH_WHEN}.{str(key)[:_QUOTED]}"
        if key not in _WHEN:
            found.add(below, "unknown_question", "There is no such question")
        elif age is not None and (not isinstance(age, str) or age not in _WHEN[key]):
            found.add(below, "impossible", "Choose from the answers on the page")
        elif age is not None:
            ages[key] = age
    return ages


def _text(key: str, value: Any, most: int, found: Findings) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        found.add(key, "not_text", "Give this as text")
        return ""
    read = one_line(value) if key == LANGUAGE else many_lines(value)
    if read is None:
        found.add(key, "control_characters", "Use letters, digits and punctuation only")
    elif len(value.replace("\r\n", "\n")) > most:
        found.add(key, "too_long", f"Use {most} characters or fewer")
    return read or ""


def _yes(value: Any, found: Findings) -> bool:
    if value is not None and not isinstance(value, bool):
        found.add(EARLIER_TIME, "not_a_boolean", "Give true or false")
    return value is True


def answered_again(before: Intake, given: Intake, names: Collection[str]) -> Intake:
    """
    The answers after the fields in `names` were asked once more: what was given takes the place of
    all that was in them. Where nothing was given, all stays as it was.
    """
    if not (given.chosen or given.words):
        return before
    chosen = {key: kept for key, kept in before.chosen.items() if key not in names}
    words = {key: kept for key, kept in before.words.items() if key not in names}
    return replace(
        before,
        chosen={**chosen, **given.chosen},
        words={**words, **given.words},
        when=given.when if HEALTH.key in names else before.when,
    )


def cautions(intake: Intake, *, age: int | None) -> tuple[Caution, ...]:
    """What the doctor should see of these answers, at this age on the day of the visit."""
    ticked = intake.of(HEALTH)
    found = [
        Caution(one.key, one.effect, intake.when.get(one.key, ""))
        for one in HEALTH_QUESTIONS
        if one.effect is not None and one.key in ticked
    ]
    if "under_6_months" in intake.of(HOW_LONG):
        found.append(Caution(NEW_SCAR, Effect.FLAG))
    if age is not None and age < FULLY_STUDIED_AT:
        found.append(Caution(UNDER_22, Effect.FLAG))
    return tuple(found)


def must_call(found: tuple[Caution, ...]) -> bool:
    """Whether the patient is asked to call before they come; they can book all the same."""
    return any(one.effect is Effect.CALL for one in found)


def told(intake: Intake, *, age: int | None) -> tuple[str, ...]:
    """The keys of the sentences that are said to the patient, in the order of the questions."""
    ticked = intake.of(HEALTH)
    found = [one.key for one in HEALTH_QUESTIONS if one.informs and one.key in ticked]
    if age is not None and age < FULLY_STUDIED_AT:
        found.append(UNDER_22)
    return tuple(found)
