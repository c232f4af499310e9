"""What a request must pass: host, garbage, size, origin, CSRF token."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from booking.domain.roles import Role
from booking.store.bookings import Booking, Draft, Hold
from tests.support import Clinic
from tests.web.journeys import count, on_one_engine, take
from tests.web.site import Furniture, addresses, furnish
from tests.web.visitor import Page, Visitor

pytestmark = on_one_engine
FORM = "application/x-www-form-urlencoded"
KEY = "kAp3-vbnTQ8_fJw2xYz0LmE5rUqH7sDg9iOc1a"


@pytest.fixture
def things(clinic: Clinic, tmp_path: Path) -> Furniture:
    return furnish(clinic, tmp_path / "instance")


def deeds(app: Flask, things: Furniture) -> Iterator[str]:
    """The addresses of all forms: everything that changes something, but for the JSON API."""
    for rule, path in addresses(app, things):
        if "POST" in (rule.methods or set()) and not rule.endpoint.startswith("api."):
            yield path


@pytest.mark.parametrize("token", [None, "", "wrong", "IjEi.aaaa.bbbb", "x" * 5000])
def test_every_deed_wants_the_pages_token(
    app: Flask, clinic: Clinic, things: Furniture, token: str | None
):
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.ADMIN)
    visitor.get("/desk")
    found = list(deeds(app, things))
    assert len(found) > 10
    data = {} if token is None else {"csrf_token": token}
    held = count(clinic, Hold)
    for path in found:
        answer = visitor.open(path, "POST", data=data)
        assert answer.status == 400, path
        assert "open for too long" in answer.words, path
    assert visitor.get("/desk").status == 200
    assert (count(clinic, Hold), count(clinic, Draft)) == (held, 0)


def test_a_token_of_another_browser_is_worth_nothing(app: Flask, clinic: Clinic):
    first, second = Visitor(app), Visitor(app)
    slots = first.get("/book").slots
    second.get("/book")
    second.token = first.token
    assert second.take(slots[0]).status == 400
    assert first.take(slots[0]).status == 303


def test_a_token_in_the_address_does_not_count(app: Flask):
    visitor = Visitor(app)
    slot = visitor.get("/book").slots[0]
    answer = visitor.open(f"/book/take?csrf_token={visitor.token}", "POST", data={"slot": slot})
    assert answer.status == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example/localhost"},
        {"Origin": "http://localhost@evil.example"},
        {"Origin": "evil"},
        {"Origin": ""},
    ],
)
def test_what_another_site_sends_is_refused_token_or_not(
    app: Flask, clinic: Clinic, things: Furniture, headers: dict[str, str]
):
    visitor = Visitor(app)
    visitor.sign_in(clinic, Role.ADMIN)
    visitor.get("/desk")
    for path in deeds(app, things):
        assert visitor.post(path, headers=headers).status == 403, path
    assert visitor.get("/desk").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "null"},
    ],
)
def test_what_our_own_pages_send_is_taken(app: Flask, headers: dict[str, str]):
    visitor = Visitor(app)
    slot = visitor.get("/book").slots[0]
    assert visitor.post("/book/take", {"slot": slot}, headers=headers).status == 303


def test_looking_from_another_site_is_allowed(visitor: Visitor):
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://clinic.example"}
    assert visitor.get("/book", headers=headers).status == 200


HOSTS = ["evil.example", "localhost.evil.example", "10.0.0.1", "[::2]", "xn--n3h.example"]


@pytest.mark.parametrize("host", [*HOSTS, "a b", "[", "]:80", "<script>", ""])
def test_a_host_that_is_not_ours_is_refused(visitor: Visitor, host: str):
    answer = visitor.get("/book", headers={"Host": host})
    assert answer.status == 400
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_whoever_watches_the_machine_may_use_any_host(visitor: Visitor, path: str, host: str):
    assert visitor.get(path, headers={"Host": host}).status == 200


@pytest.mark.parametrize("path", ["/book", "/nothing", "/api/v1/services", "/healthz"])
@pytest.mark.parametrize("host", ["..", "e" * 300, "a..b", "\xfc.example", "x." * 200])
def test_a_host_that_is_no_host_is_refused(visitor: Visitor, path: str, host: str):
    answer = visitor.get(path, headers={"Host": host})
    # Whoever watches the machine may use any host; what matters there is that nothing breaks.
    assert answer.status in ({200, 400} if path == "/healthz" else {400})
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("origin", ["http://[", "http://[evil", "//[::1", "http://a]b"])
def test_an_origin_that_is_none_is_refused(visitor: Visitor, origin: str):
    visitor.get("/book")
    assert visitor.post("/book/take", headers={"Origin": origin}).status == 403


@pytest.mark.parametrize("host", ["localhost:9999", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_in_development_this_machine_has_several_names(visitor: Visitor, host: str):
    assert visitor.get("/book", headers={"Host": host}).status == 200


def test_in_production_only_the_public_name_counts(make_app: Callable[..., Flask]):
    app = make_app(PUBLIC_URL="https://booking.example.org", SECRET_KEY=KEY)
    for host, status in (("booking.example.org", 200), ("localhost", 400), ("127.0.0.1", 400)):
        assert Visitor(app, f"https://{host}").get("/book").status == status


def test_links_come_from_the_public_address_never_from_the_request(
    make_app: Callable[..., Flask], clinic: Clinic
):
    app = make_app(PUBLIC_URL="http://127.0.0.1:8000")
    visitor = Visitor(app, "http://localhost:1234")
    take(visitor)
    for path in ("/book", "/", "/book/details"):
        assert "localhost:1234" not in visitor.get(path).text
    redirect = visitor.open("/desk", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in redirect.location
    doubled = visitor.get("//book")
    assert "evil.example" not in doubled.location


@pytest.mark.parametrize(
    "path",
    [
        "/book?service=%00",
        "/book?%00=a",
        "/book?service=%FF",
        "/book?service=%ED%A0%80",
        "/book?service=%C0%AF",
        "/manage/%00",
        "/manage/a%00b",
        "/manage/%FF%FE",
        "/manage/%ED%A0%80",
        "/%00",
        "/desk?day=%00",
        "/calendar/%00.ics",
        "/healthz?a=%00",
        "/assets/%00/look.css",
        "/api/v1/slots?service=%FF",
        "/login?next=%00",
        "/static/..%00/..%00/etc/passwd",
    ],
)
def test_bytes_that_are_no_text_are_refused(visitor: Visitor, path: str):
    assert visitor.get(path).status == 400


@pytest.mark.parametrize("body", [b"name=%00", b"name=Ann%00", b"%00=a", b"a=%FF", b"a=%C0%AF"])
def test_bytes_that_are_no_text_are_refused_in_a_form(
    visitor: Visitor, clinic: Clinic, body: bytes
):
    take(visitor)
    visitor.get("/book/details")
    body += b"&csrf_token=" + visitor.token.encode()
    for path in ("/book/details", "/book/take", "/login"):
        answer = visitor.open(path, "POST", data=body, content_type=FORM)
        assert answer.status == 400, path
        assert "open for too long" not in answer.words
    drafts = clinic.read(lambda session, _: [draft.answers for draft in session.query(Draft)])
    assert drafts == [{}]


@pytest.mark.parametrize("value", [b"a\0b", b"a\xffb", b"a\xed\xa0\x80"])
def test_bytes_that_are_no_text_are_refused_in_a_multipart_form(visitor: Visitor, value: bytes):
    visitor.get("/book")
    answer = send_multipart(visitor, [("csrf_token", visitor.token.encode()), ("name", value)])
    assert answer.status == 400
    assert "open for too long" not in answer.words


def send_multipart(visitor: Visitor, fields: list[tuple[str, bytes]], end: bytes = b"--") -> Page:
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value
        for name, value in fields
    ]
    body = b"\r\n".join([*parts, b"--x" + end + b"\r\n"])
    kind = "multipart/form-data; boundary=x"
    return visitor.open("/book/take", "POST", data=body, content_type=kind)


def test_ten_thousand_fields_are_too_many_in_either_kind_of_form(visitor: Visitor):
    visitor.get("/book")
    body = b"csrf_token=" + visitor.token.encode() + b"&a=" * 10_000
    assert visitor.open("/book/take", "POST", data=body, content_type=FORM).status == 413
    token = ("csrf_token", visitor.token.encode())
    assert send_multipart(visitor, [token, *[("a", b"")] * 1000]).status == 413


@pytest.mark.parametrize("path", ["/book/take", "/login", "/api/v1/bookings", "/api/v1/holds"])
def test_a_body_that_is_too_large_is_not_read(visitor: Visitor, path: str):
    visitor.get("/book")
    data = b"a" * 2_000_000
    kind = "application/json" if path.startswith("/api") else FORM
    answer = visitor.open(path, "POST", data=data, content_type=kind)
    assert answer.status == 413
    assert "shorten" in answer.text or '"code"' in answer.text


@pytest.mark.parametrize("path", ["/book/take", "/api/v1/holds"])
def test_a_body_that_does_not_say_how_large_it_is_ends_at_the_limit_too(app: Flask, path: str):
    class Endless(io.RawIOBase):
        sent = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.sent += len(buffer)
            assert self.sent < 10_000_000, "it was read to no end"
            buffer[:] = b"a" * len(buffer)
            return len(buffer)

    kind = "application/json" if "api" in path else FORM
    environ = EnvironBuilder(path, "http://localhost", method="POST", content_type=kind)
    environ = environ.get_environ() | {
        "wsgi.input": io.BufferedReader(Endless()),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    environ.pop("CONTENT_LENGTH", None)
    _, status, headers = run_wsgi_app(app, environ)
    assert status.split()[0] in {"411", "413"}
    assert "Content-Security-Policy" in headers


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"nothing"),
        ("multipart/form-data; boundary=", b"--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nno header"),
        ("multipart/form-data; boundary=x", b"--y--"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"'),
        (FORM + "; charset=utf-7", b"+AADw-"),
        (FORM, b"&&&===&%"),
        ("text/plain", b"csrf_token=x"),
        ("", b"csrf_token=x"),
        ("application/json", b'{"csrf_token": "x"}'),
        ("\xff", b"\xff"),
    ],
)
def test_a_broken_form_is_refused_and_nothing_breaks(visitor: Visitor, kind: str, body: bytes):
    visitor.get("/book")
    assert visitor.open("/book/take", "POST", data=body, content_type=kind).status == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_a_method_that_a_page_does_not_have_is_refused(
    visitor: Visitor, clinic: Clinic, method: str
):
    take(visitor)
    for path in ("/book/details", "/book/check", "/login", "/"):
        assert visitor.open(path, method).status in {400, 405}
    assert count(clinic, Booking) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "x" * 5000},
        {"Accept": "\x00"},
        {"Cookie": "draft=" + "x" * 4000},
        {"Cookie": "draft=%00; staff=%FF; session=..."},
        {"Cookie": "session=.eJwtjkE; session=a; =; ;;;"},
        {"If-None-Match": '"' + "x" * 4000, "If-Modified-Since": "yesterday"},
        {"Range": "bytes=0-0,1-1," * 100},
        {"Content-Length": "0"},
        {"Forwarded": "for=1;host=evil.example"},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
)
def test_odd_headers_break_nothing(visitor: Visitor, clinic: Clinic, headers: dict[str, str]):
    for path in ("/", "/book", "/book/details", "/desk", "/login", "/manage/x", "/calendar/x.ics"):
        assert visitor.get(path, headers=headers).status < 500, path
