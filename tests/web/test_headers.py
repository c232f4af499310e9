"""What every answer carries, and what no page may contain."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from booking.domain.roles import Role
from tests.support import Clinic
from tests.web.journeys import ANN, book, fill_in, on_one_engine, take
from tests.web.site import Furniture, furnish, pages
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
KEY = "kAp3-vbnTQ8_fJw2xYz0LmE5rUqH7sDg9iOc1a"
# What other sites load: still nothing that knows its visitor.
FOR_OTHER_SITES = ("/embed.js", "/share.png")
# A mail is somebody else's document: shown in a sandbox, under a policy of its own.
A_MAIL = "/html"
# What a script puts into a page that is open.
PARTS = ("/desk/board", "/desk/week/grid")


@pytest.fixture
def things(clinic: Clinic, tmp_path: Path) -> Furniture:
    return furnish(clinic, tmp_path / "instance")


def walk(app: Flask, clinic: Clinic, things: Furniture) -> Iterator[tuple[str, Page]]:
    """Every page, its error states and every refusal, as somebody who may see all of them."""
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.ADMIN)
    for path in pages(app, things):
        yield path, visitor.get(path)
    yield "unknown method", visitor.open("/book", "PUT")
    yield "unknown host", visitor.get("/book", headers={"Host": "evil.example"})
    yield "garbage", visitor.get("/book?a=%FF")
    yield "no token", visitor.open("/book/take", "POST")
    yield "foreign", visitor.post("/book/take", headers={"Sec-Fetch-Site": "cross-site"})
    yield "too large", visitor.open("/book/take", "POST", data=b"a" * 2_000_000)
    yield "wrong password", visitor.post("/login", {"email": "a@b.example", "password": "x"})
    yield "no reason", visitor.post(f"/desk/bookings/{things.booking.id}/cancel", {"reason": ""})
    yield "no name", visitor.post("/desk/book", {"name": ""})
    yield "doubled slash", visitor.get("//book")
    patient = Visitor(app)
    take(patient)
    yield "details", patient.get("/book/details")
    yield "wrong details", fill_in(patient, name="", day="31", email="x", phone="1")
    yield "no time", patient.take("MQ")
    fill_in(patient)
    yield "question", patient.get("/book/questions/health")
    yield "check", patient.get("/book/check")
    yield "no tick", patient.post("/book/check")
    other = Visitor(app)
    other.get("/book")
    yield "taken", other.take(patient.get("/book/times?day=2026-01-13").slots[0])
    token = book(other, number=4)
    yield "confirmed", other.get(f"/book/confirmed/{token}")
    yield "cancel", other.get(f"/manage/{token}/cancel")
    yield "cancelled", other.post(f"/manage/{token}/cancel", {"reason": "x" * 600})
    yield "moved too late", visitor.get(f"/manage/{token}?notice=too_late")


def test_every_answer_carries_the_security_headers(app: Flask, clinic: Clinic, things: Furniture):
    seen = set()
    for name, page in walk(app, clinic, things):
        seen.add(page.status)
        headers = page.headers
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["Referrer-Policy"] == "no-referrer", name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        shared = "cross-origin" if name in FOR_OTHER_SITES else "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == shared, name
        assert "camera=()" in headers["Permissions-Policy"], name
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), name
        if not name.endswith(A_MAIL):
            assert "unsafe" not in policy, name
            assert "frame-ancestors 'none'" in policy, name
            assert headers["X-Frame-Options"] == "DENY", name
            for directive in ("form-action 'self'", "base-uri 'none'", "script-src 'self'"):
                assert directive in policy, name
        assert "http" not in policy, name
        assert "Server" not in headers or "/" not in headers["Server"], name
        assert "X-Powered-By" not in headers, name
    assert {200, 302, 308, 400, 403, 404, 405, 409, 413, 422} <= seen


def test_nothing_but_fixed_files_is_kept(app: Flask, clinic: Clinic, things: Furniture):
    for name, page in walk(app, clinic, things):
        kept = page.headers["Cache-Control"]
        if name.startswith("/assets/"):
            assert kept == "public, max-age=31536000, immutable", name
        elif name == "/embed.js":
            assert kept == "public, max-age=3600", name
        elif name.startswith(("/calendar/", "/api/")):
            assert kept in {"private, no-cache", "no-cache", "no-store"}, name
        else:
            assert kept == "no-store", name


def test_an_error_of_ours_is_a_page_with_all_headers_and_no_details(app: Flask):
    app.view_functions["public.article"] = lambda: {"a patient's name": 1}["another name"]
    page = Visitor(app).get("/micro-needling")
    assert (page.status, page.heading) == (500, "Something went wrong on our side")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert page.headers["Cache-Control"] == "no-store"
    for secret in ("KeyError", "another name", "Traceback"):
        assert secret not in page.text


def test_on_https_browsers_are_told_to_stay_there(make_app: Callable[..., Flask]):
    app = make_app(PUBLIC_URL="https://booking.example.org", SECRET_KEY=KEY)
    visitor = Visitor(app, "https://booking.example.org")
    for path in ("/", "/nothing", "/desk"):
        assert int(visitor.get(path).headers["Strict-Transport-Security"].split("=")[1]) > 31536000
    assert "Strict-Transport-Security" not in Visitor(make_app()).get("/").headers


# What search engines read of a page: its addresses in each language. No browser loads them.
ADDRESSES = {"canonical", "alternate"}


def is_ours(address: str) -> bool:
    return address.startswith(("/", "#")) and not address.startswith("//")


def refused_in(page: Page) -> set[str]:
    """Elements that no page has; what is kept on the visitor's own disk brings its style along."""
    is_saved = page.headers.get("Content-Disposition", "").startswith("attachment;")
    is_saved |= "style-src 'sha256-" in page.headers["Content-Security-Policy"]
    return {"object", "embed", "base", "applet"} | (set() if is_saved else {"style"})


