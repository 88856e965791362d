"""The derived tables against a second computation that shares no code with them: the real dataset, and random ones with every oddity.

The random ones are the histories of the two clocks, with more oddities drawn on top: weeks for quarters, days that are not
known, digits not printed, a break, prices, and claims on any figures.
"""

import csv
import subprocess
import sys
from datetime import date
from decimal import Decimal
from functools import cache

import oracle
import pytest
import recompute
import test_two_clocks as clocks
from conftest import ROOT, built
from hypothesis import given, settings
from hypothesis import strategies as st
from opencapex import lineage, models, pipeline, publish, schemas
from oracle_rows import COLUMNS
from test_models import given_rows

TABLES = ("figure_flags", "vintages", "figures_current", "amounts", "quarters", "growth", "calendar_years", "guidance_outcome",
          "group_totals", "claim_checks")  # fmt: skip
WEEKS = [
    (date(2023, 12, 31), date(2024, 3, 30)),
    (date(2024, 3, 31), date(2024, 6, 29)),
    (date(2024, 6, 30), date(2024, 9, 28)),
    (date(2024, 9, 29), date(2025, 1, 4)),
    (date(2025, 1, 5), date(2025, 4, 5)),
]
SETTING = clocks.SETTING["given"] | {
    "breaks": [
        {"entity_id": "alpha", "metric_id": "capex_cash", "breaks_on": date(2024, 10, 1)},
        {
            "entity_id": "beta",
            "metric_id": "capex_cash",
            "breaks_on": date(2025, 1, 1),
            "next_entity_id": "beta",
            "next_metric_id": "revenue",
        },
    ],
    "price_index": [
        {"series_id": series, "year": year, "index_value": Decimal(100 + 3 * number)}
        for series in ("cn_cpi", "us_cpi")
        for number, year in enumerate((2023, 2024))
    ],
    "relations": [*clocks.SETTING["given"]["relations"], {"from_id": "paper", "role": "investor_in", "to_id": "beta"}],
}
KINDS = ["growth", "cagr", "ratio", "share", "sum", "conversion", "comparison", "ranking", "other"]
ROLES = {
    "growth": ("later", "earlier"), "cagr": ("later", "earlier"), "ratio": ("numerator", "denominator"),
    "share": ("numerator", "denominator"), "conversion": ("numerator",),
}  # fmt: skip


@st.composite
def quarters_of_weeks(draw):
    """Quarters of thirteen and fourteen weeks, each said once, of a company that may also say them by the calendar."""
    entity = draw(st.sampled_from(["alpha", "gamma"]))
    common = {"entity_id": entity, "metric_id": "capex_cash", "status": "actual", "unit": "USD", "stated_by": entity}
    return [{**common, "period_start": start, "period_end": end, **draw(clocks.sayings())} for start, end in WEEKS]


@st.composite
def relative_numbers(draw):
    """What a source says of growth, shares and multiples, printed to many digits or few."""
    qualifier = draw(st.sampled_from(["exact", "about", "nearly", "over", "up_to"]))
    value = draw(st.integers(-50, 200))
    return {
        "entity_id": "alpha", "metric_id": "capex_growth", "status": "actual", "stated_by": "alpha", "stated_on": draw(clocks.DAYS),
        "unit": draw(st.sampled_from(["percent", "percent", "times"])), "period_end": date(2024, 12, 31), "qualifier": qualifier,
        "lower": None if qualifier == "up_to" else value, "upper": None if qualifier == "over" else value,
    }  # fmt: skip


@st.composite
def claims(draw):
    """A claim's kind, how its number should stand to the rest, its number, and its terms by place; None is a term that is missing."""
    kind = draw(st.sampled_from(KINDS))
    relation = {"comparison": draw(st.sampled_from(["greater", "less"])), "ranking": "largest"}.get(kind, "equals")
    roles = ROLES.get(kind) or ("addend",) * draw(st.integers(1, 3)) if kind == "sum" else ROLES.get(kind, ("compared", "compared"))
    places = st.one_of(st.integers(0, 199), st.integers(0, 199), st.integers(0, 199), st.none())
    stated = draw(relative_numbers() if kind in ("growth", "cagr", "ratio", "share") else st.integers(0, 199))
    return kind, relation, stated, [(role, draw(places)) for role in roles]


def with_oddities(figures, seeds):
    """The figures with days known to the month only, and steps that are finer, coarser or not printed."""
    precisions = ["day", "day", "day", "month", "quarter", "year", "no_later_than"]
    steps = [Decimal(1), Decimal("0.1"), Decimal(5), None]
    return [
        {**row, "stated_precision": precisions[seed % 7], "printed_step": steps[seed % 4]}
        for row, seed in zip(figures, (seeds * len(figures))[: len(figures)], strict=True)
    ]


