"""Every rule catches what it is for: tests/broken/<rule>/broken.yaml breaks the tiny package of tests/package.

`change` sets cells of existing rows (table -> key -> column: value), `add` adds rows, `remove` takes rows out; `expect` are the lines
that ./run check must print, all of them and no others. `released` freezes the tiny package before it is changed.
"""

import csv

import pytest
import yaml
from conftest import ROOT, freeze, problems_of

RULES = sorted(path.stem for path in (ROOT / "build/checks").glob("*.sql"))
CASES = [
    pytest.param(folder.name, case, id=f"{folder.name}: {case['it']}")
    for folder in sorted((ROOT / "tests/broken").iterdir())
    for case in yaml.safe_load((folder / "broken.yaml").read_text(encoding="utf-8"))
]


def edit(root, tables, case):
    for name in {*case.get("change", {}), *case.get("add", {}), *case.get("remove", {})}:
        table = tables[name]
        path = root / table.path
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        keyed = {"/".join(row[key] for key in table.primary_key): row for row in rows}
        for key, cells in case.get("change", {}).get(name, {}).items():
            keyed[key].update({column: "" if value is None else str(value) for column, value in cells.items()})
        for cells in case.get("add", {}).get(name, []):
            like = keyed[cells.pop("like")] if "like" in cells else {}
            rows.append(like | {column: "" if value is None else str(value) for column, value in cells.items()})
        gone = case.get("remove", {}).get(name, [])
        rows = [row for row in rows if "/".join(row[key] for key in table.primary_key) not in gone]
        rows.sort(key=lambda row: [row[key] for key in table.primary_key])
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, table.field_names, lineterminator="\n", restval="")
            writer.writeheader()
            writer.writerows(rows)


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_broken(rule, case, tables, package):
    if case.get("released"):
        freeze(package, "0.1.0")
    edit(package, tables, case)
    assert problems_of(package) == case["expect"]


def test_the_tiny_package_is_valid(package):
    assert problems_of(package) == []


def test_every_rule_has_a_broken_example():
    assert {path.name for path in (ROOT / "tests/broken").iterdir()} == {*RULES, "exceptions"}
