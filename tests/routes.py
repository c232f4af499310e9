"""Routes compiled once: each test has an app of its own, and all of them have the same routes."""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any

from werkzeug.routing.rules import Rule

Builder = Callable[..., tuple[str, str]]


def compile_once() -> None:
    """
    Let rules that are spelled alike share the functions that write their addresses.

    Werkzeug compiles two for each rule, which is most of what making an app costs. What they are
    made of is all in the key, so they are the same ones.
    """
    compiling: Callable[[Rule, bool], Builder] = Rule._compile_builder
    made: dict[Hashable, Builder] = {}

    @wraps(compiling)
    def compiled(rule: Rule, append_unknown: bool = True) -> Builder:
        trace: list[Any] = rule._trace
        key = tuple(trace), repr(rule.defaults), append_unknown
        if key not in made:
            made[key] = compiling(rule, append_unknown)
        return made[key]

    Rule._compile_builder = compiled  # type: ignore[method-assign]
