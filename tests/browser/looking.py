"""A page looked at as people meet it: light, dark, from right to left, narrow, spaced out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The page is the same from every side. What a side can change is asked there again: colours, and
# where things lie and how large they are.
COLOURS, PLACES = ["color-contrast", "link-in-text-block"], ["target-size"]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
Look = Callable[[str], None]

# What axe does not ask: how wide a page is, and what a page must have exactly one of.
_PLAIN_FAULTS = """() => {
  const root = document.documentElement;
  const faults = [];
  if (root.scrollWidth > innerWidth) faults.push(`${root.scrollWidth} px wide: ` +
    [...document.querySelectorAll("body *")]
      .filter((e) => { const b = e.getBoundingClientRect();
        return b.width > 0 && (b.right > innerWidth + 1 || b.left < -1) &&
          getComputedStyle(e).clipPath === "none" && !e.matches(".skip"); })
      .slice(-3).map((e) => e.tagName + "." + e.className).join(", "));
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  if (!root.lang || !root.dir) faults.push("no language or direction");
  const title = document.title;
  if (location.host && !title.includes(" – ")) faults.push(`the title is “${title}”`);
  for (const time of document.querySelectorAll(".time"))
    if (time.getBoundingClientRect().height < 44) faults.push("a time lower than 44 px");
  return faults;
}"""
_AXE = """async (asked) => {
  const found = await axe.run(document,
    { runOnly: asked, resultTypes: ["violations"], iframes: false, preload: false });
  const words = (n) => `${n.target} (${[...n.any, ...n.all, ...n.none][0]?.message})`;
  return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map(words).join("; ")}`);
}"""
# WCAG 1.4.12. A style element would be refused by our policy, a constructed sheet is not.
_SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
_AS_MADE = """() => {
  document.adoptedStyleSheets = [];
  document.documentElement.dir = "ltr";
}"""


@dataclass
class Looking:
    """Looks at a page from all sides; faults are gathered, so that one does not hide another."""

    page: Page
    axe: str
    faults: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """Look at the page as it stands; `name` says what it shows."""
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(self.axe)
        self._emulate("light", DESK)
        self._note(name, "light", self._plain() + self._axe(TAGS, "tag"))
        self._emulate("dark", DESK)
        self._note(name, "dark", self._axe(COLOURS, "rule"))
        self._emulate("light", DESK)
        self.page.evaluate("document.documentElement.dir = 'rtl'")
        self._note(name, "right to left", self._plain() + self._axe(PLACES, "rule"))
        self._emulate("light", PHONE)
        self._note(name, "320 px, right to left", self._plain())
        self.page.evaluate(_AS_MADE)
        # A menu that folds is another page.
        self._note(name, "320 px", self._plain() + self._axe(TAGS, "tag"))
        self.page.evaluate(_SPACED)
        self._note(name, "320 px, spaced", self._plain())
        self.page.evaluate(_AS_MADE)
        self._emulate("light", DESK)

    def require_no_faults(self) -> None:
        assert not self.faults, "\n".join(self.faults)

    def _emulate(self, scheme: Literal["light", "dark"], size: dict[str, int]) -> None:
        # Without motion: a colour on its way from light to dark is neither.
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.set_viewport_size(size)  # type: ignore[arg-type]

    def _note(self, name: str, side: str, faults: list[Any]) -> None:
        self.faults += [f"{name}, {side}: {fault}" for fault in faults]

    def _plain(self) -> list[Any]:
        return list(self.page.evaluate(_PLAIN_FAULTS))

    def _axe(self, values: list[str], kind: Literal["tag", "rule"]) -> list[Any]:
        return list(self.page.evaluate(_AXE, {"type": kind, "values": values}))
