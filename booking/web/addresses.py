"""Addresses that pages write down again and again: put together once."""

from typing import Any

import flask
from flask import Flask, current_app, has_request_context, request

_KEPT = "addresses"


def register(app: Flask) -> None:
    """
    Templates ask for addresses as ever; those that ask for nothing more than a page are remembered.

    A page of the desk has two dozen of them, which were a sixth of its cost.
    """
    # A part may add values of a request to its addresses.
    adds = app.url_default_functions
    kept: dict[tuple[str, ...], str] = app.extensions.setdefault(_KEPT, {})

    def url_for(endpoint: str, **values: Any) -> str:
        if values or not has_request_context():
            return flask.url_for(endpoint, **values)
        key = (request.root_path, endpoint)
        if key in kept:
            return kept[key]
        address = flask.url_for(endpoint)
        if not {None, endpoint.partition(".")[0]} & adds.keys():
            kept[key] = address
        return address

    app.jinja_env.globals["url_for"] = url_for


def fixed(endpoint: str, **values: Any) -> str:
    """The address of what never changes while the program runs, such as a style sheet."""
    kept: dict[tuple[str, ...], str] = current_app.extensions[_KEPT]
    key = (request.root_path, endpoint, *values.values())
    if key not in kept:
        kept[key] = flask.url_for(endpoint, **values)
    return kept[key]
