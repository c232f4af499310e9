"""Answers of patients: what is read, what is refused, and what follows."""

from datetime import date
from typing import Any

import pytest

from booking.domain.intake import Caution, Intake, cautions, must_call, read_intake, told
from booking.domain.people import Findings, age_on, read_guardian
from booking.domain.questions import (
    ALWAYS,
    FOR_THE_DOCTOR,
    HEALTH,
    HEALTH_QUESTIONS,
    HELP,
    QUESTIONS,
    Effect,
    Question,
)

GROWN_UP = 35


def read(given: dict[str, Any]) -> Intake:
    found = Findings()
    intake = read_intake(given, found)
    assert not found.errors, found.errors
    return intake


def wrong(given: dict[str, Any]) -> list[tuple[str, str]]:
    found = Findings()
    read_intake(given, found)
    return [(error.field, error.code) for error in found.errors]


def given_to(question: Question, option: str) -> dict[str, Any]:
    return {question.key: [option] if question.several else option}


def test_nothing_has_to_be_answered():
    intake = read({})
    assert intake == read({one.key: None for one in QUESTIONS} | {"hopes_words": "", "where": []})
    assert intake.for_the_doctor == intake.for_the_desk == {}
    assert cautions(intake, age=GROWN_UP) == ()
    assert told(intake, age=GROWN_UP) == ()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.key)
def test_every_option_is_an_answer_and_so_are_the_two_that_are_always_valid(question: Question):
    assert set(ALWAYS) <= set(question.accepted)
    for option in question.accepted:
        assert read(given_to(question, option)).of(question) == (option,)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.key)
def test_what_is_no_option_is_refused_under_its_question(question: Question):
    assert wrong(given_to(question, "haunted")) == [(question.key, "impossible")]
    assert wrong(given_to(question, "")) == [(question.key, "impossible")]
    refused = "not_a_list" if question.several else "impossible"
    assert wrong({question.key: {"a": 1}}) == [(question.key, refused)]
    assert wrong({question.key: 7}) == [(question.key, refused)]


def test_answers_stand_in_the_order_of_the_page_and_once():
    intake = read({"where": ["nose", "forehead", "nose"]})
    assert intake.for_the_doctor == {"where": ["forehead", "nose"]}


def test_a_question_that_nobody_asks_is_never_passed_over():
    assert wrong({"shoe_size": 43}) == [("shoe_size", "unknown_question")]
    assert wrong({"health_when": {"keloid": "now"}}) == [("health_when.keloid", "unknown_question")]
    assert wrong({"health_when": {"isotretinoin": "yesterday"}}) == [
        ("health_when.isotretinoin", "impossible")
    ]
    assert wrong({"health_when": ["now"]}) == [("health_when", "not_an_object")]


def test_none_of_these_cannot_stand_beside_one_of_them():
    assert wrong({"health": ["none", "keloid"]}) == [("health", "contradiction")]
    assert wrong({"tried": ["nothing", "laser"]}) == [("tried", "contradiction")]
    assert wrong({"health": ["none"], "health_when": {"filler": "under_3_months"}}) == [
        ("health", "contradiction")
    ]
    assert read({"health": ["keloid", "tell_doctor", "unknown"]}).of(HEALTH) == (
        "keloid",
        "unknown",
        "tell_doctor",
    )


def test_who_says_since_when_or_in_which_language_has_said_that_it_is_so():
    intake = read({"health_when": {"isotretinoin": "now"}, "language": " العربية "})
    assert intake.of(HEALTH) == ("isotretinoin",)
    assert intake.of(HELP) == ("interpreter",)
    assert intake.for_the_desk == {"help": ["interpreter"], "language": "العربية"}


def test_free_words_have_an_end_and_keep_their_lines():
    words = "One line.\r\nAnother."
    assert read({"hopes_words": words}).words == {"hopes_words": "One line.\nAnother."}
    assert read({"hopes_words": "x" * 500}).words["hopes_words"] == "x" * 500
    assert wrong({"hopes_words": "x" * 501}) == [("hopes_words", "too_long")]
    assert wrong({"hopes_words": "a\x07b"}) == [("hopes_words", "control_characters")]
    assert wrong({"hopes_words": 5}) == [("hopes_words", "not_text")]
    assert wrong({"language": "x" * 61}) == [("language", "too_long")]
    assert wrong({"language": "a\nb"}) == [("language", "control_characters")]


