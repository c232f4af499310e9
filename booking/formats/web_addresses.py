"""Web addresses in plain text, found so that pages and mails can make links of them."""

import re

_ADDRESS = re.compile(r"https://[^\s<>\"]+", re.IGNORECASE)
# "PIN:1234" is no address: without slashes only what browsers would run or open counts.
_FOREIGN = re.compile(
    r"\b(?:(?!https?:)[a-z][a-z0-9+.-]*://|(?:javascript|vbscript|data|file|blob):(?=\S))\S*",
    re.IGNORECASE,
)
_ENDS_A_SENTENCE = ".,;:!?'’”»"


def foreign_scheme(text: str) -> str | None:
    """The first address in a text that is not one of the web, like `javascript:x`; None if none."""
    found = _FOREIGN.search(text)
    return found[0] if found else None


def split(text: str) -> list[tuple[str, str | None]]:
    """
    The pieces of a text in their order, each with the address that it is, if it is one.

    Only https counts. A full stop or bracket after an address belongs to the sentence. Nothing is
    escaped here: whoever writes the pieces does that.
    """
    pieces: list[tuple[str, str | None]] = []
    done = 0
    for found in _ADDRESS.finditer(text):
        address = _without_tail(found[0])
        if address.lower() == "https://":
            continue
        pieces.append((text[done : found.start()], None))
        pieces.append((address, address))
        done = found.start() + len(address)
    pieces.append((text[done:], None))
    return [(words, address) for words, address in pieces if words]


def _without_tail(address: str) -> str:
    while address[-1] in _ENDS_A_SENTENCE or (address[-1] == ")" and "(" not in address):
        address = address[:-1]
    return address
