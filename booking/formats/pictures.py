"""Pictures that people hand in: read, made small, and written anew as plain PNG."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, UnidentifiedImageError

# Twice the size at which it is shown, for fine screens.
LOGO_SIZE = (400, 96)
_READ = ("PNG", "JPEG", "WEBP")
# Before it is unpacked: a small file may hold a huge picture.
_PIXELS_MOST = 16_000_000


class NotAPicture(ValueError):
    """What came is no picture that can be used; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture ready to be served; `version` is made from its content."""

    content: bytes
    content_type: str
    width: int
    height: int
    version: str


def logo(raw: bytes) -> Drawn:
    """
    The picture in the size of a logo. Writing it anew leaves out whatever else was in the file.

    Raises:
        NotAPicture: it is none, or far too large.
    """
    try:
        with Image.open(BytesIO(raw), formats=_READ) as opened:
            if opened.width * opened.height > _PIXELS_MOST:
                raise NotAPicture("This picture is too large. Use one of 2000 by 500 dots or less")
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture("Choose a picture in the format PNG, JPEG or WebP") from error
    picture.thumbnail(LOGO_SIZE)
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    content = written.getvalue()
    version = sha256(content).hexdigest()[:12]
    return Drawn(content, "image/png", picture.width, picture.height, version)
