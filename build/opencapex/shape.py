"""The shape of the curated files: bytes, header, types, keys and links, in one pass compiled from the schemas.

Every file is read once as bytes (what an editor or a spreadsheet may have smuggled in), then as a table of
text in DuckDB, where each rule of the schema is one query over all rows. Types are recognised by pattern
before anything is cast, so that nothing is guessed. Harsher than frictionless on purpose: no byte-order
mark, one way to write a number, no formula cells, unique keys and categories enforced, rows sorted.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb

from opencapex.database import side_by_side
from opencapex.problems import InputError, Problem, read_text, shown
from opencapex.schemas import Field, Table

# Control characters; then soft hyphen, no-break and zero-width characters, direction marks, the ideographic space, digits and letters of full width.
CONTROL = bytes([*range(10), *range(11, 32), 127])
INVISIBLE = "\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u2064\u3000\ufeff０-９Ａ-Ｚａ-ｚ"
EVERY_OTHER_BYTE = bytes(set(range(256)) - set(CONTROL))
FORBIDDEN = re.compile(f"[{re.escape(CONTROL.decode())}{INVISIBLE}]")
SPREADSHEET_FORMULA = r"^([=@]|[+-][^0-9])"
# A cell as a CSV writer writes it: quoted where it holds a comma or a quote, and only there.
CELL = '([^",]*|"[^",]*(,|"")([^"]|"")*")'
LONGEST_ROW = 32_000  # characters: what one cell of a spreadsheet holds, and far more than any row of ours
DAY = "(19[89][0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}"


def check_shape(root: Path, tables: dict[str, Table], con: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Every problem of shape in the curated CSV files.

    Leaves the rows as text in `text.<table>` (column `line`, then the declared columns), for load_curated.
    """
    con.execute("create schema text")
    faults = dict(zip(tables, side_by_side(con, lambda table, con: _read(root, table, con), tables.values()), strict=True))
    readable = {name: table for name, table in tables.items() if not faults[name]}
    offences = side_by_side(con, lambda table, con: list(_rows(table, readable, con)), readable.values())
    return [problem for found in [*faults.values(), *offences] for problem in found]


