"""The drawings: reported and guided apart, ranges and open bounds visible, gaps as gaps, nothing outside, no style attribute."""

import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from opencapex import charts
from opencapex.charts import Bar, Path, Step
from opencapex.drawings import Drawings

REPORTED = Bar("2024", 53, 53, True, "53")
GAP = Bar("2025", None, None, True, "")
RANGE = Bar("2026", 195, 205, False, "195–205")
OPEN = Bar("2027", 220, None, False, "> 220")
LEFT_OPEN = Bar("2028", None, 95, False, "≤ 95", is_break=True)
ROWS = [REPORTED, GAP, RANGE, OPEN, LEFT_OPEN]
SAID = [
    Path("2025: ", [Step(date(2025, 2, 4), date(2025, 7, 23), 75, 75, "≈ 75"), Step(date(2025, 7, 23), date(2026, 2, 4), 91, 93, "91–93")],
         (date(2026, 2, 4), 91.4, "91.4")),
    Path("2026: ", [Step(date(2026, 2, 4), date(2026, 4, 29), None, None, ""), Step(date(2026, 4, 29), date(2026, 7, 22), 180, None, "> 180"),
                  Step(date(2026, 7, 22), date(2026, 11, 1), None, 205, "≤ 205")], None),
]  # fmt: skip
NAMES = ["Short", "China Unicom Jing-Jin-Ji Digital Technology Industrial Park, north area (Tianjin)",
         "中国联通京津冀数字科技产业园（北区）", "Anthropic 与 SpaceX 2026 年 5 月 Colossus 1 使用协议及其后各次补充", "A"]  # fmt: skip
DRAWN = {
    "bars": lambda: charts.bars("T <b>", "D & d", ROWS, "x"),
    "named": lambda: charts.bars("T <b>", "D & d", [row._replace(label=name) for row, name in zip(ROWS, NAMES, strict=True)], "x"),
    "columns": lambda: charts.columns("T <b>", "D & d", ROWS, "x"),
    "crowded": lambda: charts.columns("T <b>", "D & d", ROWS * 5, "x"),
    "panels": lambda: charts.panels("T <b>", "D & d", {"One": ROWS, "Two": [REPORTED], "Three": [GAP]}, "x"),
    "vintages": lambda: charts.vintages("T <b>", "D & d", SAID, "x"),
}


def elements(drawing, name, kind=None):
    """The elements of a drawing by name and class."""
    return [e for e in ElementTree.fromstring(drawing).iter(name) if kind is None or e.get("class") == kind]


def texts(drawing):
    return [e.text for e in elements(drawing, "text")]


@pytest.mark.parametrize("form", DRAWN)
def test_a_drawing_is_whole_named_and_without_style(form):
    drawing = DRAWN[form]()
    found = ElementTree.fromstring(drawing)
    assert (found.find("title").text, found.find("desc").text) == ("T <b>", "D & d")
    assert found.get("aria-labelledby").split() == [found.find("title").get("id"), found.find("desc").get("id")]
    ids = re.findall(r' id="([^"]+)"', drawing)
    assert len(ids) == len(set(ids)) and "style" not in drawing
    assert set(re.findall(r"url\(#([^)]+)\)", drawing)) <= set(ids)


@pytest.mark.parametrize("form", DRAWN)
def test_nothing_stands_outside_a_drawing(form):
    drawing = DRAWN[form]()
    width, height = map(float, ElementTree.fromstring(drawing).get("viewBox").split()[2:])
    for text in elements(drawing, "text"):
        x, half = float(text.get("x")), charts._width(text.text)
        start = x - {"end": half, "middle": half / 2}.get(text.get("text-anchor"), 0)
        assert start >= -5 and start + half <= width + 5 and 5 <= float(text.get("y")) <= height, text.text
    for rect in elements(drawing, "rect"):
        x, y, wide, high = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
        assert x >= 0 and y >= 0 and wide >= 0 and high >= 0 and x + wide <= width and y + high <= height


def test_long_names_stand_whole_above_their_bars():
    drawing = DRAWN["named"]()
    names = [e.text for e in elements(drawing, "text") if e.get("x") == "0"]
    assert len(names) > len(NAMES) and "".join(names).replace(" ", "") == "".join(NAMES).replace(" ", "")
    tops = [float(rect.get("y")) for rect in elements(drawing, "rect")]
    bases = sorted(float(e.get("y")) for e in elements(drawing, "text") if e.get("x") == "0")
    assert not any(top < base < top + charts.BAR for top in tops for base in bases)
    assert min(float(rect.get("x")) for rect in elements(drawing, "rect")) == 1


def test_columns_show_what_is_reported_guided_missing_and_open():
    drawing = DRAWN["columns"]()
    assert len(elements(drawing, "rect", "oc-bar")) == 1
    assert [e.get("fill") for e in elements(drawing, "rect", "oc-expected")] == ["url(#x-h)"] * 3
    assert len(elements(drawing, "rect", "oc-range")) == 1 and len(elements(drawing, "path", "oc-break")) == 1
    down, up = [float(re.search(r"l[\d.]+ (-?\d+)", e.get("d"))[1]) for e in elements(drawing, "path", "oc-arrow")]
    assert up < 0 < down
    assert texts(drawing) == ["2028", "≤ 95", "2027", "> 220", "2026", "195–205", "2025", "2024", "53"]  # the gap has a label and no value


