"""What the parts of the second computation share: curated rows as Decimals and dates, and what the rules look up in them.

The rules are numbered as in the design: 1 families, 2 series, 3 vintages, 4 headline, 5 quarters, 6 growth, 7 amounts, 8 real
terms, 9 calendar years, 10 group totals, 11 claims, 13 guidance outcome, 15 rounding.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

import pandas as pd

FAMILIES = {
    "actual": "realised", "estimate": "realised", "guidance": "expected", "forecast": "expected",
    "target": "promised", "commitment": "promised",
}  # fmt: skip
POINTS = ("exact", "about", "nearly")
OPEN = ("over", "at_least", "up_to", "under")
EVIDENCE = ["primary", "two_secondary", "secondary"]
VOICES = ("operator_of", "owner_of", "buyer_in", "supplier_in", "investor_in")
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
QUARTER_DAYS = range(80, 102)
YEARS = {"yoy": 1, "3y": 3, "5y": 5}
NUMBERS = {"lower", "upper", "printed_step", "units_per_eur", "index_value"}
DATES = ("_on", "_start", "_end", "_from", "_to", "_date")


def typed(rows):
    """Rows as read from CSV or made by a test, with dates, Decimals and whole numbers in place of text, and None for what is empty."""
    return [{name: _typed(name, value) for name, value in row.items()} for row in rows]


def _typed(name, value):
    if value is None or value == "":
        return None
    if name in NUMBERS:
        return Decimal(str(value))
    if name == "fiscal_year_end":
        return value
    if name.endswith(DATES):
        return value if isinstance(value, date) else date.fromisoformat(value)
    if name in ("year", "term_no"):
        return int(value)
    return str(value).lower() if name == "adds_across_entities" else value


def rounded(value, places):
    """Half up, the last step (rule 15)."""
    return None if value is None else value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def is_point(row):
    return row["lower"] is not None and row["lower"] == row["upper"]


def grouped(rows, *names):
    """{the values under `names`: the rows that have them}"""
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


def days(row):
    """Days from first to last."""
    return (row["period_end"] - row["period_start"]).days + 1


def is_quarter(row):
    return days(row) in QUARTER_DAYS


@cache
def years_before(day, years):
    """The same day of an earlier year; the last of February for its twenty-ninth."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


@cache
def months_before(day, months):
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def held_on(row, day):
    """Whether a relation or a headline metric holds on a day."""
    return (row["valid_from"] is None or row["valid_from"] <= day) and (row["valid_to"] is None or day <= row["valid_to"])


class Curated(NamedTuple):
    """The curated rows, each table with every column its rules ask for, and what every rule looks up in them."""

    figures: dict
    metrics: dict
    entities: dict
    units: dict
    relations: list
    headlines: list
    breaks: list
    claims: list
    terms: list
    prices: dict
    rates: dict
    voices: set
    data_date: date


COLUMNS = {
    "figures": "figure_id entity_id metric_id period_start period_end base_end status qualifier lower upper unit printed_step stated_by "
    "stated_on stated_precision evidence repeats supersedes supersedes_reason retired_on",
    "metrics": "metric_id time_kind measure price_base_year base_metric_id adds_across_entities",
    "entities": "entity_id entity_kind fiscal_year_end",
    "units": "unit measure price_series_id",
    "relations": "from_id role to_id valid_from valid_to",
    "headline_metrics": "entity_id purpose metric_id valid_from valid_to",
    "breaks": "entity_id metric_id breaks_on next_entity_id next_metric_id",
    "claims": "claim_id claim_kind figure_id relation",
    "claim_terms": "claim_id basis term_no term_role figure_id missing_en missing_zh",
    "price_index": "series_id year index_value",
    "fx_rates": "rate_date currency units_per_eur",
    "sources": "source_id accessed_on",
}


def curated(given):
    """Curated from {table: rows}, whose columns may be missing where empty."""
    held = {
        table: typed({name: row.get(name) for name in names.split()} for row in given.get(table, [])) for table, names in COLUMNS.items()
    }
    rates = pd.DataFrame(held["fx_rates"], columns=COLUMNS["fx_rates"].split())
    rates = rates.pivot(index="rate_date", columns="currency", values="units_per_eur").sort_index()
    rates["EUR"] = Decimal(1)
    return Curated(
        {row["figure_id"]: row for row in held["figures"]},
        {row["metric_id"]: row for row in held["metrics"]},
        {row["entity_id"]: row for row in held["entities"]},
        {row["unit"]: row for row in held["units"]},
        held["relations"],
        held["headline_metrics"],
        held["breaks"],
        held["claims"],
        held["claim_terms"],
        {(row["series_id"], row["year"]): row["index_value"] for row in held["price_index"]},
        {name: {day: rate for day, rate in rates[name].items() if isinstance(rate, Decimal)} for name in rates},
        {(row["from_id"], row["to_id"]) for row in held["relations"] if row["role"] in VOICES}
        | {(row["to_id"], row["from_id"]) for row in held["relations"] if row["role"] == "part_of"},
        max(row["accessed_on"] for row in held["sources"] if row["accessed_on"]),
    )


def is_amount(held, row):
    """A flow that can be added and subtracted: no stated growth, share or multiple."""
    return is_flow(held, row) and held.metrics[row["metric_id"]]["base_metric_id"] is None


def is_flow(held, row):
    return held.metrics[row["metric_id"]]["time_kind"] == "flow" and row["period_start"] is not None and row["period_end"] is not None


def is_calendar_year(row):
    year = row["period_end"].year
    return (row["period_start"], row["period_end"]) == (date(year, 1, 1), date(year, 12, 31))


def is_below(step, other):
    return step is not None and other is not None and step < other


def is_over(one, other):
    return one is not None and other is not None and one >= other
