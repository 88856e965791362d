"""Worked examples: tests/models/<model>.yaml gives rows of curated tables and the rows the model must return.

An example names only what matters: the rest of a row comes from tests/models/defaults.yaml, whose small cast
of entities, metrics, units and sources is there in every example. `value` stands for lower and upper.
"""

from decimal import Decimal

import pytest
import yaml
from conftest import ROOT, built

FOLDER = ROOT / "tests/models"
DEFAULTS = yaml.safe_load((FOLDER / "defaults.yaml").read_text(encoding="utf-8"))
EXAMPLES = [
    pytest.param(path.stem, example, id=f"{path.stem}: {example['it']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.stem != "defaults"
    for example in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def given_rows(example, tables):
    given = {}
    for name in {*DEFAULTS["cast"], *example["given"]}:
        rows = {}
        for row in [*DEFAULTS["cast"].get(name, []), *example["given"].get(name, [])]:
            row = {**DEFAULTS["row"].get(name, {}), **row}
            if "value" in row:
                row["lower"] = row["upper"] = row.pop("value")
            key = tables[name].primary_key if name in tables else row.keys()
            rows[tuple(str(row[column]) for column in key)] = row
        given[name] = list(rows.values())
    return given


def plain(value):
    """A value as YAML and DuckDB can be compared: numbers as Decimal, days as text."""
    if isinstance(value, bool) or value is None:
        return value
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) else str(value)


def comes_out(model, example, con):
    """The rows of the built model, and those that the example expects."""
    columns = list(dict.fromkeys(column for row in example["expect"] for column in row))
    selected = ", ".join(f'"{c}"' for c in columns) if columns else "1"
    where = f" where {example['where']}" if "where" in example else ""
    rows = con.execute(f"select {selected} from {model}{where}").fetchall()
    found = [dict(zip(columns, map(plain, row), strict=False)) for row in rows]
    expected = [{c: plain(row.get(c)) for c in columns} for row in example["expect"]]
    return sorted(found, key=str), sorted(expected, key=str)


@pytest.mark.parametrize(("model", "example"), EXAMPLES)
def test_worked_example(model, example, tables):
    found, expected = comes_out(model, example, built(tables, given_rows(example, tables), [model]))
    assert found == expected


def test_every_model_has_worked_examples(tables):
    models = {table.name for table in tables.values() if table.query}
    assert models == {path.stem for path in FOLDER.glob("*.yaml")} - {"defaults"}
