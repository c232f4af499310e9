"""
A small reader of RFC 5545 that forgives nothing.

Real readers are lenient, each in its own way; this one raises where a calendar leaves the grammar.
"""

import re
from dataclasses import dataclass, field

_NAME = "[A-Za-z0-9-]+"
# RFC 5545, 3.1: no control character but TAB, and no quotation mark, in any parameter value.
_SAFE = r'[^\x00-\x08\x0a-\x1f\x7f";:,]*'
_QUOTED = r'"[^\x00-\x08\x0a-\x1f\x7f"]*"'
_VALUE = f"(?:{_QUOTED}|{_SAFE})"
_PARAMETER = f";({_NAME})=({_VALUE}(?:,{_VALUE})*)"
_LINE = re.compile(f"({_NAME})((?:{_PARAMETER})*):([^\\x00-\\x08\\x0a-\\x1f\\x7f]*)")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Property:
    """One content line."""

    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value as TEXT, unescaped."""
        unescaped = _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], self.value)
        bare = re.sub(r"\\.", "", self.value)
        if not set(bare).isdisjoint(";,"):
            raise ValueError(f"unescaped punctuation in {self.value!r}")
        return unescaped


@dataclass
class Component:
    """What stands between BEGIN and END."""

    name: str
    properties: list[Property] = field(default_factory=list)
    components: list["Component"] = field(default_factory=list)

    def __getitem__(self, name: str) -> Property:
        """The one property of this name."""
        (found,) = (each for each in self.properties if each.name == name)
        return found

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.properties]


def lines(content: bytes) -> list[str]:
    """The content lines, unfolded."""
    if not content.endswith(b"\r\n"):
        raise ValueError("the last line does not end")
    physical = content[:-2].split(b"\r\n")
    for line in physical:
        if len(line) > 75:
            raise ValueError(f"a line of {len(line)} octets")
        if b"\r" in line or b"\n" in line:
            raise ValueError("a line break of another kind")
        line.decode()
    unfolded: list[str] = []
    for line in physical:
        if line.startswith((b" ", b"\t")):
            unfolded[-1] += line[1:].decode()
        else:
            unfolded.append(line.decode())
    return unfolded


def read(content: bytes) -> Component:
    """
    The calendar in `content`.

    Raises:
        ValueError: the grammar does not allow it.
    """
    root = Component("root")
    open_: list[Component] = [root]
    for line in lines(content):
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"no content line: {line!r}")
        name, value = found[1].upper(), found[found.re.groups]
        if name == "BEGIN":
            component = Component(value)
            open_[-1].components.append(component)
            open_.append(component)
        elif name == "END":
            if open_.pop().name != value:
                raise ValueError(f"{value} ends, but did not begin")
        else:
            open_[-1].properties.append(Property(name, _parameters(found[2]), value))
    if len(open_) != 1 or root.properties or len(root.components) != 1:
        raise ValueError("not one calendar")
    return root.components[0]


def _parameters(text: str) -> dict[str, str]:
    found = {}
    for name, value in re.findall(_PARAMETER, text):
        if name.upper() in found:
            raise ValueError(f"{name} comes twice")
        found[name.upper()] = value[1:-1] if value.startswith('"') else value
    return found