def claim_rows(figures, drawn):
    """Rows of claims and of their terms on two readings, on the figures given, and of the figures that only a claim states."""
    own = [
        {**stated, "figure_id": f"F{90000 + number}", "printed_step": Decimal([1, 10, 100][number % 3])}
        for number, (_, _, stated, _) in enumerate(drawn, 1)
        if isinstance(stated, dict)
    ]
    claims = [
        {
            "claim_id": f"C{number:04}", "claim_kind": kind, "relation": relation,
            "figure_id": f"F{90000 + number}" if isinstance(stated, dict) else figures[stated % len(figures)]["figure_id"],
        }
        for number, (kind, relation, stated, _) in enumerate(drawn, 1)
    ]  # fmt: skip
    terms = [
        {
            "claim_id": f"C{number:04}", "basis": basis, "term_no": place, "term_role": role,
            "figure_id": None if index is None else figures[(index + shift) % len(figures)]["figure_id"],
            "missing_en": "what is not known" if index is None else None, "missing_zh": "未知" if index is None else None,
        }
        for number, (_, _, _, roles) in enumerate(drawn, 1)
        for basis, shift in (("one", 0), ("other", 1))
        for place, (role, index) in enumerate(roles, 1)
    ]  # fmt: skip
    return {"figures": [*figures, *own], "claims": claims, "claim_terms": terms}


@cache
def world():
    """The tables, a connection that holds the setting, and the models in their order."""
    tables = schemas.load(ROOT)
    return tables, built(tables, given_rows({"given": SETTING}, tables), []), models.build_order(tables, TABLES)


def derived(changing):
    """The curated rows of a random dataset, and a connection on which the models were built from them."""
    tables, con, order = world()
    curated = given_rows({"given": SETTING | changing}, tables)
    for name in changing:
        con.execute(f"delete from {name}")
        columns = [column for column in tables[name].field_names if any(column in row for row in curated[name])]
        places = ", ".join(f"({', '.join('?' * len(columns))})" for _ in curated[name])
        values = [row.get(column) for row in curated[name] for column in columns]
        if values:
            con.execute(f"insert into {name} ({', '.join(columns)}) values {places}", values)
    for name in order:
        con.execute(f"create or replace table {name} as {tables[name].query}")
    return curated, con


def differences(tables, con, curated):
    """Every cell in which the two computations differ: (table, key, column, by SQL, by the rules)."""
    found = []
    for name, rows in oracle.compute(curated).items():
        cursor = con.execute(f"from {name}")
        columns = [column[0] for column in cursor.description]
        by_key = {}
        for values in cursor.fetchall():
            row = dict(zip(columns, values, strict=True))
            by_key[tuple(row[column] for column in tables[name].primary_key)] = row
        found += [(name, key, "row", key in by_key, key in rows) for key in sorted(by_key.keys() ^ rows.keys(), key=str)]
        for key in by_key.keys() & rows.keys():
            for column in columns:
                if column in rows[key] and not _same(by_key[key][column], rows[key][column]):
                    found.append((name, key, column, by_key[key][column], rows[key][column]))
    return sorted(found, key=str)


def _same(by_sql, by_rules):
    if isinstance(by_rules, set | frozenset):  # flags and inputs, whose order says nothing
        return (by_sql or "") == " ".join((by_sql or "").split()) and set((by_sql or "").split()) == by_rules
    return by_sql == by_rules


@pytest.fixture(scope="module")
def package():
    return pipeline.build(ROOT)


@pytest.fixture(scope="module")
def files(package, tmp_path_factory):
    """What a release holds, as CSV."""
    folder = tmp_path_factory.mktemp("released")
    publish.publish_csv(ROOT, package.tables, package.con, folder)
    return folder


def test_the_dataset_is_what_the_rules_say(package):
    curated = {}
    for name in COLUMNS:
        with (ROOT / package.tables[name].path).open(encoding="utf-8", newline="") as file:
            curated[name] = list(csv.DictReader(file))
    assert differences(package.tables, package.con, curated) == []


@settings(max_examples=25, **clocks.REPEATABLE)
@given(
    drawn=clocks.HISTORIES,
    weeks=st.lists(quarters_of_weeks(), max_size=1),
    seeds=st.lists(st.integers(0, 27), min_size=1, max_size=9),
    said=st.lists(claims(), min_size=12, max_size=20),
)
def test_random_datasets_are_what_the_rules_say(drawn, weeks, seeds, said):
    figures = with_oddities(clocks.history([*drawn, *(row for rows in weeks for row in rows)]), seeds)
    curated, con = derived(claim_rows(figures, said))
    assert differences(world()[0], con, curated) == []


def test_every_row_that_can_be_done_by_hand_agrees_with_the_files_alone(files):
    release = recompute.Release(files)
    found = [
        (table, key, *cell) for table in recompute.TABLES for key in release.table(table) for cell in recompute.compare(release, table, key)
    ]
    assert len(found) > 20_000
    assert [cell for cell in found if cell[3] != cell[4]] == []


def test_the_script_draws_the_rows_that_explain_draws_and_says_that_they_agree(package, files):
    command = [sys.executable, ROOT / "tests/recompute.py", files, "--random", "4", "--seed", "2026"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[-1] == "0 differ" and all(" agrees" in line for line in lines[:-1])
    drawn = {tuple(line.split(" ")[0].split(":", 1)) for line in lines[:-1]}
    assert drawn == {row for table in recompute.TABLES for row in lineage.draw(package, table, 4, "2026")}


def test_the_script_says_where_the_files_disagree(files, tmp_path):
    for path in files.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (files / "quarters.csv").read_text(encoding="utf-8")
    (tmp_path / "quarters.csv").write_text(text.replace(",stated,", "7,stated,"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, ROOT / "tests/recompute.py", tmp_path, "--random", "3"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "DIFFERS: recomputed" in done.stdout
