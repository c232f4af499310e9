"""What is remembered of answers about slots, and for how long."""

from typing import Any

from booking.web.api.remembered import Memory, rendered


def table() -> Any:
    """Stands for a timetable: what counts is which one it is."""
    return object()


def test_an_answer_is_true_while_its_timetables_are_the_same_ones():
    memory, one, two = Memory(), table(), table()
    answer = rendered(b"body", [one, two])
    memory.keep("question", answer)
    assert memory.find("question", [one, two]) is answer
    assert memory.find("question", [one]) is None
    assert memory.find("question", [one, table()]) is None
    assert memory.find("another", [one, two]) is None


def test_a_later_answer_takes_the_place_of_the_earlier():
    memory, old, new = Memory(size=10), table(), table()
    for _ in range(3):
        memory.keep("question", rendered(b"12345678", [old]))
        memory.keep("question", rendered(b"12345678", [new]))
    assert memory.find("question", [old]) is None
    assert memory.find("question", [new]) is not None


def test_what_was_asked_for_longest_ago_is_forgotten_first():
    memory, now = Memory(entries=2), [table()]
    for question in ("a", "b"):
        memory.keep(question, rendered(b"x", now))
    assert memory.find("a", now)
    memory.keep("c", rendered(b"x", now))
    assert [bool(memory.find(question, now)) for question in ("a", "b", "c")] == [True, False, True]


def test_answers_take_a_bounded_amount_of_memory():
    memory, now = Memory(size=10), [table()]
    for question in ("a", "b", "c"):
        memory.keep(question, rendered(b"1234", now))
    assert [bool(memory.find(question, now)) for question in ("a", "b", "c")] == [False, True, True]
    memory.keep("whale", rendered(b"x" * 100, now))
    assert memory.find("whale", now) is None
    memory.keep("d", rendered(b"1234567890", now))
    assert memory.find("d", now)


def test_the_tag_says_what_the_bytes_are():
    assert rendered(b"a", []).etag == rendered(b"a", [table()]).etag != rendered(b"b", []).etag