def test_a_wish_for_an_earlier_time_is_yes_or_no():
    assert read({"earlier_time": True}).earlier_time
    assert not read({"earlier_time": False}).earlier_time
    assert wrong({"earlier_time": "yes"}) == [("earlier_time", "not_a_boolean")]


def test_what_the_desk_makes_ready_is_no_answer_for_the_doctor():
    intake = read({"help": ["quiet_wait"], "cause": "acne", "earlier_time": True})
    assert intake.for_the_desk == {"help": ["quiet_wait"]}
    assert intake.for_the_doctor == {"cause": "acne"}
    assert HELP not in FOR_THE_DOCTOR


def test_what_was_kept_reads_as_it_was_given():
    given = {
        "cause": "injury",
        "where": ["cheeks", "chin"],
        "hopes_words": "To go out.",
        "health": ["isotretinoin"],
        "health_when": {"isotretinoin": "longer"},
        "help": ["interpreter"],
        "language": "Polski",
    }
    intake = read(given)
    assert read({**intake.for_the_doctor, **intake.for_the_desk}) == intake


# What domain experts wrote down: the effect of each answer, and which say something at once.
FLAGS = {
    *("cold_sores", "active_acne", "isotretinoin", "keloid", "darkening", "pregnancy"),
    *("blood_thinners", "bleeding", "healing", "immune", "skin_cancer", "recent_procedure"),
    *("filler", "metal_allergy", "numbing_allergy", "skin_condition", "long_infection"),
    "low_mood",
}
CALLS = {"active_infection", "cancer_treatment", "changing_mole"}
INFORMS = {"pregnancy", "blood_thinners", "changing_mole", "sunburn", "low_mood"}


def test_each_health_answer_leads_to_what_was_written_down_for_it():
    assert len(HEALTH_QUESTIONS) == 22
    flagged, calling, informing = set(), set(), set()
    for one in HEALTH_QUESTIONS:
        intake = read({"health": [one.key]})
        found = cautions(intake, age=GROWN_UP)
        assert len(found) <= 1
        flagged |= {c.key for c in found if c.effect is Effect.FLAG}
        calling |= {c.key for c in found if c.effect is Effect.CALL}
        assert must_call(found) is (one.key in CALLS)
        informing |= set(told(intake, age=GROWN_UP))
    assert (flagged, calling, informing) == (FLAGS, CALLS, INFORMS)


def test_not_knowing_or_none_is_no_caution():
    for answer in ("none", "unknown", "tell_doctor"):
        intake = read({"health": [answer]})
        assert cautions(intake, age=GROWN_UP) == told(intake, age=GROWN_UP) == ()


def test_a_caution_carries_of_when_the_answer_is():
    intake = read({"health": ["filler"], "health_when": {"filler": "under_3_months"}})
    assert cautions(intake, age=GROWN_UP) == (Caution("filler", Effect.FLAG, "under_3_months"),)


def test_a_young_scar_and_a_young_patient_are_flagged():
    young = read({"how_long": "under_6_months"})
    assert cautions(young, age=GROWN_UP) == (Caution("new_scar", Effect.FLAG),)
    assert cautions(read({"how_long": "6_to_12_months"}), age=GROWN_UP) == ()
    assert cautions(read({}), age=21) == (Caution("under_22", Effect.FLAG),)
    assert told(read({}), age=21) == ("under_22",)
    assert cautions(read({}), age=22) == told(read({}), age=22) == ()
    assert cautions(read({}), age=None) == ()


@pytest.mark.parametrize(
    ("day", "birth", "age"),
    [
        ("2026-03-14", "2004-03-14", 22),
        ("2026-03-13", "2004-03-14", 21),
        ("2026-02-28", "2004-02-29", 21),
        ("2026-03-01", "2004-02-29", 22),
        ("2028-02-29", "2004-02-29", 24),
        ("2026-01-13", "2026-01-13", 0),
    ],
)
def test_age_is_counted_in_full_years(day: str, birth: str, age: int):
    assert age_on(date.fromisoformat(day), date.fromisoformat(birth)) == age


def test_a_guardian_has_a_name_like_everybody():
    found = Findings()
    assert read_guardian(" Ann  O’Brien ", found) == "Ann  O’Brien"
    assert not found.errors
    assert read_guardian("", found) is None
    assert [(error.field, error.code) for error in found.errors] == [("guardian", "missing")]
