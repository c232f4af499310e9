"""How tries can end, and when a call waits."""

from datetime import date

from booking.domain.calls import OUTCOMES, SETTLED, Cause, Outcome, fits, is_put_off

TODAY = date(2026, 1, 13)


def test_nobody_is_asked_by_mail_what_they_were_to_call_about():
    assert fits(Cause.NO_SHOW, Outcome.SENT)
    assert not fits(Cause.CAUTION, Outcome.SENT)


def test_every_kind_of_call_can_be_settled():
    for cause in Cause:
        assert SETTLED & set(OUTCOMES[cause])


def test_a_call_waits_until_its_day_begins():
    assert is_put_off(date(2026, 1, 14), today=TODAY)
    assert not is_put_off(TODAY, today=TODAY)
    assert not is_put_off(None, today=TODAY)
