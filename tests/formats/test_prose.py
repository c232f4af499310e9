"""What the clinic writes becomes a page, and can do nothing but be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from booking.formats import documents, prose


def test_small_markdown_is_enough():
    html = prose.render("## One\n\nTwo **three**\n\n- four\n- [five](/book)").html
    assert html == (
        '<h2 id="one-1">One</h2>\n<p>Two <strong>three</strong></p>\n'
        '<ul>\n<li>four</li>\n<li><a href="/book">five</a></li>\n</ul>\n'
    )


def test_headings_are_found_and_never_the_pages_first():
    found = prose.render("# A\n\n## B & C\n\n### D")
    assert found.headings == (("a-1", "A"), ("b-c-2", "B & C"))
    assert "<h1" not in found.html
    assert "<h3>D</h3>" in found.html


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](data:text/html,x)",
        "[x](//evil.example)",
        "![x](https://evil.example/x.png)",
        '<https://ok.example"onclick=x>',
    ],
)
def test_nothing_in_it_runs_or_is_loaded(words: str):
    html = prose.render(words).html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html.lower()
    assert 'href="data' not in html
    assert 'href="//' not in html
    assert "onclick" not in html.split(">")[0]


@given(st.text(max_size=200))
def test_any_text_can_be_rendered_and_has_no_foreign_tags(words: str):
    html = str(prose.render(words).html)
    assert "<script" not in html.lower()


def test_places_are_filled_with_what_is_safe():
    filled = prose.fill("Call {phone}, {nobody} & {x}", {"phone": Markup("<b>1</b>"), "x": "<i>"})
    assert filled == "Call <b>1</b>, {nobody} &amp; &lt;i&gt;"


@pytest.mark.parametrize("name", documents.NAMES)
def test_what_came_with_the_program_would_pass_as_written_by_hand(name: str):
    for part in documents.document(name).parts:
        assert part.words
        most = documents.PROSE_MAX if part.is_prose else documents.LINE_MAX
        assert len(part.words) <= most, part.name
