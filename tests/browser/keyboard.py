"""Somebody who has no mouse: from stop to stop, and each stop must be seen."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

# Where the focus is, and how it shows. A radio button may let its label wear the ring; the small
# button inside a date field belongs to the browser, which draws its ring where nobody can ask.
_STOP = """() => {
  const stop = document.activeElement;
  const ringed = [stop, stop.closest("label")].find(
    (e) => e && getComputedStyle(e).outlineStyle !== "none");
  const box = stop.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const digits = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => digits(colour).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    const colour = e ? getComputedStyle(e).backgroundColor : "rgb(255, 255, 255)";
    return digits(colour)[3] === 0 ? ground(e.parentElement) : colour;
  };
  const inner = stop.type === "date" && !stop.matches(":focus-visible");
  const style = ringed && getComputedStyle(ringed);
  const [dark, bright] = ringed
    ? [light(style.outlineColor), light(ground(ringed.parentElement))].sort((a, b) => a - b)
    : [0, 0];
  return {
    what: `${stop.tagName} “${(stop.innerText || stop.name || "").trim().slice(0, 40)}”`,
    width: inner ? 2 : ringed ? parseFloat(style.outlineWidth) : 0,
    contrast: inner ? 3 : (bright + 0.05) / (dark + 0.05),
    uncovered: Boolean(top) && (stop.contains(top) || top.contains(stop)),
    inside: box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth,
  };
}"""


@dataclass(frozen=True)
class Stop:
    """An element that has the focus: how wide its ring is, and whether it can be seen at all."""

    what: str
    width: float
    contrast: float
    uncovered: bool
    inside: bool

    @property
    def is_end(self) -> bool:
        """After the last stop the focus leaves the page for the browser's own buttons."""
        return self.what.startswith("BODY")

    def require_visible(self) -> None:
        assert self.width >= 2, f"{self.what} shows no focus"
        assert self.contrast >= 3, f"{self.what}: the ring has a contrast of {self.contrast:.1f}"
        assert self.inside, f"{self.what} has the focus outside the window"
        assert self.uncovered, f"{self.what} has the focus and is covered"


class Keyboard:
    """Keys alone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab(self) -> Stop:
        """Go on to the next stop, which must be seen; the page's own end is none."""
        self.press("Tab")
        stop = Stop(**self.page.evaluate(_STOP))
        if not stop.is_end:
            stop.require_visible()
        return stop

    def to(self, target: Locator, *, within: int = 60) -> None:
        """Go on with Tab until the focus is there."""
        passed = []
        for _ in range(within):
            passed.append(self.tab().what)
            if has_focus(target):
                return
        raise AssertionError(f"not reached by Tab; passed: {', '.join(passed)}")

    def activate(self, target: Locator) -> None:
        """Go there and press Enter."""
        self.to(target)
        self.press("Enter")

    def answer(self, field: Locator, text: str) -> None:
        self.to(field)
        self.press("Control+A")
        self.type(text)


def has_focus(target: Locator) -> bool:
    return bool(target.evaluate("element => element === document.activeElement"))
