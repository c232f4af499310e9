"""The clinic's own look: its accent colour as a style sheet, its logo, its picture."""

from dataclasses import asdict

from flask import Blueprint, Response, abort, request

from booking.domain import colours
from booking.domain.colours import Shades
from booking.formats import posters
from booking.services.admin import clinic_details
from booking.store.engine import Session
from booking.web import findable
from booking.web.clinic import facts
from booking.web.installation import read

# Their addresses change with them (web/wording.py), so browsers may keep them.
_FOREVER = "public, max-age=31536000, immutable"

blueprint = Blueprint("look", __name__)


@blueprint.get("/theme.css")
def theme() -> Response:
    """The shades of the clinic's accent, over those of the style sheet; empty without one."""
    accent = facts().accent
    text = "" if accent is None else _sheet(accent)
    return _kept(Response(text, content_type="text/css; charset=utf-8"), accent)


def _sheet(accent: str) -> str:
    light, dark = _tokens(colours.light(accent)), _tokens(colours.dark(accent))
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def _tokens(shades: Shades) -> str:
    return "".join(f"--{name.replace('_', '-')}:{value};" for name, value in asdict(shades).items())


@blueprint.get("/logo")
def logo() -> Response:
    """The clinic's logo."""

    def look(session: Session, _: object) -> tuple[bytes, str, str] | None:
        found = clinic_details.logo(session)
        return None if found is None else (found.content, found.content_type, found.version)

    found = read(look)
    if found is None:
        abort(404)
    content, content_type, version = found
    return _kept(Response(content, content_type=content_type), version)


@blueprint.get("/share.png")
def picture() -> Response:
    """What other sites show beside a link to this one."""
    response = Response(posters.png(findable.poster()), content_type="image/png")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _kept(response, findable.picture_version())


def _kept(response: Response, version: str | None) -> Response:
    """To be kept for good if the address named this version."""
    if version is not None and request.args.get("v") == version.lstrip("#"):
        response.headers["Cache-Control"] = _FOREVER
    return response
