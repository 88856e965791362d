"""`./run explain <table> <key>` and `./run as-of <day> [entity]`: from any number back to its sources, and back in time."""

import hashlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from opencapex import words
from opencapex.pipeline import Package
from opencapex.problems import InputError, Problem
from opencapex.schemas import Table

DEEPEST = 12  # levels of indentation; every input takes two


def explain(package: Package, table: str, key: str) -> str:
    """A row, how its table is computed, what its numbers, method and flags mean, and every row it rests on down to the documents.

    Raises InputError.
    """
    described = _table(package, table)
    row = _found(package, table, key)
    lines = [f"{table}:{key}", described.description, *_meanings(package, table, row), ""]
    return "\n".join([*lines, *_row(package, table, key, 0, set())])


def draw(package: Package, table: str | None, number: int, seed: str) -> list[tuple[str, str]]:
    """(table, key) of derived rows that name their inputs, of one table or of all in turn; one seed draws the same rows. Raises InputError."""
    names = [_table(package, table).name] if table else list(package.tables)
    lots = []
    for name in names:
        if package.tables[name].query and "inputs" in package.tables[name].field_names:
            keys = package.con.execute(f"select {_key(package, name)} from {name} where inputs is not null").fetchall()
            drawn = sorted((_lot(seed, name, key), key) for (key,) in keys)[:number]
            lots += [(place, lot, name, key) for place, (lot, key) in enumerate(drawn)]
    if table and not lots:
        raise InputError([Problem("./run explain", 0, "table", table, "has no row that names its inputs", "name another, or none")])
    return [(name, key) for _, _, name, key in sorted(lots)[:number]]


def _lot(seed: str, table: str, key: str) -> str:
    """What decides the draw: anyone can compute it from the seed and the released tables."""
    return hashlib.md5(f"{seed}/{table}/{key}".encode()).hexdigest()


def _table(package: Package, name: str) -> Table:
    if name not in package.tables:
        near = ", ".join(sorted(package.tables))
        raise InputError([Problem("./run explain", 0, "table", name, "is not a table", f"name one of {near}")])
    return package.tables[name]


def _meanings(package: Package, table: str, row: dict) -> Iterator[str]:
    """What the row's own numbers, methods and flags mean, and how its numbers were rounded; what was curated speaks for itself."""
    curated = {name for other in package.tables.values() if other.path for name in other.field_names}
    for column in package.tables[table].fields:
        value = row[column.name]
        if value is not None and column.name == "flags":
            texts = dict(package.con.execute("select flag, text_en from flags").fetchall())
            yield from (f"  {flag}: {texts[flag]}" for flag in value.split())
        elif value is not None and column.name not in curated and column.type == "number":
            unit = row[column.unit.partition(":")[2]] if column.unit.startswith("column:") else column.unit
            rounding = f"rounded half up to {column.decimals} decimals" if column.decimals else "rounded half up to whole units"
            rounding = "" if column.decimals is None else rounding  # which the descriptor of 0.1.0 does not tell
            yield f"  {column.name}: {column.description} ({', '.join(filter(None, [unit, rounding]))})"
        elif value is not None and column.name not in curated and column.categories:
            yield f"  {column.name}: {column.description} {value}: {next(c.label for c in column.categories if c.value == value)}."


def as_of(package: Package, day: str, entity_id: str | None) -> str:
    """What was known on a day, one line a statement; of one entity or of all. Raises InputError."""
    try:
        known_on = date.fromisoformat(day)
    except ValueError:
        raise InputError([Problem("./run as-of", 0, "day", day, "is not a day", "write it as 2025-03-04")]) from None
    entities = {row[0] for row in package.con.execute("select entity_id from entities").fetchall()}
    if entity_id and entity_id not in entities:
        raise InputError([Problem("./run as-of", 0, "entity", entity_id, "is not an entity", "name an entity_id of entities.csv")])
    rows = _rows(
        package,
        "select vintages.*, metrics.name_en, entities.name_en as entity_en, figures.as_stated, figures.period_label "
        "from vintages join metrics using (metric_id) join entities using (entity_id) join figures using (figure_id) "
        "where known_from <= $day and (known_until is null or $day < known_until) and ($entity is null or vintages.entity_id = $entity) "
        "order by entity_en, metrics.name_en, vintages.period_end, known_from, figure_id",
        {"day": known_on, "entity": entity_id},
    )
    units = {row["unit"]: row for row in _rows(package, "from units", {})}
    lines = []
    for row in rows:
        figure = words.quantity(row["lower"], row["upper"], row["qualifier"], units[row["unit"]], "en") or f"“{row['as_stated']}”"
        span = words.period(row["period_start"], row["period_end"], row["period_label"], "en")
        lines.append(
            f"{row['entity_en']} · {row['name_en']} · {span}: {figure} "
            f"({row['status']}, {row['stated_by']}, {words.day(row['known_from'], 'en')}, {row['figure_id']})"
        )
    return "\n".join([*lines, f"{len(lines)} statements known on {words.day(known_on, 'en')}"])


def _row(package: Package, table: str, key: str, depth: int, shown: set[str]) -> Iterator[str]:
    """The row's filled cells, then the rows named in its inputs, each once."""
    indent = "  " * depth
    row = _found(package, table, key)
    inputs = (row.pop("inputs", None) or "").split()
    yield f"{indent}{table}:{key}"
    for column, value in row.items():
        if value is not None:
            plain = f"{value.normalize():f}" if isinstance(value, Decimal) else value
            yield f"{indent}  {column}: {plain}"
    if table == "figures":
        inputs = [f"sources:{row['source_id']}"]
    for entry in inputs:
        name, _, part = entry.partition(":")
        if entry in shown or depth >= DEEPEST or name not in package.tables:
            yield f"{indent}  from {entry}"
            continue
        shown.add(entry)
        yield f"{indent}  from"
        yield from _row(package, name, part, depth + 2, shown)


def _found(package: Package, table: str, key: str) -> dict:
    found = _rows(package, f"select * from {table} where {_key(package, table)} = $key", {"key": key})
    if not found:
        raise InputError([Problem("./run explain", 0, "key", key, f"is not a key of {table}",
                                  f"its key is {'/'.join(package.tables[table].primary_key)}")])  # fmt: skip
    return found[0]


def _key(package: Package, table: str) -> str:
    """SQL for a row's key as inputs write it: its parts joined by /."""
    return " || '/' || ".join(f"coalesce(\"{column}\"::varchar, '')" for column in package.tables[table].primary_key)


def _rows(package: Package, query: str, values: dict) -> list[dict]:
    found = package.con.execute(query, values)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
