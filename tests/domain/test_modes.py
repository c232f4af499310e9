"""How a visit takes place, in words that are true at each step of booking."""

from booking.domain.modes import (
    MODE_WORDS,
    Mode,
    Patients,
    before_booking,
    whereabouts,
)

PLACE = "Ahmed Skin Clinic, 12 Elm Street"


def test_a_visit_in_person_is_at_the_clinic_whatever_else_was_written():
    where = whereabouts(Mode.IN_PERSON, place=PLACE, text="Press 1")
    assert (where.label, where.words, where.text) == ("Where", PLACE, "")
    assert where.in_person


def test_a_visit_by_phone_is_nowhere_and_says_who_calls():
    def words(number_given: bool | None) -> str:
        return whereabouts(Mode.PHONE, place=PLACE, number_given=number_given).words

    assert words(None) == "By phone: we call you"
    assert words(True) == "By phone: we call you on the number you gave"
    assert words(False) == "By phone: please call us first, since you gave us no number"


def test_a_visit_by_video_says_how_to_join():
    where = whereabouts(Mode.VIDEO, place=PLACE, text="We send you a link")
    assert (where.label, where.words, where.text) == ("How", "By video", "We send you a link")
    assert not where.in_person


def test_the_address_of_a_call_is_for_those_who_have_booked():
    for address in ("https://video.example/room", "HTTP://video.example", "www.video.example"):
        assert "example" not in before_booking(f"Join at {address}, please").lower()
    assert before_booking("We send you a link in the morning") == (
        "We send you a link in the morning"
    )
    assert before_booking("") == ""


def test_first_visits_come_first_and_every_mode_has_words():
    in_any_order = [Patients.KNOWN, Patients.ALL, Patients.NEW]
    assert sorted(in_any_order, key=lambda one: one.rank) == list(reversed(in_any_order))
    assert set(MODE_WORDS) == set(Mode)
