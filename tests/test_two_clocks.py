"""The two clocks over random small histories: what was known stays known, and what was released stays released.

A history is a few dozen statements of two companies and a house, with every oddity: open bounds, ranges, words only,
repeats, retired rows, restatements, two currencies, fiscal years of weeks, zero and negative amounts. The models run as
plain SQL on one connection; only the rows change between examples.
"""

import random
import tempfile
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb
from conftest import REPEATABLE, ROOT, built
from hypothesis import given, settings
from hypothesis import strategies as st
from opencapex import archives, database, models, schemas
from test_models import given_rows

YEARS = [(date(year, 1, 1), date(year, 12, 31)) for year in (2023, 2024, 2025)]
WEEKS = [(date(2023, 12, 31), date(2024, 12, 28)), (date(2024, 12, 29), date(2026, 1, 3))]
QUARTERS = [
    (date(2024, 1, 1), date(2024, 3, 31)),
    (date(2024, 4, 1), date(2024, 6, 30)),
    (date(2024, 7, 1), date(2024, 9, 30)),
    (date(2024, 10, 1), date(2024, 12, 31)),
]
CUMULATIVE = [(date(2024, 1, 1), date(2024, 6, 30)), (date(2024, 1, 1), date(2024, 9, 30))]
PERIODS = [*YEARS, *YEARS, *WEEKS, QUARTERS[0], *CUMULATIVE, (None, None)]
SETTING = {
    "given": {
        "entities": [
            *({"entity_id": name, "fiscal_year_end": "12-31"} for name in ("alpha", "beta", "gamma", "delta")),
            {"entity_id": "pair", "entity_kind": "group"},
        ],
        "metrics": [{"metric_id": "revenue", "family": "revenue"}],
        "headline_metrics": [
            {"entity_id": name, "purpose": "capex", "metric_id": "capex_cash", "source_id": "doc"}
            for name in ("alpha", "beta", "gamma", "delta")
        ],
        "relations": [{"from_id": name, "role": "member_of", "to_id": "pair"} for name in ("gamma", "delta")],
        "fx_rates": [
            {"rate_date": date(2023, 1, 2) + timedelta(days=91 * step + days), "currency": currency, "units_per_eur": rate}
            for step in range(13)
            for days in (0, 88)
            for currency, rate in (("USD", Decimal("1.1") + Decimal(step) / 100), ("CNY", Decimal("7.5") + Decimal(days) / 1000))
        ],
    }
}
# Few days, so that statements meet on one.
DAYS = st.integers(0, 24).map(lambda months: date(2024, 1, 15) + timedelta(days=30 * months))


@st.composite
def sayings(draw):
    """What is said of a quantity and when; `points_at` makes it repeat or supersede an earlier row."""
    qualifier = draw(st.sampled_from(["exact", "exact", "exact", "about", "nearly", "over", "up_to", "range", "not_quantified"]))
    low = draw(st.integers(-3, 40))
    return {
        "qualifier": qualifier,
        "lower": None if qualifier in ("up_to", "not_quantified") else low,
        "upper": None if qualifier in ("over", "not_quantified") else low + draw(st.integers(1, 9)) if qualifier == "range" else low,
        "printed_step": 1,
        "stated_on": draw(DAYS),
        "evidence": draw(st.sampled_from(["primary", "secondary"])),
        "points_at": draw(st.sampled_from([None, None, None, None, "repeats", "supersedes"])),
        "is_retired": draw(st.integers(0, 9)) == 9,
    }


