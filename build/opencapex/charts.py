"""Charts as inline SVG that takes its colours from the page, so that one drawing serves light and dark.

One question a chart, in one of four forms: horizontal bars (who), columns (over time), small panels of columns (over
time, several at once, on one scale) and vintages (what was said of one period, day by day). Reported is solid, guided
and promised is hatched (so that they differ in grey too); a range ends in a paler stretch, an open bound in an arrow;
what is missing is a gap. Zero-based. Drawn 340 units wide, so that its letters are readable on a phone. Values come in
the unit of the chart (billions), their texts ready made. No style attribute: a strict page would not apply it.
"""

import math
import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from markupsafe import escape

WIDTH, GLYPH, LINE = 340, 5.9, 13
BAR, GAP, TOP = 17, 8, 4
BESIDE = 0.42  # of the width: what the labels of bars may take beside them
PLOT, HEAD = 150, 24  # height of the plot of columns and vintages, and of what stands above it
Number = Decimal | float | None


class Bar(NamedTuple):
    """One bar or column: its label, its bounds (either may be empty, both for a gap), whether it is reported, the value as
    text, and whether the definition changes before it."""

    label: str
    lower: Number
    upper: Number
    is_reported: bool
    text: str
    is_break: bool = False


class Step(NamedTuple):
    """What was said on a day, until it was said anew: bounds (either may be empty, both where there were only words), text."""

    day: date
    until: date
    lower: Number
    upper: Number
    text: str


class Path(NamedTuple):
    """All that was said of one period (its label ends in a colon), and what was then reported: day, value, text."""

    label: str
    steps: list[Step]
    reported: tuple[date, Number, str] | None


def bars(title: str, description: str, rows: list[Bar], identifier: str) -> str:
    """An SVG of horizontal bars, their labels beside them, or above them where one is long; `title` and `description` are what a
    screen reader says."""
    longest = _largest(rows)
    widest = max((_width(row.label) for row in rows), default=0)
    is_above = widest > WIDTH * BESIDE
    left = 1 if is_above else round(widest) + 8
    room = WIDTH - left - max((_width(row.text) for row in rows), default=0) - 14
    parts, y = [], TOP
    for row in rows:
        for line in _lines(row.label) if is_above else []:
            parts.append(_text(0, y + 10, line))
            y += LINE
        if not is_above:
            parts.append(_text(left - 6, y + 13, row.label, "end"))
        top = y + 3 if is_above else y
        parts += _bar(row, left, top, room / longest, identifier)
        beyond = 1 if is_above else GAP / 2  # the axis passes no label, else from bar to bar
        parts.append(f'<path class="oc-axis" d="M{left} {top - beyond:g}v{BAR + 2 * beyond:g}"/>')
        y += BAR + GAP + (5 if is_above else 0)
    return _svg(title, description, y - GAP + TOP, parts, identifier)


def columns(title: str, description: str, rows: list[Bar], identifier: str) -> str:
    """An SVG of columns over time, evenly spaced: each with its value, or the last and the largest where there is no room."""
    has_room = all(_width(row.text) + 2 <= WIDTH / len(rows) for row in rows)
    left = 0 if has_room else _margin(_largest(rows))
    parts = [] if has_room else _grid(left, HEAD, _largest(rows))
    parts += _columns(rows, (left, HEAD, WIDTH - left, PLOT), _largest(rows), identifier, has_room)
    return _svg(title, description, HEAD + PLOT + LINE + 6, parts, identifier)


