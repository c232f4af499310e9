"""Whoever looks on does see: each is shown what it is there to find."""

import pytest
from playwright.sync_api import Page

from tests.browser.keyboard import Keyboard
from tests.browser.looking import Looking
from tests.browser.watch import Watch


def test_the_watch_complains(page: Page, watch: Watch):
    page.goto("/book")
    for deed, words in (
        ("document.body.append(Object.assign(new Image(), {src: '//else.example/a'}))", "Policy"),
        ("document.body.setAttribute('onclick', '1'), document.body.click()", "Policy"),
        ("setTimeout(() => { throw new Error('a script that fails') })", "a script that fails"),
        ("console.warn('something is odd')", "something is odd"),
    ):
        page.evaluate(f"() => {{ {deed} }}")
        page.wait_for_timeout(100)
        assert any(words in complaint for complaint in watch.complaints), deed
        watch.complaints.clear()


def test_the_watch_sees_a_request_to_another_host(page: Page, watch: Watch):
    page.goto("about:blank")
    page.set_content("<img src='http://127.0.0.2:9/a'>")
    page.wait_for_timeout(100)
    assert any("somebody else" in complaint for complaint in watch.complaints)
    watch.complaints.clear()


def test_a_look_finds_the_fault(page: Page, axe: str):
    page.goto("/nothing/here")
    for deed, words in (
        ("document.querySelector('h1').style.color = '#ddd'", "light: color-contrast"),
        ("document.querySelector('h1').style.inlineSize = '600px'", "320 px: 6"),
        ("document.querySelector('.actions a').innerHTML = ''", "link-name"),
        ("document.querySelector('h1').outerHTML = '<h2>Nothing</h2>'", "not one h1"),
    ):
        looking = Looking(page, axe)
        page.evaluate(f"() => {{ {deed} }}")
        looking.look("404")
        assert any(words in fault for fault in looking.faults), looking.faults


def test_a_stop_that_cannot_be_seen_is_found(page: Page):
    page.goto("/book")
    for style, words in (
        (":focus-visible { outline: none !important }", "shows no focus"),
        (":focus-visible { outline: 3px solid #f6f6f6 !important }", "has a contrast"),
        ("main::after { content: ''; position: fixed; inset: 0 }", "is covered"),
    ):
        page.evaluate(
            """(style) => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(style);
              document.adoptedStyleSheets = [sheet];
            }""",
            style,
        )
        # Past the skip link, which lies over everything.
        page.get_by_role("link", name="Skip to the main content").focus()
        with pytest.raises(AssertionError, match=words):
            Keyboard(page).tab()


def test_data_for_search_engines_is_no_script_to_the_policy_and_a_script_is(
    page: Page, watch: Watch
):
    for path in ("/", "/micro-needling"):
        page.goto(path)
        read = "JSON.parse(document.querySelector('[type=\"application/ld+json\"]').text)['@type']"
        assert page.evaluate(read) in {"MedicalClinic", "FAQPage"}
        assert watch.complaints == []
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    page.wait_for_timeout(100)
    assert any("Policy" in complaint for complaint in watch.complaints)
    watch.complaints.clear()