@st.composite
def series(draw):
    """One to five statements on one quantity, of the entity itself or of a house and a paper in turn."""
    status = draw(st.sampled_from(["actual", "guidance", "guidance", "forecast", "forecast", "estimate"]))
    others = status in ("forecast", "estimate")
    entity = draw(st.sampled_from(["alpha", "beta", "pair"] if others else ["alpha", "beta"]))
    speakers = st.sampled_from(["house", "house", "paper"] if others else [entity])
    metric = draw(st.sampled_from(["capex_cash", "capex_cash", "capex_cash", "revenue", "backlog"]))
    start, end = draw(st.sampled_from(PERIODS))
    subject = {
        "entity_id": entity,
        "metric_id": metric,
        "period_start": end if metric == "backlog" else start,
        "period_end": end,
        "status": status,
        "unit": draw(st.sampled_from(["USD", "USD", "USD", "CNY"])),
    }
    return [{**subject, "stated_by": draw(speakers), **said} for said in draw(st.lists(sayings(), min_size=2, max_size=5))]


@st.composite
def guided_year(draw):
    """Guidance of alpha for 2025, the year before that it is measured on, and what came of it, each said more than once."""
    common = {"entity_id": "alpha", "metric_id": "capex_cash", "unit": "USD", "stated_by": "alpha"}
    subjects = [("guidance", YEARS[2]), ("actual", YEARS[1]), ("actual", YEARS[2])]
    return [
        {**common, "status": status, "period_start": start, "period_end": end, **said}
        for status, (start, end) in subjects
        for said in draw(st.lists(sayings(), min_size=1, max_size=3))
    ]


@st.composite
def quartered_year(draw):
    """A company's capital expenditure of 2024, quarter by quarter and, sometimes a little off, as a year."""
    entity, step = draw(st.sampled_from(["gamma", "delta"])), draw(st.sampled_from([1, 2]))
    amounts = draw(st.lists(st.integers(-1, 20), min_size=4, max_size=4))
    total = sum(amounts) + draw(st.sampled_from([0, 1, -1, 2, -3, 9]))
    common = {"entity_id": entity, "metric_id": "capex_cash", "status": "actual", "unit": "USD", "stated_by": entity, "evidence": "primary"}
    return [
        {
            **common, "period_start": start, "period_end": end, "qualifier": "exact", "lower": amount, "upper": amount,
            "printed_step": step, "stated_on": draw(DAYS), "points_at": None, "is_retired": False,
        }
        for (start, end), amount in zip([*QUARTERS, YEARS[1]], [*amounts, total], strict=True)
    ]  # fmt: skip


def history(drawn):
    """The statements as rows of figures, numbered in the order drawn, their pointers set where they lead backwards in time."""
    rows = []
    for number, drawn_row in enumerate(drawn, 1):
        row = {"figure_id": f"F{number:05}", **drawn_row}
        pointer, is_retired = row.pop("points_at"), row.pop("is_retired")
        if is_retired:
            row |= {"retired_on": date(2026, 6, 1), "retired_reason": "wrong_value"}
        earlier = [other for other in rows if other["entity_id"] == row["entity_id"] and other["stated_on"] < row["stated_on"]]
        if pointer and earlier:
            row[pointer] = earlier[-1]["figure_id"]
            if pointer == "supersedes":
                row["supersedes_reason"] = "reclassification"
        rows.append(row)
    return rows


HISTORIES = st.lists(st.one_of(series(), guided_year(), quartered_year()), min_size=8, max_size=16).map(
    lambda drawn: [row for rows in drawn for row in rows]
)


class World(NamedTuple):
    """The tables, a connection that holds the setting, and every model in its order."""

    tables: dict[str, schemas.Table]
    con: duckdb.DuckDBPyConnection
    models: tuple[str, ...]


@cache
def world():
    """Made once and kept out of the tests' arguments, which Hypothesis would print with every failure."""
    tables = schemas.load(ROOT)
    con = built(tables, given_rows(SETTING, tables), [])
    return World(tables, con, tuple(models.build(tables, con)))


@cache
def needed(*wanted):
    """The models to build, in order, for those wanted."""
    return models.build_order(world().tables, wanted)


