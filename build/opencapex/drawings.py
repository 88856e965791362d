"""Charts as figures of a page: the unit in the title, the definition beneath, the drawing, the files its numbers come from.

A row of a chart is a row of a query: `label`, `lower`, `upper`, `qualifier`, `is_reported`, and `is_break` where the definition
changes before it. Amounts come in whole units; the largest decides in which power of ten the chart is drawn.
"""

from decimal import Decimal
from itertools import groupby

from markupsafe import Markup

from opencapex import charts, words

TOO_LONG = 20_000  # of a chart's unit: a number that leaves a bar no room


class Drawings:
    """The charts of the pages of one language."""

    def __init__(self, units: dict[str, dict], language: str):
        self.units, self.language = units, language

    def bars(self, identifier: str, title: str, subtitle: str, rows: list[dict], unit: str, files: str, depth: str) -> str:
        return self._drawn(charts.bars, identifier, title, subtitle, rows, unit, files, depth)

    def columns(self, identifier: str, title: str, subtitle: str, rows: list[dict], unit: str, files: str, depth: str) -> str:
        return self._drawn(charts.columns, identifier, title, subtitle, rows, unit, files, depth)

    def panels(self, identifier: str, title: str, subtitle: str, rows: list[dict], unit: str, files: str, depth: str) -> str:
        """Rows that follow each other under one `name` share a panel."""
        power, name = self._unit(rows, unit)
        named = {key: [self._bar(row, power) for row in of] for key, of in groupby(rows, lambda row: row["name"])}
        drawing = charts.panels(self._titled(title, name), subtitle, named, identifier)
        return self._figure(title, name, subtitle, drawing, files, depth)

    def vintages(self, identifier: str, title: str, subtitle: str, rows: list[dict], unit: str, files: str, depth: str) -> str:
        """Rows that follow each other under one `label` are what was said of one period: `stated_on`, `until` (a day), and
        `reported_on`, `reported` where it has ended."""
        power, name = self._unit(rows, unit)
        paths = []
        for label, group in groupby(rows, lambda row: row["label"]):
            of = list(group)
            steps = [charts.Step(row["stated_on"], row["until"], self._scaled(row["lower"], power), self._scaled(row["upper"], power),
                                 self._text(row, power)) for row in of]  # fmt: skip
            told = of[0]["reported"]
            actual = None if told is None else (of[0]["reported_on"], self._scaled(told, power), self._said(told, told, "exact", power))
            paths.append(charts.Path(label + (": " if self.language == "en" else "："), steps, actual))
        return self._figure(title, name, subtitle, charts.vintages(self._titled(title, name), subtitle, paths, identifier), files, depth)

    def _drawn(self, form, identifier, title, subtitle, rows, unit, files, depth) -> str:
        power, name = self._unit(rows, unit)
        shown = [self._bar(row, power) for row in rows]
        told = [f"{bar.label} {bar.text}".strip() for bar in shown if bar.text]
        heard = f"{subtitle} {told[0]} … {told[-1]}" if len(told) > 1 else subtitle
        drawing = form(self._titled(title, name), heard, shown, identifier)
        return self._figure(title, name, subtitle, drawing, files, depth)

    def _figure(self, title: str, unit: str, subtitle: str, drawing: str, files: str, depth: str) -> str:
        """The figure on one line, so that Markdown leaves it alone."""
        head = Markup('<p class="oc-title"><strong>{}</strong><br>{}</p>').format(self._titled(title, unit), subtitle)
        return Markup(f'<figure class="oc-figure">{head}{drawing}{self.data(files, depth)}</figure>')

    def data(self, files: str, depth: str) -> Markup:
        """Where the numbers come from: `files` names tables, space-separated; none under a drawing whose neighbours share them."""
        links = " · ".join(f'<a href="{depth}data/latest/{file}.csv">{file}.csv</a>' for file in files.split())
        data = "Data: " if self.language == "en" else "数据："
        return Markup(f"<p>{data}{links}</p>" if files else "")

    def _titled(self, title: str, unit: str) -> Markup:
        return Markup("{}, {}" if self.language == "en" else "{}，{}").format(title, unit)

    def _unit(self, rows: list[dict], unit: str) -> tuple[int, str]:
        """The unit that fits the largest; where the smallest would be less than a tenth of it, the one that fits the smallest, if no
        number becomes too long."""
        sizes = [abs(value) for row in rows for value in (row["lower"], row["upper"]) if value]
        power, name = words.chart_unit(max(sizes, default=Decimal(0)), self.units[unit], self.language)
        finer = words.chart_unit(min(sizes, default=Decimal(0)), self.units[unit], self.language)
        return finer if sizes and min(sizes).scaleb(1 - power) < 1 and max(sizes).scaleb(-finer[0]) < TOO_LONG else (power, name)

    def _bar(self, row: dict, power: int) -> charts.Bar:
        lower, upper = self._scaled(row["lower"], power), self._scaled(row["upper"], power)
        return charts.Bar(row["label"], lower, upper, row["is_reported"], self._text(row, power), row.get("is_break", False))

    def _text(self, row: dict, power: int) -> str:
        return self._said(row["lower"], row["upper"], row["qualifier"], power)

    def _said(self, lower, upper, qualifier: str, power: int) -> str:
        return words.in_chart(lower, upper, qualifier, power, self.language)

    @staticmethod
    def _scaled(value, power: int):
        return None if value is None else value.scaleb(-power)
