"""A logo is read, made small and written anew, or refused in a sentence."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from booking.formats import pictures
from booking.formats.pictures import NotAPicture


def file(size: tuple[int, int] = (800, 200), kind: str = "PNG", **more: object) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "#0d635c").save(written, kind, **more)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_made_small_in_its_own_shape(kind: str):
    drawn = pictures.logo(file(kind=kind))
    assert (drawn.width, drawn.height, drawn.content_type) == (384, 96, "image/png")
    with Image.open(BytesIO(drawn.content)) as written:
        assert (written.size, written.format) == ((384, 96), "PNG")


def test_what_else_was_in_the_file_is_left_out():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>taken at home</script>")
    raw = file(pnginfo=notes)
    assert b"taken at home" in raw
    assert b"taken at home" not in pictures.logo(raw).content


def test_the_version_changes_with_the_content_only():
    assert pictures.logo(file()).version == pictures.logo(file()).version
    assert pictures.logo(file()).version != pictures.logo(file((800, 201))).version


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + bytes(40),
        file()[:60],
        b"\x89PNG\r\n\x1a\n" + bytes(100),
    ],
)
def test_what_is_no_picture_is_refused(raw: bytes):
    with pytest.raises(NotAPicture, match="PNG, JPEG or WebP"):
        pictures.logo(raw)


def test_a_small_file_with_a_huge_picture_in_it_is_not_unpacked():
    with pytest.raises(NotAPicture, match="too large"):
        pictures.logo(file((5000, 4000)))
