"""Bars are drawn to scale, said in words, and begin where reading begins."""

from xml.etree import ElementTree

from booking.formats.charts import Bar, bars, scale

SVG = "{http://www.w3.org/2000/svg}"
BARS = [
    Bar("Monday", 25.0, "25.0% (10 of 40)"),
    Bar("Tuesday <b>", 50.0, "50.0% (1 of 2)", is_of_few=True),
    Bar("Friday", None, "no visits"),
    Bar("Sunday", 0, "0.0% (0 of 30)"),
]


def draw(values: list[Bar] = BARS, *, is_rtl: bool = False) -> ElementTree.Element:
    text = bars("weekday", "No-shows by weekday", values, is_rtl=is_rtl)
    return ElementTree.fromstring(str(text).replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314


def widths(drawing: ElementTree.Element) -> list[tuple[str, float, float]]:
    """Class, left edge and width of what is filled."""
    return [
        (one.attrib["class"], float(one.attrib["x"]), float(one.attrib["width"]))
        for one in drawing.iter(f"{SVG}rect")
        if one.attrib["class"] != "track"
    ]


def test_bars_are_as_long_as_their_values_and_nothing_has_none():
    assert widths(draw()) == [("bar", 0, 170), ("few", 0, 340)]


def test_small_values_stay_small_beside_a_round_number():
    assert [scale([Bar("", value, "")]) for value in (0, 4, 12.9, 60, 100, 130)] == [
        5,
        5,
        25,
        100,
        100,
        130,
    ]
    assert widths(draw([Bar("Monday", 12.5, ""), Bar("Tuesday", None, "")])) == [("bar", 0, 170)]


def test_right_to_left_everything_begins_at_the_right():
    drawing = draw(is_rtl=True)
    assert drawing.attrib["direction"] == "rtl"
    assert widths(drawing) == [("bar", 170, 170), ("few", 0, 340)]
    label, value, *_ = drawing.iter(f"{SVG}text")
    assert (label.attrib["x"], value.attrib["x"]) == ("340", "0")


def test_a_chart_says_in_words_what_it_shows():
    drawing = draw()
    assert drawing.attrib["role"] == "img"
    title, words = drawing[0], drawing[1]
    assert drawing.attrib["aria-labelledby"].split() == [title.attrib["id"], words.attrib["id"]]
    assert title.text == "No-shows by weekday"
    assert words.text is not None
    assert words.text.startswith("Monday: 25.0% (10 of 40); Tuesday <b>: 50.0% (1 of 2)")


def test_a_long_label_leaves_room_for_the_words():
    name = "Dr. " + 50 * "x"
    drawing = draw([Bar(name, 5, "5.0% (1 of 20)")])
    label = next(drawing.iter(f"{SVG}text")).text or ""
    assert label == f"{name[:31]}…"
    assert drawing[1].text == f"{name}: 5.0% (1 of 20)"


def test_a_chart_brings_no_style_of_its_own():
    assert not any({"style", "fill"} & set(one.attrib) for one in draw().iter())
