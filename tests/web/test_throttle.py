"""Guessing is throttled: per account, per network, overall; counted before anything is checked."""

from collections.abc import Callable
from itertools import cycle

import pytest
from flask import Flask

from booking.domain.roles import Role
from booking.store.access import LimitCounter, StaffSession
from booking.web import limits
from tests.support import Clinic
from tests.templates import PASSWORD
from tests.web.journeys import count, first_slots, on_one_engine
from tests.web.test_signing_in import RECEPTION
from tests.web.visitor import Page, Visitor

TRIES = 10


def attempt(
    visitor: Visitor, email: str = RECEPTION, password: str = "wrong", network: str = "192.0.2.1"
) -> Page:
    """A try from somewhere."""
    visitor.token = visitor.token or visitor.get("/login").token or ""
    return visitor.post(
        "/login",
        {"email": email, "password": password},
        environ_overrides={"REMOTE_ADDR": network},
    )


def statuses(answers: list[Page]) -> list[int]:
    return [answer.status for answer in answers]


def test_ten_tries_in_five_minutes_for_an_account_from_anywhere(app: Flask, clinic: Clinic):
    answers = [attempt(Visitor(app), network=f"192.0.2.{n}") for n in range(TRIES)]
    assert statuses(answers) == [422] * TRIES
    refused = attempt(Visitor(app), password=PASSWORD, network="192.0.2.99")
    assert refused.status == 429
    assert 290 <= int(refused.headers["Retry-After"]) <= 301
    assert count(clinic, StaffSession) == 0
    # The window is over, and the owner comes in.
    clinic.time.pass_(minutes=5, seconds=1)
    assert attempt(Visitor(app), password=PASSWORD, network="192.0.2.99").status == 303


def test_ten_tries_in_five_minutes_from_a_network_for_any_account(app: Flask, clinic: Clinic):
    accounts = [f"{role.value}@clinic.example" for role in Role]
    answers = [attempt(Visitor(app), accounts[n % 3]) for n in range(TRIES)]
    assert statuses(answers) == [422] * TRIES
    assert attempt(Visitor(app), password=PASSWORD).status == 429
    assert attempt(Visitor(app), password=PASSWORD, network="198.51.100.7").status == 303


@on_one_engine
def test_an_account_is_one_however_it_is_written(app: Flask):
    spellings = [RECEPTION, RECEPTION.upper(), f" {RECEPTION} ", "Reception@clinic.example"]
    for n in range(TRIES):
        attempt(Visitor(app), spellings[n % 4], network=f"192.0.2.{n}")
    for n, spelling in enumerate(spellings):
        assert attempt(Visitor(app), spelling, network=f"198.51.100.{n}").status == 429


@on_one_engine
def test_somebody_who_guesses_does_not_lock_out_the_owner(app: Flask):
    owner, guesser = Visitor(app), Visitor(app)
    assert attempt(owner, password=PASSWORD).status == 303
    assert owner.cookie("device")
    for _ in range(TRIES + 2):
        last = attempt(guesser)
    assert last.status == 429
    # From the same network even, but with the mark of a browser that was here before.
    owner.token = ""
    owner.client.delete_cookie("staff", domain="localhost")
    assert attempt(owner, password=PASSWORD).status == 303


@on_one_engine
def test_the_mark_of_a_browser_has_a_count_of_its_own(app: Flask):
    visitor = Visitor(app)
    attempt(visitor, password=PASSWORD)
    visitor.client.delete_cookie("staff", domain="localhost")
    visitor.token = ""
    answers = [attempt(visitor) for _ in range(TRIES)]
    assert 429 in statuses([*answers, attempt(visitor)])


@on_one_engine
@pytest.mark.parametrize("mark", ["forged", "", "x" * 3000, "eyJhIjoxfQ.aaaa"])
def test_a_forged_mark_counts_as_none(app: Flask, mark: str):
    for n in range(TRIES):
        attempt(Visitor(app), network=f"192.0.2.{n}")
    visitor = Visitor(app)
    visitor.set_cookie("device", mark)
    assert attempt(visitor, network="198.51.100.1").status == 429