def test_columns_are_drawn_from_zero_and_to_scale():
    high, low = elements(charts.columns("t", "d", [Bar("a", 10, 10, True, "10"), Bar("b", 40, 40, True, "40")], "x"), "rect")
    assert float(high.get("height")) == charts.PLOT and float(low.get("height")) == pytest.approx(charts.PLOT / 4, abs=0.05)
    assert float(low.get("y")) + float(low.get("height")) == float(high.get("y")) + float(high.get("height"))


def test_many_columns_have_a_grid_and_only_the_last_and_largest_value():
    many = [Bar("", number, number, True, f"{number}.00") for number in (*range(1, 21), 19, 18, 7)]
    drawing = charts.columns("t", "d", many, "x")
    values = [e.text for e in elements(drawing, "text") if e.get("class") is None]
    assert values == ["7.00", "20.00"]
    assert [e.text for e in elements(drawing, "text", "oc-muted")] == ["10", "20"]


def test_crowded_years_are_named_every_other_one_from_the_last():
    drawing = charts.columns("t", "d", [Bar(str(2015 + n), n + 1, n + 1, True, "1,000") for n in range(12)], "x")
    assert [text for text in texts(drawing) if text.startswith("20")] == ["2026", "2024", "2022", "2020", "2018", "2016"]


def test_panels_share_one_scale():
    drawing = charts.panels("t", "d", {"One": [Bar("", 10, 10, True, "10")], "Two": [Bar("", 40, 40, True, "40")]}, "x")
    low, high = (float(rect.get("height")) for rect in elements(drawing, "rect"))
    assert low == pytest.approx(high / 4, abs=0.05)


def test_vintages_show_point_range_open_bounds_words_and_what_was_reported():
    drawing = DRAWN["vintages"]()
    assert len(elements(drawing, "path", "oc-line")) == 3  # the point and the two open bounds; words draw nothing
    assert len(elements(drawing, "rect", "oc-band")) == 1
    up, down = [float(re.search(r"v(-?\d+)", e.get("d"))[1]) for e in elements(drawing, "path", "oc-arrow")]
    assert up < 0 < down
    assert len(elements(drawing, "circle", "oc-bar")) == 1
    assert {"2025: ≈ 75", "91.4", "2026: > 180", "≤ 205", "2026"} <= set(texts(drawing))


def test_texts_of_vintages_touch_no_other():
    near = [
        Path(f"FY{n}: ", [Step(date(2025, 6, n), date(2025, 9, 1), 20 + n, 20 + n, f"≈ {20 + n}")], (date(2025, 9, n), 22, "22"))
        for n in range(1, 5)
    ]
    boxes = []
    for text in elements(charts.vintages("t", "d", near, "x"), "text"):
        if text.get("text-anchor") is None:
            x, y = float(text.get("x")), float(text.get("y"))
            boxes.append((x, y - 9, x + charts._width(text.text), y + 1))
    assert len(boxes) == 8
    assert not any(charts._touch(one, other) for number, one in enumerate(boxes) for other in boxes[:number])


@pytest.mark.parametrize(
    ("largest", "smallest", "unit"), [(1_400, 53, "USD bn"), (1_400, 140, "USD tn"), (25_000, 53, "USD tn"), (90, 20, "USD bn")]
)
def test_the_smallest_bar_decides_on_the_unit_where_the_largest_leaves_it_a_fraction(largest, smallest, unit):
    units = {"USD": {"measure": "money", "symbol": "USD", "symbol_zh": "美元"}}
    rows = [
        {"label": "", "lower": Decimal(size) * 10**9, "upper": None, "qualifier": "over", "is_reported": False}
        for size in (largest, smallest)
    ]
    assert f"<strong>Promises, {unit}</strong>" in Drawings(units, "en").bars("x", "Promises", "", rows, "USD", "commitments", "../")


def test_drawings_side_by_side_name_their_files_once():
    units = {"percent": {"measure": "ratio", "symbol": "%", "symbol_zh": "%"}}
    row = {"label": "A", "lower": Decimal("46.3121"), "upper": Decimal("46.3121"), "qualifier": "exact", "is_reported": True}
    drawing = Drawings(units, "zh").bars("x", "占比", "占收入", [row], "percent", "", "")
    assert "<strong>占比，%</strong>" in drawing and ">46.3<" in drawing and "数据" not in drawing


def test_a_figure_names_unit_definition_and_files():
    units = {"CNY": {"measure": "money", "symbol": "RMB", "symbol_zh": "元"}}
    row = {"label": "2025", "lower": Decimal(126063000000), "upper": Decimal(126063000000), "qualifier": "exact", "is_reported": True}
    english = Drawings(units, "en").columns("x", "Spending", "Cash & more", [row], "CNY", "quarters", "../")
    chinese = Drawings(units, "zh").columns("x", "开支", "现金", [row], "CNY", "quarters growth", "../../")
    assert "<strong>Spending, RMB bn</strong><br>Cash &amp; more" in english and ">126<" in english and "\n" not in english
    assert '<a href="../data/latest/quarters.csv">quarters.csv</a>' in english
    assert "<strong>开支，亿元</strong>" in chinese and ">1260<" in chinese and "growth.csv" in chinese
