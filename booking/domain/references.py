"""The booking's reference: what a patient reads out on the phone."""

import re

# No vowels (no words), and nothing that is read as something else: 0/O, 1/I/L, 5/S, 2/Z, 8/B.
ALPHABET = "34679CDFGHJKMNPQRTVWXY"
LENGTH = 8
_SEPARATORS = re.compile(r"[\s\-‐-―]+")


def show(reference: str) -> str:
    """`K7QM24DX` as `K7QM-24DX`."""
    return f"{reference[:4]}-{reference[4:]}"


def normalise(text: str) -> str | None:
    """What was typed, without hyphens, blanks and case; None if it cannot be a reference."""
    compact = _SEPARATORS.sub("", text).upper()
    if len(compact) != LENGTH or any(letter not in ALPHABET for letter in compact):
        return None
    return compact


def from_number(number: int) -> str:
    """The reference for a random number, of which the lowest `len(ALPHABET) ** LENGTH` count."""
    letters = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)