def derived(figures, wanted, threads=2, seed=None):
    """{model: its rows, sorted} built from `figures`; with a seed the rows of every curated table are put in another order first."""
    tables, con, _ = world()
    con.execute(f"set threads = {threads}")
    curated = given_rows({"given": {**SETTING["given"], "figures": figures}}, tables)
    for name, rows in curated.items():
        if name != "figures" and seed is None:
            continue
        if seed is not None:
            as_given = rows.copy()
            random.Random(seed).shuffle(rows)
            if rows == as_given:
                rows.reverse()
        con.execute(f"delete from {name}")
        columns = [column for column in tables[name].field_names if any(column in row for row in rows)]
        values = [[row.get(column) for row in rows] for column in columns]
        con.execute(f"insert into {name} ({', '.join(columns)}) select {', '.join('unnest(?)' for _ in columns)}", values)
    for name in needed(*wanted):
        con.execute(f"create or replace table {name} as {tables[name].query}")
    return {name: con.execute(f"from {name} order by all").fetchall() for name in wanted}, con


def columns_of(table, rows, names):
    """The named columns of rows, as a set."""
    places = [table.field_names.index(name) for name in names]
    return {tuple(row[place] for place in places) for row in rows}


def known_on(con, day):
    """What a reader knew on a day: the as-of query that the dataset promises."""
    return con.execute(
        "select figure_id, vintage_number, status, qualifier, lower, upper from vintages "
        "where known_from <= $day and (known_until is null or $day < known_until) order by all",
        {"day": day},
    ).fetchall()


@settings(max_examples=14, **REPEATABLE)
@given(drawn=HISTORIES, said=sayings(), days=st.lists(st.integers(0, 720), min_size=1, max_size=5))
def test_a_later_vintage_changes_nothing_known_before(drawn, said, days):
    """If everything is said anew on a day, every view of an earlier day stays as it was, and so do earlier steps and scores."""
    quantities = {(row["entity_id"], row["metric_id"], row["period_end"], row["status"], row["stated_by"]): row for row in drawn}
    anew = [{**row, **said, "is_retired": False, "points_at": None} for row in quantities.values()]
    before, after = history(drawn), history([*drawn, *anew])
    said_on = said["stated_on"]
    wanted = ["vintages", "guidance_path", "forecast_path", "guidance_outcome"]
    days_before = [said_on - timedelta(days=back + 1) for back in (0, *days)]
    first, con = derived(before, wanted)
    views = [known_on(con, day) for day in days_before]
    earlier = {row["figure_id"] for row in before if row["stated_on"] < said_on}
    second, con = derived(after, wanted)
    assert [known_on(con, day) for day in days_before] == views
    steps = ("figure_id", "vintage_number", "previous_figure_id", "lower_revision", "upper_since_first", "base_figure_id", "lower_percent")
    scores = ("figure_id", "actual_figure_id", "actual", "error_percent", "position", "guidance_result", "horizon_days")
    editions = (
        "figure_id",
        "edition_number",
        "previous_figure_id",
        "lower_revision",
        "upper_since_first",
        "revision_percent",
        "empty_reason",
    )
    for model, names in (("guidance_path", steps), ("forecast_path", editions), ("guidance_outcome", scores)):
        then, now = (columns_of(world().tables[model], rows[model], names) for rows in (first, second))
        then, now = (
            {row for row in rows if row[0] in earlier and (row[1] in earlier or model != "guidance_outcome")} for rows in (then, now)
        )
        assert now == then, model


