"""Plausibility: what is expected holds on the real tables, and an implausible number stops the run."""

import pytest
from conftest import small_package
from opencapex import pipeline, quality
from opencapex.problems import InputError


@pytest.fixture
def package_folder(tmp_path):
    return small_package(tmp_path)


@pytest.fixture(scope="module")
def package(root):
    return pipeline.build(root)


def test_everything_expected_holds(root, package):
    results = quality.examine(root, package.con)
    assert len(results) == len(quality.expectations(root))
    assert all(result.holds for result in results)
    assert {result.table for result in results} >= {
        "amounts",
        "growth",
        "vintages",
        "statements",
        "claim_checks",
        "fx_average",
    }


def test_a_slipped_decimal_is_named(root):
    package = pipeline.build(root)
    package.con.execute(
        "update growth set growth_percent = 4276.2 where horizon = 'yoy' and figure_id = "
        "(select min(figure_id) from growth where horizon = 'yoy' and metric_id in (select metric_id from metrics where family = 'capex'))"
    )
    with pytest.raises(InputError) as raised:
        quality.examine(root, package.con)
    line = next(entry["__line__"] for entry in quality.expectations(root) if entry["table"] == "growth")
    assert [str(problem).split(" of ")[0] for problem in raised.value.problems] == [f"build/expectations.yaml:{line}: growth: 1"]


@pytest.mark.parametrize(
    ("old", "new", "later", "says"),
    [
        ("table: growth", "table: grwth", 0, "table: 'grwth' is not a table"),
        ("column: growth_percent", "column: nope", -3, "column: 'nope' is not a column of growth"),
        ("expectation: ExpectColumnPair", "expectation: ExpectNonsense", -1, "expectation: 'ExpectNonsense"),
        ("  says: capital", "  sayz: capital", -4, "says: no says where a value is required"),
        ("  says: capital", "  sayz: capital", -4, "sayz: unknown key 'sayz' where one of"),
        ("max_value: 850", "largest: 850", -3, "arguments: largest extra fields not permitted"),
        ("where: horizon in", "where: horizn in", -1, 'where: Binder Error: Referenced column "horizn" not found'),
        (
            "arguments: {column: growth_percent",
            "arguments: [growth_percent] # {",
            -3,
            "arguments: '['growth_percent']' where a mapping should be",
        ),
        ("- table: growth", "- table: [growth", 1, "did not find expected ',' or ']'"),
    ],
)
def test_a_mistake_in_the_expectations_is_one_line(old, new, later, says, root, package, tmp_path, monkeypatch):
    text = (root / quality.FILE).read_text(encoding="utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1 + later
    (tmp_path / "expectations.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(quality, "FILE", "expectations.yaml")
    with pytest.raises(InputError) as raised:
        quality.examine(tmp_path, package.con)
    assert any(str(problem).startswith(f"expectations.yaml:{line}: {says}") for problem in raised.value.problems), raised.value.problems


def test_frictionless_is_asked_before_anything_is_published(package_folder):
    quality.second_opinion(package_folder / "datapackage/datapackage.json")
    units = package_folder / "datapackage/data/units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("US dollar,", ","), encoding="utf-8")
    with pytest.raises(InputError, match="datapackage/units:4: name_en: constraint .* is what frictionless says"):
        quality.second_opinion(package_folder / "datapackage/datapackage.json")


def test_every_expectation_speaks_both_languages(root, tables):
    for declared in quality.expectations(root):
        assert declared["table"] in tables
        assert declared["says"] and any("\u4e00" <= letter <= "\u9fff" for letter in declared["says_zh"])


def test_nothing_is_expected_of_no_rows(root):
    package = pipeline.build(root)
    package.con.execute("delete from fx_average")
    with pytest.raises(InputError, match="fx_average: no rows where an expectation needs some"):
        quality.examine(root, package.con)
