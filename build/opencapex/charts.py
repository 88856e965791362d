"""Charts as inline SVG that takes its colours from the page, so that one drawing serves light and dark.

One question a chart: horizontal bars, one a period or entity, value beside the bar. Reported bars are solid,
guided and promised ones hatched (so that they differ in grey too); a range ends in a paler stretch, an open
bound in an arrow. Zero-based. Drawn 400 units wide, which is readable on a phone; the longest label and value
decide how much of that is left for the bars.
"""

from decimal import Decimal
from typing import NamedTuple

from markupsafe import escape

WIDTH, GLYPH = 400, 6.2
BAR, GAP, TOP = 18, 8, 4


class Bar(NamedTuple):
    """One bar: its label, its bounds (either may be empty), whether it is reported, and the value as text."""

    label: str
    lower: Decimal | None
    upper: Decimal | None
    is_reported: bool
    text: str


def bars(title: str, description: str, rows: list[Bar], identifier: str) -> str:
    """An SVG of horizontal bars; `title` and `description` are what a screen reader says."""
    longest = max((float(value) for row in rows for value in (row.lower, row.upper) if value is not None), default=0) or 1
    left = round(max((_width(row.label) for row in rows), default=0)) + 8
    room = WIDTH - left - max((_width(row.text) for row in rows), default=0) - 16
    height = TOP * 2 + len(rows) * (BAR + GAP) - GAP
    parts = [
        f'<svg class="oc-chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{identifier}-t {identifier}-d" '
        'xmlns="http://www.w3.org/2000/svg">',
        f'<title id="{identifier}-t">{escape(title)}</title><desc id="{identifier}-d">{escape(description)}</desc>',
        f'<defs><pattern id="{identifier}-h" width="5" height="5" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">'
        '<line x1="1" y1="0" x2="1" y2="5" class="oc-hatch"/></pattern></defs>',
    ]
    for number, row in enumerate(rows):
        y = TOP + number * (BAR + GAP)
        parts.append(f'<text class="oc-label" x="{left - 6}" y="{y + 13}" text-anchor="end">{escape(row.label)}</text>')
        parts += _bar(row, left, y, room / longest, identifier)
    axis = f'<line class="oc-axis" x1="{left}" x2="{left}" y1="0" y2="{height}"/>'
    return "".join([*parts, axis, "</svg>"])


def _bar(row: Bar, left: int, y: int, scale: float, identifier: str) -> list[str]:
    known = [float(value) * scale for value in (row.lower, row.upper) if value is not None]
    if not known:
        return [f'<text class="oc-value" x="{left + 6}" y="{y + 13}">{escape(row.text)}</text>']
    sure, end = min(known), max(known)
    fill = 'class="oc-bar"' if row.is_reported else f'class="oc-expected" fill="url(#{identifier}-h)"'
    parts = [f'<rect {fill} x="{left}" y="{y}" width="{sure:.1f}" height="{BAR}"/>']
    if end > sure:
        parts.append(f'<rect class="oc-range" x="{left + sure:.1f}" y="{y}" width="{end - sure:.1f}" height="{BAR}"/>')
    x = left + end
    if row.upper is None or row.lower is None:
        tip = 7 if row.upper is None else -7
        parts.append(f'<path class="oc-arrow" d="M{x:.1f} {y} l{tip} {BAR / 2} l{-tip} {BAR / 2}"/>')
        x += 7
    parts.append(f'<text class="oc-value" x="{x + 5:.1f}" y="{y + 13}">{escape(row.text)}</text>')
    return parts


def _width(text: str) -> float:
    """About how wide a text is drawn; a Chinese character takes two Latin ones."""
    return sum(GLYPH * (1.8 if ord(letter) > 0x2E7F else 1) for letter in text)
