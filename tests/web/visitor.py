"""Somebody at a browser: pages in, forms out, cookies kept, the CSRF token taken from the page."""

from functools import cached_property
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from booking.domain.roles import Role
from booking.formats.tokens import random_token
from booking.services.staff import sessions
from booking.store.access import Staff
from booking.web.access import STAFF_COOKIE
from booking.web.installation import here
from tests.support import Clinic
from tests.web.page import Element, Form, parse, read_form


class Page:
    """An answer, read as a page where it is one."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.location = response.headers.get("Location", "")

    @cached_property
    def text(self) -> str:
        return self.response.get_data(as_text=True)

    @cached_property
    def document(self) -> Element:
        return parse(self.text)

    @property
    def words(self) -> str:
        return self.document.words

    @property
    def title(self) -> str:
        return self.document.all("title")[0].words

    @property
    def heading(self) -> str:
        (heading,) = self.document.all("h1")
        return heading.words

    @property
    def forms(self) -> list[Form]:
        return [read_form(element) for element in self.document.all("form")]

    def form(self, action: str) -> Form:
        """The form that is sent there; several (one a row) count as the first."""
        return next(form for form in self.forms if form.action == action)

    @property
    def token(self) -> str | None:
        tokens = [form.values["csrf_token"] for form in self.forms if "csrf_token" in form.values]
        return tokens[0] if tokens else None

    @property
    def slots(self) -> list[str]:
        """The slot ids of all buttons that take or choose a time."""
        return [b.attrs["value"] for b in self.document.all("button", name="slot")]

    def by_id(self, name: str) -> Element | None:
        return next((e for e in self.document.walk() if e.attrs.get("id") == name), None)

    def why(self, field: str) -> str:
        """What is said beside a field."""
        element = self.by_id(f"{field}-why")
        return element.words.removeprefix("Error: ") if element else ""

    def summary(self) -> dict[str, str]:
        """The links of "There is a problem": field to words."""
        (box,) = (e for e in self.document.walk() if "data-problems" in e.attrs)
        return {a.attrs["href"].removeprefix("#"): a.words for a in box.all("a")}

    def value(self, name: str) -> str:
        """What stands in a field."""
        return next(f.values[name] for f in self.forms if name in f.values)


class Visitor:
    """A browser on this site."""

    def __init__(self, app: Flask, base_url: str = "http://localhost") -> None:
        self.app = app
        self.client = app.test_client()
        self.base_url = base_url
        self.token = ""

    def open(self, path: str, method: str = "GET", **how: Any) -> Page:
        response = self.client.open(path, method=method, base_url=self.base_url, **how)
        page = Page(response)
        if method == "GET" and response.mimetype == "text/html" and response.status_code == 200:
            self.token = page.token or self.token
        return page

    def get(self, path: str, **how: Any) -> Page:
        return self.open(path, **how)

    def post(self, path: str, data: dict[str, Any] | None = None, **how: Any) -> Page:
        """A form, sent with the token that a page gave."""
        if not self.token:
            self.get("/login")
        return self.open(path, "POST", data={"csrf_token": self.token} | (data or {}), **how)

    def follow(self, page: Page) -> Page:
        assert page.status in {302, 303}, page.text
        return self.get(page.location)

    def fill(self, page: Page, action: str, **values: str) -> Page:
        """Fill in a form of the page and press its button."""
        form = page.form(action)
        assert form.method == "post"
        return self.post(form.action, form.values | values)

    def take(self, slot: str) -> Page:
        return self.post("/book/take", {"slot": slot})

    def sign_in(self, clinic: Clinic, role: Role | str) -> None:
        """Sit down at the desk, without the sign-in page (which has tests of its own)."""
        email = role if "@" in role else f"{Role(role).value}@clinic.example"
        token = clinic.write(
            lambda session, now: sessions.start(
                session,
                session.query(Staff.id).filter_by(email=email).scalar(),
                random_token=random_token,
                now=now,
            )
        )
        self.set_cookie(STAFF_COOKIE, token)

    def set_cookie(self, name: str, value: str) -> None:
        with self.app.app_context():
            name = here().cookie_name(name)
        self.client.set_cookie(name, value, domain=self.base_url.split("/")[2].split(":")[0])

    def cookie(self, name: str) -> str | None:
        with self.app.app_context():
            name = here().cookie_name(name)
        found = self.client.get_cookie(name, domain=self.base_url.split("/")[2].split(":")[0])
        return found.value if found else None
