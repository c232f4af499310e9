"""Templates compile, lead to addresses and files that exist, and carry no style or script."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from booking.app import create_app
from booking.formats import mail
from booking.web.assets import STATIC
from config import ROOT, Settings

TEMPLATES = ROOT / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.*"))
MAILS = [name for name in NAMES if name.startswith("mail/")]
PAGES = [name for name in NAMES if not name.startswith("mail/")]
SOURCES = sorted((ROOT / "booking").rglob("*.py"))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The program with the local mailbox; its database is never asked for anything."""
    folder = tmp_path_factory.mktemp("instance")
    return create_app(Settings.from_environment({"INSTANCE_PATH": str(folder), "DEMO": "1"}))


def environment(app: Flask, name: str) -> Environment:
    return mail.environment() if name in MAILS else app.jinja_env


def tree(app: Flask, name: str) -> nodes.Template:
    return environment(app, name).parse((TEMPLATES / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Link:
    """A call of `url_for`: where it stands, its endpoint, and the names it gives values for."""

    place: str
    endpoint: str
    given: frozenset[str]


def constants(node: nodes.Node | None) -> Iterator[str]:
    """The strings that an endpoint can be: itself, or the default of a filter."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.Filter) and node.name == "default":
        yield from constants(node.args[0])


def links_in_templates(app: Flask) -> Iterator[Link]:
    for name in PAGES:
        for call in tree(app, name).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "url_for":
                given = frozenset(keyword.key for keyword in call.kwargs)
                for endpoint in constants(call.args[0]):
                    yield Link(f"{name}:{call.lineno}", endpoint, given)


def links_in_code() -> Iterator[Link]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "url_for"
                and isinstance(node.args[0], ast.Constant)
            ):
                given = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
                yield Link(f"{path.name}:{node.lineno}", node.args[0].value, given)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(app: Flask, name: str):
    environment(app, name).get_template(name)


def test_every_link_leads_to_an_endpoint_with_all_that_it_needs(app: Flask):
    rules = {}
    for rule in app.url_map.iter_rules():
        rules.setdefault(rule.endpoint, []).append(rule.arguments)
    found = [*links_in_templates(app), *links_in_code()]
    assert len(found) > 60
    wrong = [
        link
        for link in found
        if not any(needs <= link.given for needs in rules.get(link.endpoint, []))
    ]
    assert not wrong


def test_a_link_to_nowhere_would_be_found(app: Flask):
    links = list(links_in_templates(app))
    assert "book.days" in {link.endpoint for link in links}
    assert "desk.advance" in {link.endpoint for link in links}, "defaults are not looked into"
    assert "nowhere" not in {rule.endpoint for rule in app.url_map.iter_rules()}


def test_every_style_sheet_script_and_picture_exists(app: Flask):
    have = {path.name for path in [*STATIC.rglob("*.js"), *STATIC.rglob("*.svg")]} | {
        "look.css",
        "desk.css",
    }
    used = {
        value
        for name in PAGES
        for call in tree(app, name).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "asset"
        for value in constants(call.args[0])
    }
    assert used
    assert used <= have
    # What the clinic's own site loads, and the desk's worker, have addresses of their own.
    assert have <= used | {"embed.js", "offline.js"}, "a file that no page uses"


def test_every_template_is_used(app: Flask):
    used = {name for name in MAILS if re.fullmatch(r"mail/\w+\.(subject\.txt|txt|html)", name)}
    for path in SOURCES:
        used |= set(re.findall(r'"([a-z_/]+\.(?:html|txt|xml))"', path.read_text(encoding="utf-8")))
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    for name in NAMES:
        for node in tree(app, name).find_all(kinds):
            used |= set(constants(node.template))
    assert set(NAMES) <= used


def test_every_kind_of_mail_has_its_three_files():
    kinds = {name.split("/")[1].split(".")[0] for name in MAILS if ".subject." in name}
    assert kinds == {
        *("confirmed", "moved", "cancelled", "new_times", "reminder", "doctor", "sheet"),
        *("waitlist_joined", "waitlist_offer", "confirm_email", "running_late", "missed"),
    }
    for kind in kinds:
        assert {f"mail/{kind}.{end}" for end in ("html", "txt", "subject.txt")} <= set(MAILS)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_carries_style_script_or_another_host(name: str):
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", source)
    # Data for search engines is no script, though it stands in the element of one.
    source = source.replace('<script type="application/ld+json">', "")
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    assert not re.search(r"(src|href|action)=[\"'](https?:)?//", source)
    assert "{% autoescape" not in source


def test_markup_is_trusted_only_where_it_is_our_own(app: Flask):
    trusting = {
        name
        for name in NAMES
        if any(found.name == "safe" for found in tree(app, name).find_all(nodes.Filter))
    }
    assert trusting <= {"parts/icons.html"}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_promised_that_does_not_exist_yet(name: str):
    source = (TEMPLATES / name).read_text(encoding="utf-8").lower()
    for word in ("text message", "sms", "waiting list"):
        assert not re.search(rf"\b{word}", source), word


def test_style_and_scripts_ask_no_other_host():
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://(?!www\.w3\.org/)|url\([\"']?//", source), path.name
        assert "@import" not in source, path.name
        assert "eval(" not in source, path.name
