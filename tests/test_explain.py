"""Every derived number can be followed to its sources, and the past can be asked."""

import pytest
from conftest import small_package
from opencapex import lineage, pipeline
from opencapex.problems import InputError


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return pipeline.build(small_package(tmp_path_factory.mktemp("explained")))


def test_growth_is_followed_to_the_document(package):
    text = lineage.explain(package, "growth", "F00002/yoy/guidance_on_actual")
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
    text = lineage.explain(package, "amounts", "F00002/CNY/spot")
    assert "fx_rates:2025-02-04/CNY" in text and "units_per_eur: 7.5\n" in text


def test_every_input_of_every_derived_row_is_a_row(package):
    for table in package.tables.values():
        if "inputs" in table.field_names:
            for (inputs,) in package.con.execute(f"select distinct inputs from {table.name} where inputs is not null").fetchall():
                for entry in inputs.split():
                    name, _, key = entry.partition(":")
                    assert lineage.explain(package, name, key)


def test_what_the_numbers_and_flags_mean_and_how_they_were_rounded_is_said(package):
    text = lineage.explain(package, "growth", "F00002/yoy/guidance_on_actual")
    assert "growth_percent: Growth where both figures are points; empty otherwise. (percent, rounded half up to 4 decimals)" in text
    assert "growth_kind: What is compared with what. guidance_on_actual: guided on reported." in text
    assert "approximate: The source says" in text
    assert (
        "lower_amount: Lower bound in the currency of the row; empty where open. (CNY, rounded half up to whole units)"
        in lineage.explain(package, "amounts", "F00002/CNY/spot")
    )


def test_the_lot_draws_from_every_derived_table_in_turn_and_the_same_by_one_seed(package):
    drawn = lineage.draw(package, None, 10, "a seed")
    assert drawn == lineage.draw(package, None, 10, "a seed") != lineage.draw(package, None, 10, "another")
    assert len({table for table, _ in drawn}) == 10
    assert drawn[:3] == lineage.draw(package, None, 3, "a seed")
    for table, key in lineage.draw(package, None, 40, "a seed"):
        assert "sources:" in lineage.explain(package, table, key) or table in ("coverage", "group_totals", "freshness"), (table, key)
    assert {table for table, _ in lineage.draw(package, "amounts", 3, "a seed")} == {"amounts"}


def test_the_past_shows_only_what_was_known(package):
    assert lineage.as_of(package, "2025-02-03", None).endswith("0 statements known on 3 Feb 2025")
    later = lineage.as_of(package, "2025-03-04", "alpha")
    assert "Alpha · Capital expenditure, cash · 2025: ≈ USD 75bn (guidance, alpha, 4 Feb 2025, F00002)" in later
    assert "Gazette" not in later and "3 statements" in later


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda p: lineage.explain(p, "nothing", "x"), "is not a table"),
        (lambda p: lineage.explain(p, "growth", "x"), "is not a key of growth"),
        (lambda p: lineage.draw(p, "nothing", 3, "x"), "is not a table"),
        (lambda p: lineage.draw(p, "figures", 3, "x"), "has no row that names its inputs"),
        (lambda p: lineage.as_of(p, "yesterday", None), "is not a day"),
        (lambda p: lineage.as_of(p, "2025-03-04", "nobody"), "is not an entity"),
    ],
)
def test_what_cannot_be_answered_is_said(package, call, says):
    with pytest.raises(InputError, match=says):
        call(package)