def _read(root: Path, table: Table, con: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Reads the rows of a file as text, unless its bytes are at fault: then says how."""
    path = root / table.path
    if not _is_sound(path, table, con):
        try:
            problems = list(_bytes(root, table, read_text(path, table.path)))
        except InputError as error:
            problems = error.problems
        if problems:
            return problems
    columns = "{" + ", ".join(f"{literal(n)}: 'VARCHAR'" for n in table.field_names) + "}"
    con.execute(
        f"create table text.{table.name} as select row_number() over () + 1 as line, * from read_csv(?, header=false, skip=1, "
        f"columns={columns}, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr='', strict_mode=true, parallel=false)",
        [str(path)],
    )
    return []


def load_curated(tables: dict[str, Table], con: duckdb.DuckDBPyConnection) -> None:
    """Casts the text rows, whose shape was found right, into typed tables with keys and comments."""
    side_by_side(con, _load, tables.values())


def _load(table: Table, con: duckdb.DuckDBPyConnection) -> None:
    # The keys were checked above; their indexes would only take time.
    con.execute(create_table(table, with_keys=False))
    casts = ", ".join(f'"{f.name}"::{f.duckdb_type}' for f in table.fields)
    con.execute(f"insert into {table.name} select {casts} from text.{table.name} order by line")


def create_table(table: Table, with_keys: bool = True) -> str:
    """The CREATE TABLE and COMMENT statements that a schema amounts to; keys cost an index each."""
    columns = [f'"{f.name}" {f.duckdb_type}{" not null" if f.required else ""}' for f in table.fields]
    if with_keys:
        columns.append(f"primary key ({', '.join(table.primary_key)})")
        columns += [f"unique ({', '.join(key)})" for key in table.unique_keys]
    comments = [f"comment on table {table.name} is {literal(table.description + ' Key: ' + ', '.join(table.primary_key) + '.')}"]
    for f in table.fields:
        unit = f" Unit: {f.unit}." if f.unit else ""
        comments.append(f'comment on column {table.name}."{f.name}" is {literal(f.description + unit)}')
    return ";\n".join([f"create table {table.name} ({', '.join(columns)})", *comments])


def literal(text: str) -> str:
    """A text as an SQL string."""
    return "'" + str(text).replace("'", "''") + "'"


def _is_sound(path: Path, table: Table, con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a file is plainly without fault before its cells are looked at: one fast pass, so that only what fails it is read letter by letter."""
    try:
        content = path.read_bytes()
        if (
            path.is_symlink()
            or not content.startswith(",".join(table.field_names).encode() + b"\n")
            or not content.endswith(b"\n")
            or b"\n\n" in content
            or content.translate(None, EVERY_OTHER_BYTE)
        ):
            return False
        # The reader is told of a separator that no file holds: a line is one text.
        return not con.execute(
            "select 1 from read_csv(?, header=false, skip=1, columns={'line': 'VARCHAR'}, auto_detect=false, delim='\x01', quote='', escape='') "
            "where not regexp_full_match(line, ?) or length(line) > ? or regexp_matches(line, ?) or nfc_normalize(line) <> line limit 1",
            [str(path), f"{CELL}(,{CELL}){{{len(table.fields) - 1}}}", LONGEST_ROW, f"[{INVISIBLE}]"],
        ).fetchall()
    except (OSError, duckdb.Error):
        return False


def _bytes(root: Path, table: Table, text: str) -> Iterator[Problem]:
    """What is wrong with a file before its cells are looked at."""

    def problem(line: int, found: str, expected: str, fix: str) -> Problem:
        return Problem(table.path, line, "", found, expected, fix)

    if (root / table.path).is_symlink():
        yield problem(0, "a symbolic link", "where a file should be", "put the file itself there")
    places: dict[str, list[int]] = {}
    for match in FORBIDDEN.finditer(text):
        places.setdefault(match[0], []).append(match.start())
    for letter, found in places.items():
        name = unicodedata.name(letter, "control character").lower()
        times = f", {len(found)} times from here on," if len(found) > 1 else ""
        yield problem(text.count("\n", 0, found[0]) + 1, f"{name} (U+{ord(letter):04X}){times}", "is not allowed in the data",
                      "remove it, or write the plain character (./run format mends line ends)")  # fmt: skip
    if places:
        return
    if not unicodedata.is_normalized("NFC", text):
        for number, line in enumerate(text.split("\n"), 1):
            if not unicodedata.is_normalized("NFC", line):
                yield problem(number, "decomposed characters", "where composed ones (NFC) are used", "./run format")
    lines = text.split("\n")
    if lines[-1]:
        yield problem(len(lines), "no line end", "after the last row", "./run format")
    header = ",".join(table.field_names)
    if lines[0] != header:
        yield problem(1, f"header {shown(lines[0], 300)}", f"is not the declared {header}", "restore the header line")
        return
    for number, line in enumerate(lines[1:-1], 2):
        yield from (problem(number, *said) for said in _line_problems(line, len(table.fields)))


def _line_problems(line: str, width: int) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one line: (found, expected, fix)."""
    if not line:
        yield "an empty line", "where a row should be", "./run format"
    elif len(line) > LONGEST_ROW:
        yield f"a row of {len(line)} characters", f"where at most {LONGEST_ROW} are read", "say it shorter, or close a quote"
    elif '"' in line and write_csv([_parsed(line)]) != line + "\n":
        yield "a quote", "that a CSV writer would not place here", "quote the whole cell and double inner quotes"
    elif (cells := len(_parsed(line))) != width:
        yield f"{cells} cells", f"where the header has {width}", "add or remove commas; quote a cell that holds one"


def _parsed(line: str) -> list[str]:
    """The cells of a line; none where its quotes make no sense."""
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return []


def write_csv(rows: list[list[str]]) -> str:
    """Rows as this project writes CSV: LF, quotes only where needed."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _rows(table: Table, tables: dict[str, Table], con: duckdb.DuckDBPyConnection) -> Iterator[Problem]:
    rules = []
    for column in table.fields:
        required = column.required or column.name in table.primary_key
        rules += [(column.name, *rule) for rule in _cell_rules(column, f'"{column.name}"', required)]
    for key in table.foreign_keys:
        if key.table in tables:
            stray = (
                f'"{key.field}" is not null and "{key.field}" not in '
                f'(select "{key.reference}" from text.{key.table} where "{key.reference}" is not null)'
            )
            rules.append((key.field, stray, f"is not in {key.table}", f"correct it, or add it to {tables[key.table].path}"))
    unsorted = list(_unsorted(table, con))
    # Rows that strictly ascend repeat no key.
    queries = [_repeated(table, key) for key in (*([table.primary_key] if unsorted else []), *table.unique_keys)]
    # One pass says whether any cell offends; only then is each rule asked on its own.
    if con.execute(f"select 1 from text.{table.name} where {' or '.join(f'({rule[1]})' for rule in rules)} limit 1").fetchall():
        queries += [
            f'select line, {literal(name)}, "{name}", {literal(expected)}, {literal(fix)} from text.{table.name} where {condition}'
            for name, condition, expected, fix in rules
        ]
    for line, where, found, expected, fix in con.execute(" union all ".join(queries)).fetchall() if queries else []:
        yield Problem(table.path, line, where, shown(found) if found is not None else "empty", expected, fix)
    yield from (problem for problem in unsorted if problem)


def _cell_rules(column: Field, x: str, required: bool) -> Iterator[tuple[str, str, str]]:
    """(SQL condition of an offending cell `x`, what was expected, how to mend it) for each rule of a field."""
    if required:
        yield f"{x} is null", "where a value is required", "give a value"
    if column.categories:
        values = ", ".join(literal(c.value) for c in column.categories)
        yield f"{x} not in ({values})", f"is not one of {', '.join(c.value for c in column.categories)}", "choose one of these"
        return
    if column.type == "string":
        yield f"starts_with({x}, ' ') or ends_with({x}, ' ')", "begins or ends with a space", "./run format"
        formula = f"regexp_matches({x}, {literal(SPREADSHEET_FORMULA)})"
        yield formula, "reads as a formula in a spreadsheet", "begin with a letter or digit"
        if column.format == "uri":
            yield _not_like(x, r'https?://[^\s<>"{}|\\^`]+'), "is not one http(s) address", "give the address, or leave it empty"
        if column.pattern:
            yield _not_like(x, column.pattern), f"does not look like {column.pattern}", "write it that way"
    elif column.type == "date":
        condition = f"{_not_like(x, DAY)} or ({x} is not null and try_cast({x} as date) is null)"
        yield condition, "is not a day of 1980 to 2099 written YYYY-MM-DD", "write the day as 2025-02-24"
    elif column.type == "boolean":
        yield f"{x} not in ('true', 'false')", "is not true or false", "write true or false"
    else:
        pattern, kind = "0|-?[1-9][0-9]*", "a whole number"
        if column.decimals:
            fraction = f"\\.[0-9]{{0,{column.decimals - 1}}}[1-9]"
            pattern = f"0|-?[1-9][0-9]*({fraction})?|-?0{fraction}"
            kind = f"a plain number with at most {column.decimals} decimals"
        yield _not_like(x, pattern), f"is not {kind}", "write digits only, as 380000000000 or 6.9 (no separators, no trailing zeros)"
        too_long = f"regexp_full_match({x}, {literal(pattern)}) and try_cast({x} as {column.duckdb_type}) is null"
        yield too_long, "has more digits than the column holds", "check the digits"
        if column.minimum is not None:
            outside = f"try_cast({x} as double) not between {column.minimum} and {column.maximum}"
            yield outside, f"is outside {column.minimum} to {column.maximum}", "check the digits"


def _not_like(x: str, pattern: str) -> str:
    return f"not regexp_full_match({x}, {literal(pattern)})"


def _repeated(table: Table, key: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{c}"' for c in key)
    present = " and ".join(f'"{c}" is not null' for c in key)
    return (
        f"select line, {literal(', '.join(key))}, concat_ws('/', {columns}), "
        f"'stands already in line ' || min(line) over (partition by {columns}), 'give another key, or remove the row' "
        f"from text.{table.name} where {present} qualify row_number() over (partition by {columns} order by line) > 1"
    )


def _unsorted(table: Table, con: duckdb.DuckDBPyConnection) -> Iterator[Problem | None]:
    """The first row that stands after one that it should precede; None for a row that repeats a key, of which _repeated speaks."""
    keys = con.execute(f"select {', '.join(sort_key(table))} from text.{table.name} order by line").fetchall()
    for line, (before, this) in enumerate(pairwise(keys), 3):
        if None in before or None in this or this == before:
            yield None
        elif this < before:
            yield Problem(table.path, line, ", ".join(table.primary_key), shown("/".join(map(str, this))),
                          "stands after a row that it should precede", "./run format")  # fmt: skip
            return


def sort_key(table: Table) -> list[str]:
    """The primary key as expressions over text rows that sort as the typed values do."""
    numeric = {"integer", "year", "number"}
    return [f'try_cast("{c}" as double)' if table.field(c).type in numeric else f'"{c}"' for c in table.primary_key]