def panels(title: str, description: str, named: dict[str, list[Bar]], identifier: str) -> str:
    """An SVG of small columns, two panels beside each other, all on the scale of the largest."""
    wide, high = (WIDTH - 20) / 2, 74
    largest = max((_largest(rows) for rows in named.values()), default=1)
    parts = []
    for number, (name, rows) in enumerate(named.items()):
        x, y = number % 2 * (wide + 20), number // 2 * (high + 3 * LINE + 10)
        parts.append(_text(round(x), y + 10, name, kind="oc-name"))
        parts += _columns(rows, (x, y + HEAD + 2, wide, high), largest, identifier, False)
    return _svg(title, description, -(-len(named) // 2) * (high + 3 * LINE + 10), parts, identifier)


def vintages(title: str, description: str, paths: list[Path], identifier: str) -> str:
    """An SVG of what was said day by day: a line for a point, a band for a range, an arrow for an open bound, a dot for what was
    reported, nothing where there were only words."""
    steps = [step for path in paths for step in path.steps]
    ends = [path.reported[0] for path in paths if path.reported] + [step.until for step in steps]
    first, last = min(step.day for step in steps), max(ends)
    values = [value for step in steps for value in (step.lower, step.upper)] + [path.reported[1] for path in paths if path.reported]
    largest = max(float(value) for value in values if value is not None)
    top, left, right = HEAD, _margin(largest) + 4, WIDTH - 30

    def across(day: date) -> float:
        return round(left + (right - left) * (day - first).days / max((last - first).days, 1), 1)

    def down(value: Number) -> float:
        return round(top + PLOT * (1 - float(value) / largest), 1)

    parts = _grid(left - 4, top, largest)
    ticks = {date(year, 1, 1): str(year) for year in range(first.year + 1, last.year + 1)}
    for day, text in (ticks or {first: f"{first:%Y-%m}", last: f"{last:%Y-%m}"}).items():
        x = across(day)
        parts += [f'<path class="oc-tick" d="M{x} {top + PLOT}v4"/>', _text(x, top + PLOT + LINE + 2, text, "middle")]
    marks, taken, texts = [], [], []
    for path in paths:
        for step in path.steps:
            marks += _step(step, across, down, taken)
        told = [step for step in path.steps if step.lower is not None or step.upper is not None]
        texts += [(told[0].day, _top(told[0]), f"{path.label}{told[0].text}")] if told else []
        if len(told) > 1 and not path.reported:
            texts.append((told[-1].day, _top(told[-1]), told[-1].text))
        if path.reported:
            day, value, text = path.reported
            x, y = across(day), down(value)
            marks.append(f'<circle class="oc-bar" cx="{x}" cy="{y}" r="4"/>')
            taken.append((x - 5, y - 5, x + 5, y + 5))
            texts.append((day, value, text))
    parts += marks + [_placed(across(day), down(value), text, taken) for day, value, text in texts]
    return _svg(title, description, top + PLOT + LINE + 6, parts, identifier)


def _bar(row: Bar, left: int, y: int, scale: float, identifier: str) -> list[str]:
    known = [float(value) * scale for value in (row.lower, row.upper) if value is not None]
    if not known:
        return [_text(left + 6, y + 13, row.text)] if row.text else []
    sure, end = min(known), max(known)
    parts = [f'<rect {_fill(row, identifier)} x="{left}" y="{y}" width="{sure:.1f}" height="{BAR}"/>']
    if end > sure:
        parts.append(f'<rect class="oc-range" x="{left + sure:.1f}" y="{y}" width="{end - sure:.1f}" height="{BAR}"/>')
    x = left + end
    if row.upper is None or row.lower is None:
        tip = 7 if row.upper is None else -7
        parts.append(f'<path class="oc-arrow" d="M{x:.1f} {y} l{tip} {BAR / 2} l{-tip} {BAR / 2}"/>')
        x += max(tip, 0)
    parts.append(_text(round(x + 5, 1), y + 13, row.text))
    return parts


def _columns(rows: list[Bar], box: tuple[float, float, float, float], largest: float, identifier: str, has_room: bool) -> list[str]:
    """Columns in a box of x, y, width and height; labels stand above and below it, without room only the last and the largest value."""
    left, top, wide, high = box
    slot = wide / max(len(rows), 1)
    sizes = [max((float(value) for value in (row.lower, row.upper) if value is not None), default=-1) for row in rows]
    told = {number for number, size in enumerate(sizes) if size >= 0}
    if not has_room:
        told &= {max(told, default=0), max((n for n in told if rows[n].is_reported), default=0), sizes.index(max(sizes, default=0))}
    parts = []
    every = math.ceil((max((_width(row.label) for row in rows), default=0) + 4) / slot) if all(row.label for row in rows) else 1
    free = left + wide + 4  # from right to left: a text that would touch the one drawn before it is left out
    for number in reversed(range(len(rows))):
        row, middle = rows[number], left + (number + 0.5) * slot
        if row.is_break:
            parts.append(f'<path class="oc-break" d="M{middle - slot / 2:.1f} {top - 8}v{high + 8}"/>')
        if row.label and (len(rows) - 1 - number) % every == 0:
            half = _width(row.label) / 2
            parts.append(_text(round(min(max(middle, half), WIDTH - half), 1), top + high + LINE, row.label, "middle"))
        if sizes[number] < 0:
            continue
        parts += _column(row, middle, slot, top, high, largest, identifier)
        half = _width(row.text) / 2
        x = min(max(middle, left + half), left + wide - half)
        if number in told and x + half <= free:
            lifted = 9 if row.upper is None else 0
            parts.append(_text(round(x, 1), round(top + high * (1 - sizes[number] / largest) - 3 - lifted, 1), row.text, "middle"))
            free = x - half - 2
    parts.append(f'<path class="oc-axis" d="M{left:.0f} {top + high}h{wide:.0f}"/>')
    return parts


def _column(row: Bar, middle: float, slot: float, top: float, high: float, largest: float, identifier: str) -> list[str]:
    known = [float(value) / largest * high for value in (row.lower, row.upper) if value is not None]
    sure, end, wide = min(known), max(known), min(slot * 0.72, 26)
    x, floor = middle - wide / 2, top + high
    place = f'x="{x:.1f}" width="{wide:.1f}"'
    parts = [f'<rect {_fill(row, identifier)} {place} y="{floor - sure:.1f}" height="{sure:.1f}"/>']
    if end > sure:
        parts.append(f'<rect class="oc-range" {place} y="{floor - end:.1f}" height="{end - sure:.1f}"/>')
    if row.upper is None or row.lower is None:
        tip = -7 if row.upper is None else 7
        parts.append(f'<path class="oc-arrow" d="M{x:.1f} {floor - end:.1f}l{wide / 2:.1f} {tip}l{wide / 2:.1f} {-tip}"/>')
    return parts


def _step(step: Step, across, down, taken: list[tuple[float, float, float, float]]) -> list[str]:
    """One statement, from its day until the next; what it covers is added to `taken`."""
    if step.lower is None and step.upper is None:
        return []
    x, end = across(step.day), across(step.until)
    low, high = (down(value if value is not None else other) for value, other in ((step.lower, step.upper), (step.upper, step.lower)))
    taken.append((x - 4, high - 3, end, low + 3))
    if low != high:
        return [f'<rect class="oc-band" x="{x}" y="{high}" width="{round(end - x, 1)}" height="{round(low - high, 1)}"/>']
    parts = [f'<path class="oc-line" d="M{x} {low}H{end}"/><circle class="oc-said" cx="{x}" cy="{low}" r="3"/>']
    if step.upper is None or step.lower is None:
        tip = -12 if step.upper is None else 12
        parts.append(f'<path class="oc-arrow" d="M{x} {low}v{tip}m-4 {-tip / 3:g}l4 {tip / 3:g}l4 {-tip / 3:g}"/>')
        taken.append((x - 5, min(low, low + tip), x + 5, max(low, low + tip)))
    return parts


def _placed(x: float, y: float, text: str, taken: list[tuple[float, float, float, float]]) -> str:
    """A text above, beside or below a point of the plot, as near as nothing else stands; none where all is taken."""
    width = _width(text)
    start = min(max(x - 4, 0), WIDTH - width)
    places = [(start, y - 6), (x + 8, y + 4), *((start, base) for far in range(9, PLOT, 3) for base in (y - far, y + far + 6))]
    for left, base in places:
        box = (left, base - 9, left + width, base + 1)
        inside = box[1] >= 0 and box[2] <= WIDTH and box[3] <= HEAD + PLOT
        if inside and not any(_touch(box, other) for other in taken):
            taken.append(box)
            return _text(round(left, 1), round(base, 1), text)
    return ""


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether two boxes of left, top, right, bottom share a point."""
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _grid(left: float, top: float, largest: float) -> list[str]:
    """The floor of a plot and two or three lines across it, each with its value to the left."""
    parts = [f'<path class="oc-axis" d="M{left:g} {top + PLOT}H{WIDTH}"/>']
    for value in _ticks(largest):
        y = round(top + PLOT * (1 - value / largest), 1)
        parts.append(f'<path class="oc-grid" d="M{left:g} {y}H{WIDTH}"/>{_text(left - 4, y + 4, f"{value:.10g}", "end", "oc-muted")}')
    return parts


def _margin(largest: float) -> int:
    """The room that the values of the grid take."""
    return round(max(_width(f"{value:.10g}") for value in _ticks(largest))) + 6


def _ticks(largest: float) -> list[float]:
    step = next(size for size in (m * 10.0**e for e in range(-6, 16) for m in (1, 2, 2.5, 5)) if largest / size < 4)
    return [number * step for number in range(1, int(largest / step) + 1)]


def _top(step: Step) -> Number:
    return step.upper if step.upper is not None else step.lower


def _largest(rows: list[Bar]) -> float:
    return max((float(value) for row in rows for value in (row.lower, row.upper) if value is not None), default=0) or 1


def _fill(row: Bar, identifier: str) -> str:
    return 'class="oc-bar"' if row.is_reported else f'class="oc-expected" fill="url(#{identifier}-h)"'


def _text(x: float, y: float, text: str, anchor: str = "", kind: str = "") -> str:
    return f'<text{_attribute("class", kind)}{_attribute("text-anchor", anchor)} x="{x}" y="{y}">{escape(text)}</text>'


def _attribute(name: str, value: str) -> str:
    return f' {name}="{value}"' if value else ""


def _svg(title: str, description: str, height: float, parts: list[str], identifier: str) -> str:
    """The drawing with its words and, where something is hatched, its hatch."""
    body = "".join(parts)
    hatch = (
        f'<pattern id="{identifier}-h" width="5" height="5" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">'
        '<path class="oc-hatch" d="M1 0V5"/></pattern>'
        if f"#{identifier}-h" in body
        else ""
    )
    return (
        f'<svg class="oc-chart" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-labelledby="{identifier}-t {identifier}-d">'
        f'<title id="{identifier}-t">{escape(title)}</title><desc id="{identifier}-d">{escape(description)}</desc>{hatch}{body}</svg>'
    )


def _lines(text: str) -> list[str]:
    """A text in lines that fit the drawing, broken at a space or before a Chinese character."""
    lines = [""]
    for piece in re.findall(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff]\s*|\s+", text):
        if lines[-1] and _width(lines[-1] + piece.rstrip()) > WIDTH:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _width(text: str) -> float:
    """About how wide a text is drawn; a Chinese character takes two Latin ones."""
    return sum(GLYPH * (1.8 if ord(letter) > 0x2E7F else 1) for letter in text)
