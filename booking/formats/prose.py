"""
Prose: the small Markdown in which the clinic writes, as HTML that can do no harm.

CommonMark without raw HTML and without pictures; links lead to the web, to this site, to a mailbox
or to a telephone, and nowhere else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

_LINK = re.compile(r"(https?://|mailto:|tel:|/(?!/)|#)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NOT_FOR_IDS = re.compile(r"[^\w]+")


class _Writer(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return _LINK.match(url.strip()) is not None


_writer = _Writer("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


@dataclass(frozen=True, slots=True)
class Prose:
    """Rendered words, and the headings of the second level in them: their ids and their words."""

    html: Markup
    headings: tuple[tuple[str, str], ...]


@lru_cache(maxsize=512)
def render(words: str) -> Prose:
    """Paragraphs, lists, `##` and `###` headings, emphasis and links."""
    tokens = _writer.parse(words)
    headings: list[tuple[str, str]] = []
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            # The page has its first heading already.
            token.tag = tokens[number + 2].tag = f"h{max(2, int(token.tag[1]))}"
            if token.tag == "h2":
                title = tokens[number + 1].content
                headings.append((f"{_id_of(title)}-{len(headings) + 1}", title))
                token.attrSet("id", headings[-1][0])
    html = _writer.renderer.render(tokens, _writer.options, {})
    return Prose(Markup(html), tuple(headings))  # noqa: S704 - the writer escapes what it is given


def fill(words: Markup | str, values: Mapping[str, Markup | str]) -> Markup:
    """Put values in the place of `{name}`; what has no value stays as it was written."""
    text = str(escape(words))
    filled = _PLACEHOLDER.sub(lambda found: str(escape(values.get(found[1], found[0]))), text)
    return Markup(filled)  # noqa: S704 - both sides were escaped


def _id_of(title: str) -> str:
    return _NOT_FOR_IDS.sub("-", title.lower()).strip("-")[:40] or "part"
