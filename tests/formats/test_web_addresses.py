"""Addresses found in plain text: only https, and without the full stop that follows."""

import pytest

from booking.formats.web_addresses import foreign_scheme, split

ROOM = "https://video.example/room"


def test_a_text_comes_back_in_pieces_with_its_addresses():
    assert split(f"Join at {ROOM}?a=1&b=2 at nine.\nOr {ROOM}") == [
        ("Join at ", None),
        (f"{ROOM}?a=1&b=2", f"{ROOM}?a=1&b=2"),
        (" at nine.\nOr ", None),
        (ROOM, ROOM),
    ]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"See {ROOM}.", ROOM),
        (f"({ROOM})", ROOM),
        (f"<{ROOM}>", ROOM),
        (f'"{ROOM}"onmouseover="x"', ROOM),
        (f"{ROOM}_(one)", f"{ROOM}_(one)"),
        ("HTTPS://VIDEO.EXAMPLE!", "HTTPS://VIDEO.EXAMPLE"),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text: str, address: str):
    pieces = split(text)
    assert [found for _, found in pieces if found] == [address]
    assert "".join(words for words, _ in pieces) == text


@pytest.mark.parametrize(
    "text", ["http://video.example", "javascript:alert(1)", "https://", "https://.", "no address"]
)
def test_nothing_else_becomes_a_link(text: str):
    assert split(text) == [(text, None)]


def test_no_text_has_no_pieces():
    assert split("") == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Join: javascript:alert(1) now", "javascript:alert(1)"),
        ("ftp://host/file", "ftp://host/file"),
        ("DATA:text/html,x", "DATA:text/html,x"),
        (f"Join at {ROOM}, PIN:1234", None),
        ("http://video.example; about your data: ask us. At 10:30", None),
    ],
)
def test_only_addresses_of_the_web_are_told_apart_from_others(text: str, address: str | None):
    assert foreign_scheme(text) == address
