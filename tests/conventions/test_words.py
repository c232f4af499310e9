"""Every refusal has a status and words; every state and message has a name on the pages."""

import gc
from http import HTTPStatus

import pytest

from booking.app import create_app  # noqa: F401 - every refusal is defined by what this imports
from booking.domain import lifecycle
from booking.domain.errors import Refusal
from booking.domain.lifecycle import State
from booking.domain.messages import MessageKind, MessageState
from booking.web.desk import steps, trail
from booking.web.errors import ANSWERS, TITLES, Answer
from booking.web.wording import STATE_WORDS, STEP_WORDS


def refusals(kind: type[Refusal] = Refusal) -> set[type[Refusal]]:
    """The class and all that derive from it."""
    return {kind}.union(*(refusals(derived) for derived in kind.__subclasses__()))


def test_every_refusal_has_a_status_and_words():
    assert {refusal.code for refusal in refusals()} == set(ANSWERS)


def test_a_refusal_that_nobody_found_words_for_would_be_noticed():
    class Unheard(Refusal):
        code = "unheard"

    assert {refusal.code for refusal in refusals()} - set(ANSWERS) == {"unheard"}
    # A class goes only when it is collected; other tests must not find it.
    del Unheard
    gc.collect()


@pytest.mark.parametrize(("code", "answer"), ANSWERS.items())
def test_an_answer_is_a_sentence_with_a_status_of_its_kind(code: str, answer: Answer):
    assert code.replace("_", "").isalpha()
    assert code == code.lower()
    assert answer.status in {404, 409, 410, 422, 503}
    assert answer.words[0].isupper()
    assert answer.words.endswith(".")
    assert answer.status in TITLES


@pytest.mark.parametrize("kind", sorted(refusals(), key=lambda refusal: refusal.__name__))
def test_a_refusal_says_in_a_sentence_what_it_means(kind: type[Refusal]):
    assert kind.__doc__
    assert kind.__doc__.strip().endswith(".")


def test_every_status_with_a_title_is_one():
    for status, title in TITLES.items():
        assert HTTPStatus(status)
        assert title[0].isupper()


def test_every_state_and_every_step_has_a_name():
    assert set(STATE_WORDS) == set(State)
    assert {to for _, to in lifecycle.TRANSITIONS} <= set(STEP_WORDS)
    assert len(set(STATE_WORDS.values())) == len(STATE_WORDS)


def test_every_message_has_a_name_and_a_state_on_the_card():
    assert set(trail.MESSAGE_WORDS) == set(MessageKind)
    assert set(trail.MESSAGE_STATES) == set(MessageState)


def test_keys_of_the_desk_are_single_and_different():
    keys = list(steps.KEYS.values())
    assert len(keys) == len(set(keys))
    assert all(len(key) == 1 for key in keys)
