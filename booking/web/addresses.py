"""Addresses that pages write down again and again: put together once."""

from collections.abc import Hashable
from typing import Any

import flask
from flask import Flask, current_app, has_request_context, request

_KEPT = "addresses"
# What a page says of itself and of its neighbours: a day, and how it is looked at. Nothing of this
# is about anybody, so it may stay in memory.
_OF_DAYS = frozenset({"day", "view"})
# Pages, and the days that are looked at; then all are put together anew.
_MOST = 2000


def register(app: Flask) -> None:
    """
    Templates ask for addresses as ever; those of pages and of their days are remembered.

    A page of the desk has thirty of them, which were a quarter of its cost.
    """
    # A part may add values of a request to its addresses.
    adds = app.url_default_functions
    kept: dict[Hashable, str] = app.extensions.setdefault(_KEPT, {})

    def url_for(endpoint: str, **values: Any) -> str:
        given = {name: value for name, value in values.items() if value is not None}
        if not given.keys() <= _OF_DAYS or not has_request_context():
            return flask.url_for(endpoint, **given)
        key = (request.root_path, endpoint, *given.items())
        known = kept.get(key)
        if known is not None:
            return known
        address = flask.url_for(endpoint, **given)
        if not {None, endpoint.partition(".")[0]} & adds.keys():
            if len(kept) >= _MOST:
                kept.clear()
            kept[key] = address
        return address

    app.jinja_env.globals["url_for"] = url_for


def fixed(endpoint: str, **values: Any) -> str:
    """The address of what never changes while the program runs, such as a style sheet."""
    kept: dict[Hashable, str] = current_app.extensions[_KEPT]
    key = (request.root_path, endpoint, *values.values())
    known = kept.get(key)
    if known is None:
        known = kept[key] = flask.url_for(endpoint, **values)
    return known