@on_one_engine
def test_the_mark_of_one_account_is_no_mark_of_another(app: Flask):
    visitor = Visitor(app)
    attempt(visitor, "doctor@clinic.example", PASSWORD)
    visitor.client.delete_cookie("staff", domain="localhost")
    visitor.token = ""
    for n in range(TRIES):
        attempt(Visitor(app), network=f"192.0.2.{n}")
    assert attempt(visitor, network="198.51.100.1").status == 429


@on_one_engine
def test_a_household_counts_as_one_network(app: Flask):
    # `2001:db8::1` and `2001:db8::2` are one /64, though they differ in the fourth part.
    addresses = [f"2001:db8::{n:x}" for n in range(1, TRIES + 2)]
    accounts = ["reception@clinic.example", "doctor@clinic.example", "admin@clinic.example"]
    for n, address in enumerate(addresses[:TRIES]):
        assert attempt(Visitor(app), accounts[n % 3], network=address).status == 422
    assert attempt(Visitor(app), RECEPTION, PASSWORD, network=addresses[-1]).status == 429


@on_one_engine
def test_a_forged_address_is_not_believed(app: Flask):
    def attempt_by(forwarded: str) -> int:
        visitor = Visitor(app)
        visitor.get("/login")
        form = {"email": RECEPTION, "password": "wrong"}
        return visitor.post("/login", form, headers={"X-Forwarded-For": forwarded}).status

    assert [attempt_by(f"203.0.113.{n}") for n in range(TRIES)] == [422] * TRIES
    assert attempt_by("203.0.113.200") == 429


@on_one_engine
def test_behind_a_proxy_its_word_counts_and_the_clients_does_not(make_app: Callable[..., Flask]):
    app = make_app(TRUSTED_PROXIES="1")

    accounts = cycle(f"{role.value}@clinic.example" for role in Role)

    def attempt_by(forwarded: str) -> int:
        visitor = Visitor(app)
        visitor.get("/login")
        form = {"email": next(accounts), "password": "wrong"}
        return visitor.post("/login", form, headers={"X-Forwarded-For": forwarded}).status

    # What stands left of the proxy's own word was written by the client.
    told = [attempt_by(f"203.0.113.{n}, 198.51.100.1") for n in range(TRIES)]
    assert told == [422] * TRIES
    assert attempt_by("203.0.113.99, 198.51.100.1") == 429
    assert attempt_by("198.51.100.1, 203.0.113.5") == 422


@on_one_engine
def test_limits_can_be_switched_off(make_app: Callable[..., Flask], clinic: Clinic):
    app = make_app(RATELIMIT_ENABLED="0")
    answers = [attempt(Visitor(app)) for _ in range(TRIES + 2)]
    assert statuses(answers) == [422] * (TRIES + 2)
    assert count(clinic, LimitCounter) == 0


@on_one_engine
def test_patients_are_limited_too_and_told_when_to_come_back(app: Flask):
    visitor = Visitor(app)
    slots = first_slots(visitor)
    answers = [visitor.take(slots[n % 2]) for n in range(limits.HOLDS.amount + 1)]
    assert 429 not in statuses(answers[:-1])
    assert answers[-1].status == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "wait a little" in answers[-1].words


@on_one_engine
def test_all_processes_count_together(make_app: Callable[..., Flask]):
    apps = [make_app(), make_app()]
    for n in range(TRIES):
        attempt(Visitor(apps[n % 2]))
    assert [attempt(Visitor(app)).status for app in apps] == [429, 429]


@on_one_engine
def test_counters_keep_no_address(app: Flask, clinic: Clinic):
    attempt(Visitor(app))
    keys = clinic.read(lambda session, _: [row.key_hash for row in session.query(LimitCounter)])
    assert keys
    for key in keys:
        assert len(key) == 64
        assert "192" not in key or "192.0.2.1" not in key
