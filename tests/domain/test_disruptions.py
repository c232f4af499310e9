"""How far a patient is whose visit was taken away: by how the booking stands, and nothing else."""

from dataclasses import replace

import pytest

from booking.domain.disruptions import Choice, Progress, Said, Standing, progress
from booking.domain.lifecycle import State, Stranding

ASKED = Standing(
    choice=Choice.OFFER,
    state=State.CONFIRMED,
    stranding=Stranding.TO_MOVE,
    is_moved=False,
    reads_mail=True,
    has_times=True,
    has_heard=False,
    said=None,
)
CANCELLED = replace(ASKED, choice=Choice.CANCEL, state=State.CANCELLED, stranding=None)


@pytest.mark.parametrize("said", [None, *Said])
def test_whoever_was_written_to_and_has_times_is_waited_for_whatever_they_said(said: Said | None):
    assert progress(replace(ASKED, said=said)) is Progress.WAITING


@pytest.mark.parametrize("lacks", ["reads_mail", "has_times"])
def test_without_mail_or_times_somebody_has_to_call(lacks: str):
    alone = replace(ASKED, **{lacks: False})
    assert progress(alone) is Progress.TO_CALL
    # A call that reached nobody, or that is to be answered, changes nothing.
    assert progress(replace(alone, said=Said.NO_ANSWER)) is Progress.TO_CALL
    assert progress(replace(alone, said=Said.CALLS_BACK)) is Progress.TO_CALL


def test_another_time_settles_it():
    assert progress(replace(ASKED, is_moved=True, stranding=None)) is Progress.REBOOKED


def test_a_visit_that_may_stay_or_took_place_all_the_same_is_kept():
    assert progress(replace(ASKED, stranding=Stranding.KEPT)) is Progress.KEPT
    assert progress(replace(ASKED, stranding=None)) is Progress.KEPT
    assert progress(replace(ASKED, state=State.ARRIVED)) is Progress.KEPT


def test_who_heard_on_the_phone_that_the_time_is_gone_must_hear_that_it_stands_again():
    misled = replace(ASKED, stranding=None, reads_mail=False, has_heard=True)
    assert progress(misled) is Progress.TO_CALL
    assert progress(replace(misled, said=Said.NO_ANSWER)) is Progress.TO_CALL
    assert progress(replace(misled, said=Said.TOLD)) is Progress.KEPT
    assert progress(replace(misled, has_heard=False)) is Progress.KEPT
    # Whom mail reaches was written to when it was taken away.
    assert progress(replace(misled, reads_mail=True)) is Progress.KEPT


def test_whom_the_clinic_cancels_must_hear_of_it():
    assert progress(CANCELLED) is Progress.CANCELLED
    in_the_dark = replace(CANCELLED, reads_mail=False)
    assert progress(in_the_dark) is Progress.TO_CALL
    assert progress(replace(in_the_dark, said=Said.NO_ANSWER)) is Progress.TO_CALL
    assert progress(replace(in_the_dark, said=Said.TOLD)) is Progress.CANCELLED


def test_whoever_cancelled_on_the_phone_knows_it():
    assert progress(replace(CANCELLED, choice=Choice.OFFER, reads_mail=False)) is Progress.CANCELLED
