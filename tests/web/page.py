"""A page as a browser reads it: elements, words, forms. Strict enough to notice a broken tag."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@dataclass
class Element:
    """An element with what is inside it; text is kept as strings among the children."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str, **attrs: str) -> list["Element"]:
        """The elements of this kind with these attributes, in the order of the page."""
        return [
            element
            for element in self.walk()
            if element.tag == tag and all(element.attrs.get(k) == v for k, v in attrs.items())
        ]

    @property
    def words(self) -> str:
        """What is said, with each stretch of blanks as one."""
        return " ".join(self._text().split())

    def _text(self) -> str:
        if self.tag in {"script", "style"}:
            return ""
        parts = [c if isinstance(c, str) else c._text() for c in self.children]
        return "".join(parts) + (" " if self.tag in {"p", "li", "dd", "dt", "h1", "h2"} else "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    """The whole document; an element that is closed by another's tag is an error."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> stays open"
    return reader.root


@dataclass(frozen=True)
class Form:
    """A form as it would be sent: where to, and what without a button pressed."""

    action: str
    method: str
    values: dict[str, str]
    buttons: list[Element]


def read_form(element: Element) -> Form:
    values = {}
    for part in element.walk():
        name = part.attrs.get("name")
        kind = part.attrs.get("type", "text")
        if not name or (kind in {"checkbox", "radio"} and "checked" not in part.attrs):
            continue
        if part.tag == "input":
            values[name] = part.attrs.get("value", "")
        elif part.tag == "select":
            options = part.all("option")
            chosen = next((one for one in options if "selected" in one.attrs), options[0])
            values[name] = chosen.attrs["value"]
        elif part.tag == "textarea":
            values[name] = "".join(c for c in part.children if isinstance(c, str))
    action, method = element.attrs.get("action", ""), element.attrs.get("method", "get")
    return Form(action, method, values, element.all("button"))