def test_no_page_loads_from_elsewhere_or_carries_code(
    app: Flask, clinic: Clinic, things: Furniture
):
    pages_seen = 0
    for name, page in walk(app, clinic, things):
        if page.response.mimetype != "text/html" or name.endswith(A_MAIL) or page.location:
            continue
        pages_seen += 1
        for element in page.document.walk():
            what = f"{name}: <{element.tag} {element.attrs}>"
            assert "style" not in element.attrs, what
            assert element.tag not in refused_in(page), what
            assert not [a for a in element.attrs if a.startswith("on")], what
            for attribute in ("src", "action", "formaction", "poster", "data", "srcset"):
                assert is_ours(element.attrs.get(attribute, "/")), what
            if element.attrs == {"type": "application/ld+json"}:
                # Data for search engines, which no browser runs.
                assert json.loads("".join(str(c) for c in element.children))["@context"], what
            elif element.tag == "script":
                assert element.attrs.get("src"), what
                assert not "".join(str(c) for c in element.children).strip(), what
            if element.attrs.get("rel") in ADDRESSES:
                assert element.attrs["href"].startswith("http://127.0.0.1:8000/"), what
            elif element.tag == "link":
                assert is_ours(element.attrs["href"]), what
            if element.tag == "a":
                assert re.match(
                    r"/(?!/)|#|tel:\+?\d+$|mailto:|http://127\.0\.0\.1:8000/"
                    r"|https://calendar\.google\.com/|https://outlook\.(live|office)\.com/",
                    element.attrs["href"],
                ), what
    assert pages_seen > 30


def test_every_page_is_whole_and_has_one_heading(app: Flask, clinic: Clinic, things: Furniture):
    for name, page in walk(app, clinic, things):
        if page.response.mimetype != "text/html" or name.endswith(A_MAIL) or page.location:
            continue
        if name.startswith(PARTS):
            continue
        assert page.text.lower().startswith("<!doctype html>"), name
        (html,) = page.document.all("html")
        assert (html.attrs["lang"], html.attrs["dir"]) == ("en", "ltr"), name
        assert page.heading, name
        assert page.title.strip(" –"), name
        assert len(page.document.all("main")) == 1, name
        ids = [e.attrs["id"] for e in page.document.walk() if "id" in e.attrs]
        assert len(ids) == len(set(ids)), f"{name}: an id comes twice"
        for element in page.document.walk():
            for described in element.attrs.get("aria-describedby", "").split():
                assert described in ids, f"{name}: {described} is nowhere"
            if element.tag == "label" and "for" in element.attrs:
                assert element.attrs["for"] in ids, f"{name}: a label without a field"


def test_a_page_is_light(app: Flask, clinic: Clinic, things: Furniture):
    visitor = Visitor(app)
    home = visitor.get("/")
    files = [e.attrs["href"] for e in home.document.all("link") if e.attrs["rel"] not in ADDRESSES]
    files += [e.attrs["src"] for e in home.document.all("script") if "src" in e.attrs]
    weight = sum(len(visitor.get(file).response.data) for file in files)
    assert weight + len(home.response.data) < 80_000


def test_a_mail_in_the_mailbox_can_do_nothing(app: Flask, clinic: Clinic, things: Furniture):
    page = Visitor(app).get(f"/mailbox/{things.mail}/html")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    frame = Visitor(app).get(f"/mailbox/{things.mail}").document.all("iframe")[0]
    assert "sandbox" in frame.attrs
    assert "allow-scripts" not in frame.attrs["sandbox"]


def test_a_file_from_the_mailbox_is_saved_not_shown(app: Flask, clinic: Clinic, things: Furniture):
    visitor = Visitor(app)
    page = visitor.get(f"/mailbox/{things.mail}/invite.ics")
    assert page.headers["Content-Disposition"].startswith("attachment")
    for path in ("nothing.ics", "..%2f..%2fetc%2fpasswd", "../x"):
        assert visitor.get(f"/mailbox/{things.mail}/{path}").status == 404
    for name in ("../1", "00000001", "x", "-", "00000001-1.part"):
        assert visitor.get(f"/mailbox/{name}").status == 404


def test_search_engines_are_kept_from_private_pages(visitor: Visitor):
    robots = visitor.get("/robots.txt").text
    assert "Disallow: /manage/" in robots
    assert "Disallow: /desk" in robots
    # Some calendar services read this file before they read a calendar.
    assert "Disallow: /calendar" not in robots
    assert "Disallow: /\n" not in robots
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml\n" in robots
    token = book(visitor, name=ANN["name"])
    (meta,) = visitor.get(f"/manage/{token}").document.all("meta", name="robots")
    assert "noindex" in meta.attrs["content"]
