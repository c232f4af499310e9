"""What patients read is complete in every language: nothing untranslated, nothing left over."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import nodes

from booking.formats import documents, mail
from booking.formats.documents import TEXTS
from booking.formats.languages import ENGLISH, FOLDER, LANGUAGES
from config import ROOT

TEMPLATES = ROOT / "templates"
OTHERS = [code for code in LANGUAGES if code != ENGLISH]
# As in the Makefile.
MARKS = ["to_patients", "add:3"]
FOR_STAFF = ("admin/", "desk/", "setup/", "staff/", "mailbox/", "layout/desk", "layout/plain")
FOR_STAFF += ("doctor/", "mail/doctor.", "mail/sheet.", "sheet/", "parts/effect")
FOR_STAFF += ("parts/previewed", "parts/busy_times", "parts/language_switch", "parts/entry")
FOR_STAFF += (
    "parts/same_hours",
    "parts/needs",
    "parts/imports",
    "parts/dates_bar",
    "parts/cautions",
)
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.*"))
FOR_PATIENTS = [name for name in NAMES if not name.startswith(FOR_STAFF)]
# What stands in a page and is said: attributes that are read out or shown.
SAID = re.compile(r"aria-label|alt|title|placeholder|data-(left|soon|over|longer|words|says)")
PLACEHOLDERS = re.compile(r"%\(\w+\)s|\{\w+\}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
# The names of firms.
SAME_EVERYWHERE = ("Google Calendar", "Outlook.com")
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}

Key = tuple[str | None, str]


def extracted() -> set[Key]:
    text = (FOLDER / "babel.cfg").read_text(encoding="utf-8")
    method_map, options_map = parse_mapping_cfg(StringIO(text))
    found = extract_from_dir(
        str(ROOT),
        method_map,
        options_map,
        keywords=DEFAULT_KEYWORDS | parse_keywords(MARKS),
        directory_filter=lambda path: (
            Path(path).name in {"booking", "templates"}
            or any(part in {"booking", "templates"} for part in Path(path).relative_to(ROOT).parts)
        ),
    )
    return {(context, one[0] if isinstance(one, tuple) else one) for _, _, one, _, context in found}


def catalogue(code: str) -> Catalog:
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def messages(code: str) -> dict[Key, Message]:
    found = {}
    for one in catalogue(code):
        if one.id:
            found[one.context, one.id if isinstance(one.id, str) else one.id[0]] = one
    return found


@pytest.fixture(scope="module")
def sentences() -> set[Key]:
    return extracted()


@pytest.mark.parametrize("code", OTHERS)
def test_no_sentence_is_missing_and_none_is_left_over(sentences: set[Key], code: str):
    assert len(sentences) > 150
    have = messages(code)
    assert not sentences - set(have), "make translate, then translate these"
    assert not set(have) - sentences, "make translate drops these"
    empty = [key for key, one in have.items() if not all(_forms(one)) or one.fuzzy]
    assert not empty


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_placeholders_of_its_sentence(code: str):
    for one in messages(code).values():
        said = one.id if isinstance(one.id, str) else one.id[1]
        for form in _forms(one):
            have, wanted = set(PLACEHOLDERS.findall(form)), set(PLACEHOLDERS.findall(said))
            # A form for one or two may say the number in words.
            assert have == wanted or (isinstance(one.id, tuple) and have < wanted), form


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_compiled_is_what_is_written(code: str):
    made = BytesIO()
    write_mo(made, catalogue(code))
    compiled = (FOLDER / code / "LC_MESSAGES" / "messages.mo").read_bytes()
    assert made.getvalue() == compiled, "make compile"


def test_a_missing_sentence_would_be_found(sentences: set[Key]):
    assert (None, "By phone: we call you") in sentences, "the marks in code are not looked for"
    assert (None, "Enter your name") in sentences, "what is wrong with a field is not looked for"
    assert ("step", "You") in sentences, "templates are not looked into"
    assert (None, "Sign in") not in sentences, "staff read English"


def _forms(one: Message) -> tuple[str, ...]:
    return (one.string,) if isinstance(one.string, str) else tuple(one.string)


class _Said(HTMLParser):
    """What a page says that is in no expression: its text, and attributes that are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script"}
        self.found += [value or "" for name, value in attrs if SAID.fullmatch(name)]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def _without_firms(said: str) -> str:
    for name in SAME_EVERYWHERE:
        said = said.replace(name, "")
    return said


def unwrapped(name: str) -> Iterator[str]:
    """Words of a template that no translation reaches."""
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    environment = mail.environment()
    text = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    parser = _Said()
    parser.feed(text)
    parser.close()
    if not name.endswith(".xml"):
        said = (" ".join(_without_firms(found).split()) for found in parser.found)
        yield from (one for one in said if LETTERS.search(one))
    # `{% trans %}` and `_()` are calls; what else is a constant that begins like a sentence is not.
    tree = environment.parse(source)
    wrapped = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
        for constant in call.find_all(nodes.Const)
    }
    for constant in tree.find_all(nodes.Const):
        value = constant.value if id(constant) not in wrapped else None
        if isinstance(value, str) and re.match(r"[A-Z][a-z]+", _without_firms(value)):
            yield value


@pytest.mark.parametrize("name", FOR_PATIENTS)
def test_every_word_of_a_template_for_patients_can_be_translated(name: str):
    assert not list(unwrapped(name))


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("name", documents.NAMES)
def test_a_text_has_the_parts_and_the_facts_of_the_english_one(code: str, name: str):
    assert (TEXTS / code / f"{name}.toml").exists()
    english, other = documents.document(name), documents.document(name, code)
    assert other.reviewed_on == english.reviewed_on
    for one, its in zip(english.parts, other.parts, strict=True):
        assert (one.name, one.label, one.is_prose) == (its.name, its.label, its.is_prose)
        for pattern in (r"\{\w+\}", r"\d+", r"^#+ ", r"^- ", r"\*\*"):
            said = re.findall(pattern, one.words, re.MULTILINE)
            assert sorted(re.findall(pattern, its.words, re.MULTILINE)) == sorted(said), one.name
        assert its.words != one.words
