"""What mutation testing is told: a mutant named as equivalent is one that is made, and says why."""

import csv

import mutate
from conftest import ROOT
from opencapex import rules, schemas


def test_every_equivalent_mutant_is_made_of_its_file():
    queries = {table.schema_file: table.query for table in schemas.load(ROOT).values() if table.query}
    queries |= {rule.file: rule.query for rule in rules.load_rules(ROOT)}
    with mutate.EQUIVALENT.open(encoding="utf-8", newline="") as file:
        named = list(csv.DictReader(file))
    assert [row for row in named if not row["reason"]] == []
    made = {file: {line for _, (_, line) in mutate.mutants(queries[file])} for file in {row["file"] for row in named}}
    assert [row for row in named if row["mutated_line"] not in made[row["file"]]] == []
