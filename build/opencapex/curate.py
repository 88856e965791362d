"""`./run format`, `./run add` and `./run draw`: what a curator would otherwise do by hand in the CSV files."""

import csv
import io
import re
import unicodedata
from pathlib import Path

import duckdb

from opencapex.aside import write_whole
from opencapex.problems import InputError, Problem, read_text
from opencapex.schemas import Table, load_curated
from opencapex.shape import write_csv


def format_package(root: Path) -> list[str]:
    """Rewrites the curated CSV files with LF, composed characters, trimmed cells, needful quotes and sorted rows.

    Returns the files changed. Never drops a row or a cell; InputError where a row has the wrong number of cells.
    """
    changed = {}
    for table in load_curated(root).values():
        path = root / table.path
        text = read_text(path, table.path)
        formatted = _formatted(table, text)
        if formatted != text:
            changed[path] = formatted.encode()
    write_whole(changed)
    return [path.relative_to(root).as_posix() for path in changed]


def _formatted(table: Table, text: str) -> str:
    reader = csv.reader(io.StringIO(unicodedata.normalize("NFC", text.removeprefix("\ufeff")), newline=""))
    rows = []
    for row in reader:
        if not row:
            continue
        if len(row) != len(table.fields):
            raise InputError([Problem(table.path, reader.line_num, "", f"{len(row)} cells", f"where the header has {len(table.fields)}",
                                      "add or remove commas; quote a cell that holds one")])  # fmt: skip
        rows.append([cell.strip() for cell in row])
    if not rows:
        raise InputError(
            [Problem(table.path, 1, "", "no header", f"where {','.join(table.field_names)} should stand", "restore the header line")]
        )
    header, body = rows[0], rows[1:]
    return write_csv([header, *sorted(body, key=lambda row: _sort_key(table, row))])


def _sort_key(table: Table, row: list[str]) -> tuple:
    cells = dict(zip(table.field_names, row, strict=True))
    numeric = {"integer", "year", "number"}
    return tuple(
        (0, int(cells[name]), "") if table.field(name).type in numeric and cells[name].isdigit() else (1, 0, cells[name])
        for name in table.primary_key
    )


def add_row(root: Path, name: str) -> str:
    """A new row of a table whose key is a letter and digits (figures, claims, rejected): the next id, the rest to fill in."""
    tables = load_curated(root)
    table = tables.get(name)
    numbered = [t for t in tables.values() if len(t.primary_key) == 1 and t.field(t.primary_key[0]).pattern[1:].startswith("[0-9]{")]
    if table not in numbered:
        raise InputError([Problem("./run add", 0, "", name or "nothing", "is not a table with numbered rows",
                                  f"name one of {', '.join(t.name for t in numbered)}")])  # fmt: skip
    key = table.field(table.primary_key[0])
    letter, width = key.pattern[0], int(key.pattern.split("{")[1].rstrip("}"))
    text = read_text(root / table.path, table.path)
    used = [int(line.split(",")[0][1:]) for line in text.splitlines()[1:] if line]
    cells = [f"{letter}{max(used, default=0) + 1:0{width}d}", *("" for _ in table.fields[1:])]
    return write_csv([cells]).rstrip("\n")


def draw(root: Path, con: duckdb.DuckDBPyConnection, sample: str) -> str:
    """The figures of a sample for the second reading, as CSV without their values; `con` holds the checked tables."""
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", sample):
        raise InputError([Problem("./run draw", 0, "sample", sample, "is not small letters, digits and -", "name it as second-2026-11")])
    found = con.execute(read_text(root / "build/draw.sql", "build/draw.sql"), {"sample": sample})
    return write_csv([[column[0] for column in found.description], *found.fetchall()]).rstrip("\n")
