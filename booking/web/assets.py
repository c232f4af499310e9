"""Style and scripts: small files put together, served under a name that changes with them."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, abort, request

from booking.web.addresses import fixed

STATIC = Path(__file__).resolve().parents[2] / "static"
_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Bundle:
    """A file as browsers get it."""

    content: bytes
    packed: bytes
    content_type: str
    version: str


@cache
def _bundles() -> dict[str, Bundle]:
    everybody, staff = (STATIC / "css").glob("*.css"), (STATIC / "css/desk").glob("*.css")
    look = sorted(everybody, key=_order)
    # One file for each: what staff's pages add stands between, so that paper has the last word.
    found = {"look.css": _joined(look), "desk.css": _joined(sorted([*look, *staff], key=_order))}
    for path in [*(STATIC / "js").glob("*.js"), *STATIC.glob("*.svg")]:
        found[path.name] = _joined([path])
    return found


def _order(path: Path) -> str:
    return path.name


def _joined(paths: list[Path]) -> Bundle:
    content = b"\n".join(path.read_bytes() for path in paths)
    kind = _TYPES[paths[0].suffix]
    # mtime: the same content must give the same bytes in every process.
    packed = gzip.compress(content, mtime=0)
    return Bundle(content, packed, f"{kind}; charset=utf-8", sha256(content).hexdigest()[:12])


def asset(name: str) -> str:
    """The address of a style sheet, script or picture."""
    return fixed("assets.bundle", version=_bundles()[name].version, name=name)


@blueprint.get("/assets/<version>/<name>")
def bundle(version: str, name: str) -> Response:
    found = _bundles().get(name)
    if found is None or found.version != version:
        abort(404)
    # Only these are packed: in a page, packing would let its length tell of the secrets in it.
    packed = request.accept_encodings["gzip"] > 0
    response = Response(found.packed if packed else found.content, content_type=found.content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _FOREVER
    return response
