"""The texts that came with the program: `texts/<language>/<document>.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from booking.formats.languages import ENGLISH

TEXTS = Path(__file__).resolve().parents[2] / "texts"
# In the order in which the administrator sees them.
NAMES = ("home", "article", "medical", "questions", "privacy", "accessibility")
LINE_MAX, PROSE_MAX = 200, 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a document: a line, or prose in Markdown."""

    name: str
    label: str
    is_prose: bool
    words: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text as it came with the program."""

    name: str
    title: str
    reviewed_on: date
    parts: tuple[Part, ...]

    @property
    def words(self) -> dict[str, str]:
        """The words of each part."""
        return {part.name: part.words for part in self.parts}


@cache
def document(name: str, locale: str = ENGLISH) -> Document:
    """
    One of them, in English where there is none in this language.

    Raises:
        KeyError: there is none with this name.
    """
    if name not in NAMES:
        raise KeyError(name)
    path = TEXTS / locale / f"{name}.toml"
    if not path.exists():
        path = TEXTS / ENGLISH / f"{name}.toml"
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    parts = tuple(
        Part(one["name"], one["label"], one["kind"] == "prose", one["words"].strip())
        for one in read["part"]
    )
    return Document(name, read["title"], read["reviewed_on"], parts)
