"""`./run diff [A] [B]`: what changed from one release to another, or to the working tables, as text for people.

The comparison is the one that a release makes; here it is counted, put in order of what a reader asks first, and
each figure is written out as a reader knows it. `changes-X.Y.Z.csv`, beside each archive, is the same for programs.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from opencapex import pipeline, publish, schemas, words
from opencapex.archives import FOLDER, Archive, archives
from opencapex.problems import InputError, Problem
from opencapex.release import STEPS, Change, compare, count

SHOWN = 12  # lines a heading without --all
# Kinds of change of figures, as headings, in the order in which a reader asks.
OF_FIGURES = {
    "row added": "Figures added",
    "restated by the source": "Figures restated by the source",
    "redefined": "Figures redefined",
    "corrected by us": "Figures corrected by us",
    "retired": "Figures retired",
    "annotated": "Figures annotated (locator, address, evidence, links or labels)",
    "row removed": "Figures gone",
}


def diff(root: Path, first: str | None, second: str | None, everything: bool = False) -> str:
    """What `second` (a release; the working tables without) changed against `first` (the latest release without). Raises InputError."""
    frozen = {archive.version: archive for archive in archives(root)}
    if not frozen:
        raise InputError([Problem(FOLDER, 0, "", "no release", "to compare with", "cut one with ./run release")])
    for version in (first, second):
        if version and version not in frozen:
            raise InputError([Problem("./run diff", 0, "", version, "is not a release", f"name one of {', '.join(frozen)}")])
    before = frozen[first] if first else list(frozen.values())[-1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if second:
            _unpack(frozen[second], folder)
            tables = schemas.load(root)
        else:
            package = pipeline.build(root)
            tables = package.tables
            publish.publish_csv(root, tables, package.con, folder)
        changes = compare(before, folder, tables)
        lines = [f"From {before.version} to {second or 'the working tables'}: {_n(len(changes), 'difference')}"]
        lines[0] += f", which ask for a {min((c.step for c in changes), key=list(STEPS).index)} step." if changes else "."
        lines += _schema(changes) if changes else []
        lines += _figures(changes, before, folder, everything)
        lines += _derived(changes, everything)
        lines += _others(changes)
    return "\n".join(lines)


def _unpack(archive: Archive, folder: Path) -> None:
    for name in archive.names():
        if name.endswith((".csv", ".json")):
            (folder / name).write_text(archive.read(name), encoding="utf-8", newline="")


def _schema(changes: list[Change]) -> Iterator[str]:
    """Tables, columns, keys, types, units and values of enumerations."""
    found = [c for c in changes if not c.row_key]
    lines = [
        f"{c.step}: {c.kind}: {c.table}{'.' + c.column if c.column else ''}"
        + (f": {_arrow(c.old, c.new)}" if c.kind.endswith("changed") else f": {c.old or c.new}" if c.kind.startswith("value") else "")
        for c in found
    ]
    yield from _section("Schema changes", len(lines), lines, everything=True)


def _figures(changes: list[Change], before: Archive, folder: Path, everything: bool) -> Iterator[str]:
    """The figures of each kind of change; whose row is another's annotation shows the cells."""
    found = [c for c in changes if c.table == "figures" and c.row_key]
    numbers = count(found)
    statements = {row["figure_id"]: row for row in [*before.rows("statements"), *_rows(folder, "statements")]}
    units = {row["unit"]: row for row in _rows(folder, "units")}
    supersedes = {row["figure_id"]: row["supersedes"] for row in _rows(folder, "figures")}

    def figure(key: str) -> str:
        return f"{key} {': '.join(_figure(statements[key], units))}" if key in statements else key

    def before_it(key: str) -> str:
        """The figure that `key` supersedes; of the same quantity, only what was said of it."""
        old = supersedes.get(key)
        if not old:
            return ""
        same = {key, old} <= statements.keys() and _figure(statements[old], units)[0] == _figure(statements[key], units)[0]
        return f"; was {old} {_figure(statements[old], units)[1]}" if same else f"; was {figure(old)}"

    for kind, title in OF_FIGURES.items():
        of_kind = [c for c in found if c.kind == kind]
        if kind == "annotated":
            lines = [f"{c.row_key} {c.column}: {_arrow(c.old, c.new)}" for c in of_kind]
        elif kind == "retired":
            lines = [f"{figure(c.row_key)}: {c.new}" for c in of_kind if c.column == "retired_reason"]
        else:
            lines = [figure(c.row_key) + before_it(c.row_key) for c in of_kind]
        yield from _section(title, numbers[kind, "figures"], lines, everything)


def _derived(changes: list[Change], everything: bool) -> Iterator[str]:
    """Every derived value that is another now, by table."""
    moved = [c for c in changes if c.kind == "derived value moved"]
    lines = [f"{c.table} {c.row_key} {c.column}: {_arrow(c.old, c.new)}" for c in moved]
    yield from _section("Derived values that moved", len(lines), lines, everything)


def _others(changes: list[Change]) -> Iterator[str]:
    """All other rows, counted by table."""
    told = [c for c in changes if c.row_key and c.table != "figures" and c.kind != "derived value moved"]
    lines = [f"{table}: {kind}: {number:,}" for (kind, table), number in sorted(count(told).items(), key=lambda item: item[0][::-1])]
    yield from _section("Rows of other tables", sum(count(told).values()), lines, everything=True)


def _section(title: str, number: int, lines: Iterable[str], everything: bool) -> Iterator[str]:
    lines = list(lines)
    yield f"\n{title}: {number:,}"
    shown = lines if everything else lines[:SHOWN]
    yield from (f"  {line}" for line in shown)
    if len(shown) < len(lines):
        yield f"  ... and {len(lines) - len(shown):,} more lines: ./run diff --all"


def _figure(row: dict[str, str], units: dict[str, dict]) -> tuple[str, str]:
    """A row of statements as a reader knows it: of what, and what was said."""
    lower, upper = (Decimal(row[bound]) if row[bound] else None for bound in ("lower", "upper"))
    start, end = (date.fromisoformat(row[day]) if row[day] else None for day in ("period_start", "period_end"))
    amount = words.quantity(lower, upper, row["qualifier"], units[row["unit"]], "en") or f"“{row['as_stated']}”"
    span = words.period(start, end, row["period_label"], "en")
    said = words.stated_day(date.fromisoformat(row["stated_on"]), row["stated_precision"], "en")
    return f"{row['entity_en']} · {row['metric_en']} · {span}", f"{amount} ({row['status']}, {row['stated_by']}, {said})"


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _arrow(old: str, new: str) -> str:
    return f"{old or 'empty'} → {new or 'empty'}"


def _n(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
