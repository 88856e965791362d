"""Every derived number can be followed to its sources, and the past can be asked."""

import pytest
from conftest import small_package
from opencapex import explain, pipeline
from opencapex.problems import InputError


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return pipeline.build(small_package(tmp_path_factory.mktemp("explained")))


def test_growth_is_followed_to_the_document(package):
    text = explain.explain(package, "growth", "F00002/yoy/guidance_on_actual")
    assert "growth_percent: 50\n" in text
    for part in (
        "figures_current:F00001",
        "vintages:F00001",
        "figures:F00001",
        "sources:alpha-results",
        "url: https://example.org/results",
    ):
        assert part in text, part


def test_a_conversion_names_its_rates(package):
    text = explain.explain(package, "amounts", "F00002/CNY/spot")
    assert "fx_rates:2025-02-04/CNY" in text and "units_per_eur: 7.5\n" in text


def test_every_input_of_every_derived_row_is_a_row(package):
    for table in package.tables.values():
        if "inputs" in table.field_names:
            for (inputs,) in package.con.execute(f"select distinct inputs from {table.name} where inputs is not null").fetchall():
                for entry in inputs.split():
                    name, _, key = entry.partition(":")
                    assert explain.explain(package, name, key)


def test_the_past_shows_only_what_was_known(package):
    assert explain.as_of(package, "2025-02-03", None).endswith("0 statements known on 3 Feb 2025")
    later = explain.as_of(package, "2025-03-04", "alpha")
    assert "Alpha · Capital expenditure, cash · 2025: ≈ USD 75bn (guidance, alpha, 4 Feb 2025, F00002)" in later
    assert "Gazette" not in later and "3 statements" in later


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda p: explain.explain(p, "nothing", "x"), "is not a table"),
        (lambda p: explain.explain(p, "growth", "x"), "is not a key of growth"),
        (lambda p: explain.as_of(p, "yesterday", None), "is not a day"),
        (lambda p: explain.as_of(p, "2025-03-04", "nobody"), "is not an entity"),
    ],
)
def test_what_cannot_be_answered_is_said(package, call, says):
    with pytest.raises(InputError, match=says):
        call(package)