@settings(max_examples=20, **REPEATABLE)
@given(releases=st.lists(st.lists(st.sampled_from(["added", "retired", "kept"]), min_size=1, max_size=6), min_size=1, max_size=4))
def test_retiring_a_row_changes_no_earlier_release(releases):
    """What a release held can be read back from `history` however many rows later releases add or retire."""
    states, held = [], {"F00001": False}
    for release in releases:
        for number, event in enumerate(release):
            if event == "added":
                held[f"F{len(held) + 1:05}"] = False
            elif event == "retired":
                held[sorted(held)[number % len(held)]] = True
        states.append(dict(held))
    frozen = {f"0.{number}.0": state for number, state in enumerate(states, 1)}
    with tempfile.TemporaryDirectory() as folder:
        for version, state in frozen.items():
            freeze_figures(Path(folder), version, state)
        assert released(Path(folder)) == frozen
        freeze_figures(Path(folder), "1.0.0", dict.fromkeys([*held, "F99999"], True))
        assert {version: state for version, state in released(Path(folder)).items() if version in frozen} == frozen


def freeze_figures(root, version, state):
    """An archive that holds nothing but figures, {id: retired}."""
    folder = root / archives.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{figure_id},{'2026-01-01' if is_retired else ''}\n" for figure_id, is_retired in state.items()]
    with zipfile.ZipFile(folder / f"opencapex-{version}.zip", "w") as archive:
        archive.writestr("figures.csv", "figure_id,retired_on\n" + "".join(rows))


def released(root):
    """{version: {figure: retired}} as `history` tells it of the archives in `root`."""
    tables = {name: world().tables[name] for name in ("figures", "metrics")}
    place = {archive.version: number for number, archive in enumerate(archives.archives(root))}
    with database.connect() as con:
        archives.load_archives(root, tables, con, with_history=True)
        con.execute(f"create table history as {world().tables['history'].query}")
        rows = con.execute("select row_key, release_added, release_retired from history").fetchall()
    return {
        version: {key: retired is not None and place[retired] <= number for key, added, retired in rows if place[added] <= number}
        for version, number in place.items()
    }


@settings(max_examples=3, **REPEATABLE)
@given(drawn=HISTORIES, seed=st.integers(0, 99))
def test_the_order_of_rows_never_matters(drawn, seed):
    """Every derived table is the same whatever order the curated rows stand in, and on one thread as on two."""
    figures = history(drawn)
    in_order, _ = derived(figures, world().models)
    shuffled, _ = derived(figures, world().models, threads=1, seed=seed)
    assert {name for name in in_order if in_order[name] != shuffled[name]} == set()


@settings(max_examples=5, **REPEATABLE)
@given(drawn=HISTORIES, factor=st.sampled_from([2, 7, 1000, 10**9]))
def test_scaling_all_amounts_leaves_growth_unchanged(drawn, factor):
    """Growth, implied growth, revisions in percent, errors and verdicts know no scale; changes in units grow with it."""
    figures = history(drawn)
    scaled = [
        {**row, **{name: row[name] * factor for name in ("lower", "upper", "printed_step") if row[name] is not None}} for row in figures
    ]
    without_scale = {
        "growth": ("figure_id", "horizon", "growth_kind", "growth_percent", "lower_percent", "upper_percent", "empty_reason", "flags"),
        "guidance_path": ("figure_id", "base_figure_id", "lower_percent", "upper_percent"),
        "guidance_outcome": ("figure_id", "actual_figure_id", "error_percent", "position", "guidance_result"),
        "forecast_path": ("figure_id", "edition_number", "revision_percent", "empty_reason"),
        "reconciliations": ("figure_id", "reconciliation_kind", "difference_percent", "reconciliation_result", "empty_reason"),
    }
    small, _ = derived(figures, without_scale)
    large, _ = derived(scaled, without_scale)
    for model, names in without_scale.items():
        table = world().tables[model]
        assert columns_of(table, small[model], names) == columns_of(table, large[model], names), model
    changes = {
        row
        for row in columns_of(world().tables["growth"], small["growth"], ("figure_id", "horizon", "growth_kind", "change"))
        if row[3] is not None
    }
    assert {(*row[:3], row[3] * factor) for row in changes} <= columns_of(
        world().tables["growth"], large["growth"], ("figure_id", "horizon", "growth_kind", "change")
    )
