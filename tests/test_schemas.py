"""Schemas, descriptor and models: what is declared is what is built, and a mistake in any of them is one line."""

import re
import shutil

import pytest
import yaml
from conftest import problems_of
from opencapex import pipeline
from opencapex.descriptor import descriptor
from opencapex.problems import InputError

GROWTH, DESCRIPTOR = "build/models/growth.sql", "datapackage/datapackage.json"
FIGURES, UNITS = "datapackage/schemas/figures.yaml", "datapackage/schemas/units.yaml"


def own_build(package):
    """Gives the tiny package a build folder of its own, to be spoilt."""
    build = package / "build"
    target = build.resolve()
    build.unlink()
    for name in ("models", "checks"):
        shutil.copytree(target / name, build / name)
    return package


# (what, file, text replaced, replacement, words on the line that is named, the rest of the problem)
CASES = [
    ("unknown key in a schema", UNITS, "title_zh:", "titel_zh:", "title: Units", "titel_zh: unknown key 'titel_zh' where one of"),
    ("broken YAML", UNITS, "title: Units", "title: [Units", "titel_zh", "did not find expected ',' or ']'"),
    ("key given twice", UNITS, "title: Units", "title: Units\ntitle: Unit", "title: Units", "key 'title' given twice"),
    ("unknown type", UNITS, "type: string", "type: text", "name: unit", "unit: 'text' is not one of boolean, date"),
    ("one name, two meanings", UNITS, "Name in English, as its owner writes it.", "Its name.", "name: name_en",
     "name_en: another type, unit or description than in datapackage/schemas/entities.yaml"),
    (
        "category that YAML reads as a number",
        UNITS,
        "{value: power,",
        "{value: 52_53,",
        "52_53",
        "measure.value: '5253' where a text (in quotes where YAML would read a number) should be",
    ),
    ("a key of another kind", UNITS, "primaryKey: [unit]", "primaryKey: 5", "title: Units", "primaryKey: '5' where a list of column names"),
    ("constraints that are a word", UNITS, "constraints: {required: true}", "constraints: yes please", "name: unit",
     "unit.constraints: 'yes please' where a mapping should be"),
    ("a pattern that does not compile", FIGURES, "F[0-9]{5}", "F[0-9", "name: figure_id",
     "figure_id.pattern: 'F[0-9' where a pattern that Python and DuckDB both understand"),
    ("a minimum alone", FIGURES, "minimum: -1000000000000000, ", "", "name: lower", "lower: one of minimum and maximum where both are needed"),
    ("a link that leads nowhere", FIGURES, 'resource: "units"', 'resource: "unit"', "title: Figures", "unit -> unit.unit does not lead from a column"),
    ("a description that is a list", UNITS, "title: Units", "title: [Units]", "title: [Units]", "title: '['Units']' where a text"),
    ("a column named with a blank", UNITS, "name: measure", "name: the measure", "the measure", "fields: 'the measure' where a column has a name"),
    ("a resource named with a dash", DESCRIPTOR, '"name": "units"', '"name": "unit-s"', "{", "a table named 'unit-s' where SQL needs"),
    ("a resource named by a word of SQL", DESCRIPTOR, '"name": "units"', '"name": "table"', "{", "a table named 'table' where SQL needs"),
    ("a resource listed twice", DESCRIPTOR, '"name": "units"', '"name": "entities"', '"name": "entities"', "entities: listed twice where a table stands once"),
    ("a resource whose name is a number", DESCRIPTOR, '"name": "units"', '"name": 5', "{", "5.name: '5' is not a text"),
    ("broken JSON", DESCRIPTOR, '"name": "opencapex",', '"name": "opencapex"', '"title":', "Expecting ',' delimiter at column 3"),
    ("misspelt key in the descriptor", DESCRIPTOR, '"keywords"', '"keyword"', '"keyword"', "keyword: unknown key"),
    ("path outside", DESCRIPTOR, "data/units.csv", "../units.csv", "../units.csv", "units.path: '../units.csv' is not a plain path"),
    ("column not declared", GROWTH, "    unit,\n    period_start,", "    unit,\n    unit as unit_again,\n    period_start,",
     "unit_again", "unit_again: returned by the SELECT but not declared"),
    ("column of another type", GROWTH, "end::decimal(38, 4) as growth_percent", "end as growth_percent", "name: growth_percent",
     "growth_percent: the SELECT returns DOUBLE where the schema makes DECIMAL(38,4)"),
    ("column not returned", GROWTH, "    base_figure_id,\n    entity_id", "    entity_id", "name: base_figure_id",
     "base_figure_id: not returned by the SELECT but declared"),
    ("syntax error", GROWTH, "with comparable as (", "with comparable is (", "with comparable is", "syntax error at or near"),
    ("unknown table", GROWTH, "from figures_current\n", "from figures_curent\n", "from figures_curent",
     "table figures_curent is neither curated nor derived"),
    ("unknown column", GROWTH, "nearest.*,", "nearest.nothing,", "nearest.nothing", "Binder Error"),
    ("no schema", GROWTH, "/*\ntitle", "-- /*\ntitle", "-- /*", "no opening comment where the table's schema belongs"),
    ("undescribed column", GROWTH, "name: empty_reason", "name: why_empty", "name: why_empty", "why_empty: no type where no other table describes"),
    ("a circle", "build/models/figure_flags.sql", "    from figures\n    join metrics", "    from statements as figures\n    join metrics",
     "/*", "reads figure_flags reads statements"),
    ("a rule without its message", "build/checks/bounds_in_order.sql", "-- The lower", "The lower", "The lower", "no opening comment"),
    ("a rule with other columns", "build/checks/bounds_in_order.sql", "as row_key", "as row", "-- The lower", "the SELECT returns table_name, row,"),
    ("a rule that returns a number", "build/checks/bounds_in_order.sql", "lower::varchar as found", "lower as found", "-- The lower",
     "the SELECT returns table_name, row_key, field, found as DECIMAL(38,6), expected where a rule returns"),
    ("a rule about an unknown table", "build/checks/bounds_in_order.sql", "where lower > upper",
     "where lower > upper union all select 'figure', 'F00001', 'lower', '1', 'x'", "-- The lower",
     "table_name: 'figure' is not a curated table"),
    ("a column selected twice", GROWTH, "    unit,\n    period_start,", "    unit,\n    unit,\n    period_start,", "- name: unit", "unit: returned twice"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "named", "says"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_spoilt_declaration(file, old, new, named, says, package):
    own_build(package)
    path = package / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    spoilt = text.replace(old, new, 1)
    path.write_text(spoilt, encoding="utf-8")
    line = next((number for number, content in enumerate(spoilt.splitlines(), 1) if named in content), 2)
    with pytest.raises(InputError) as raised:
        pipeline.build(package)
    found = [problem for problem in raised.value.problems if says in str(problem)]
    assert [problem.line for problem in found] == [line], raised.value.problems


def test_a_category_that_the_schema_does_not_list(package):
    own_build(package)
    path = package / GROWTH
    path.write_text(
        path.read_text(encoding="utf-8").replace("'guidance_on_actual'\n", "'guided_on_actual'\n"),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="growth_kind: 'guided_on_actual' is not one of"):
        pipeline.build(package)


def test_every_column_is_described_in_both_languages(tables):
    for table in tables.values():
        for column in table.fields:
            assert column.description.endswith("."), (table.name, column.name)
            assert re.search("[\u4e00-\u9fff]", column.description_zh), (table.name, column.name)


def test_schemas_have_one_home(root):
    listed = {resource["schema"] for resource in descriptor(root)["resources"]}
    assert listed == {f"schemas/{path.name}" for path in (root / "datapackage/schemas").glob("*.yaml")}
    assert {path.stem for path in (root / "datapackage/data").glob("*.csv")} | {"exceptions", "intake"} == {
        path.stem for path in (root / "datapackage/schemas").glob("*.yaml")
    }


def test_a_model_named_like_a_curated_table(package):
    own_build(package)
    (package / "build/models/units.sql").write_text((package / GROWTH).read_text(encoding="utf-8"), encoding="utf-8")
    assert any("units is also a curated table" in line for line in problems_of(package))


def test_flags_used_are_explained(root, tables):
    """Every flag that a model can set has its words in flags.csv."""
    explained = {line.split(",")[0] for line in (root / "datapackage/data/flags.csv").read_text(encoding="utf-8").splitlines()[1:]}
    text = "\n".join(table.query for table in tables.values() if "name: flags" in table.query)
    marks = set(re.findall(r"then '([a-z_]+)'\s+(?:when|end)(?:[^\n]*_mark|\s+as [a-z_]*mark)", text))
    marks |= set(re.findall(r"then '([a-z_]+)' end as (?:flags|[a-z]+_mark)", text))
    assert marks
    assert marks <= explained


def test_yaml_files_parse(root):
    for path in root.glob("tests/**/*.yaml"):
        yaml.safe_load(path.read_text(encoding="utf-8"))
