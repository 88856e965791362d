"""A second computation of the derived tables, from the curated rows and the rules alone: it shares no code with build/models.

The numbered rules are those of the methodology; each function states the one it follows. Rows are dicts, numbers are
Decimal with sixty digits, and nothing is rounded before the last step. `compute` gives {table: {key: row}}.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from itertools import product
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


def compute(given):
    """{table: {key: row}} of the tables under test. `given` is {curated table: rows}."""
    with localcontext(prec=60):
        held = curated(given)
        flags = figure_flags(held)
        vintages = vintages_of(held)
        current = figures_current(held, vintages)
        quarters = quarters_of(held, vintages, current, flags)
        years = calendar_years(held, current, quarters, flags)
        crosses = Crosses(held.rates)
        amounts = amounts_of(held, crosses, flags)
        return {
            "figure_flags": {(name,): {"flags": marks} for name, marks in flags.items()},
            "vintages": {(row["figure_id"],): row for row in vintages},
            "figures_current": {(row["figure_id"],): row for row in current},
            "amounts": amounts,
            "quarters": quarters,
            "growth": growth(held, current, flags),
            "calendar_years": years,
            "guidance_outcome": guidance_outcome(held, vintages, flags),
            "group_totals": group_totals(held, current, years, amounts, crosses, flags),
            "claim_checks": claim_checks(held, crosses),
        }


# Statements: rules 1 to 4.


def figure_flags(held):
    """{figure: its marks} by what was said and when."""
    restated = {
        row["supersedes"]
        for row in held.figures.values()
        if row["retired_on"] is None and row["supersedes_reason"] in ("restatement", "reclassification")
    }
    counted = {_span(row) for row in held.figures.values() if _is_flow(held, row) and _is_counted(row)}
    return {name: frozenset(_marks(held, row, name in restated, _span(row) in counted)) for name, row in held.figures.items()}


def _span(row):
    return row["entity_id"], row["metric_id"], row["period_start"], row["period_end"]


def _is_counted(row):
    """Whether a span runs from the day it was said to the day before an anniversary."""
    return row["period_start"] == row["stated_on"] and (row["period_end"] + DAY).timetuple()[1:3] == row["period_start"].timetuple()[1:3]


def _marks(held, row, is_restated, is_counted):
    if row["qualifier"] in ("about", "nearly", "about_range"):
        yield "approximate"
    if row["qualifier"] in OPEN:
        yield "open_bound"
    if row["qualifier"] == "not_quantified":
        yield "not_quantified"
    if is_counted:
        yield "counted_dates"
    if is_restated:
        yield "restated"
    if row["status"] == "estimate":
        yield "estimate"
    if held.entities[row["stated_by"]]["entity_kind"] == "press":
        yield "press_only"
    if held.metrics[row["metric_id"]]["price_base_year"]:
        yield "price_base"
    is_expected = FAMILIES[row["status"]] == "expected"
    if is_expected and _is_flow(held, row) and row["period_start"] <= row["stated_on"] <= row["period_end"]:
        yield "running_period"


def vintages_of(held):
    """Rules 2 and 3: each series in the order in which it was said."""
    tested = {claim["figure_id"] for claim in held.claims if claim["claim_kind"] == "conversion"}
    said = [
        {**row, "status_family": FAMILIES[row["status"]]}
        for row in held.figures.values()
        if row["repeats"] is None and row["retired_on"] is None and row["figure_id"] not in tested
    ]
    ended = defaultdict(list)
    for row in said:
        if row["supersedes"]:
            ended[row["supersedes"]].append(row["stated_on"])
    found = []
    series = ("entity_id", "metric_id", "unit", "period_start", "period_end", "base_end", "status_family", "stated_by")
    for rows in grouped(said, *series).values():
        kept = [min(same_day, key=_best_of_a_day) for _, same_day in sorted(grouped(rows, "stated_on").items())]
        for number, row in enumerate(kept, 1):
            later = [other["stated_on"] for other in kept[number : number + 1]]
            until = min([*later, *ended[row["figure_id"]]], default=None)
            found.append({**row, "vintage_number": number, "known_from": row["stated_on"], "known_until": until})
    return found


def _best_of_a_day(row):
    has_both = row["lower"] is not None and row["upper"] is not None
    width = row["upper"] - row["lower"] if has_both else 0
    openness = 0 if has_both else 1 if row["lower"] is not None or row["upper"] is not None else 2
    return EVIDENCE.index(row["evidence"]), openness, width, row["figure_id"]


def speaker_rank(held, row):
    """Rule 4: 0 the entity itself or who speaks for it, then an official body, a house, the press."""
    speaker, entity = row["stated_by"], row["entity_id"]
    if speaker == entity or (speaker, entity) in held.voices:
        return 0
    return {"body": 1, "house": 2, "press": 3}.get(held.entities[speaker]["entity_kind"], 2)


def _headline(held, row):
    return (
        row["status"] not in ("actual", "guidance", "target", "commitment"),
        speaker_rank(held, row),
        -row["stated_on"].toordinal(),
        EVIDENCE.index(row["evidence"]),
        row["figure_id"],
    )


def figures_current(held, vintages):
    """Rule 4: one row for each quantity among what is still said of it."""
    still = [row for row in vintages if row["known_until"] is None]
    quantity = ("entity_id", "metric_id", "unit", "period_start", "period_end", "base_end", "status_family")
    return [min(rows, key=lambda row: _headline(held, row)) for rows in grouped(still, *quantity).values()]


# Time: rules 5, 6 and 9.


def quarters_of(held, vintages, current, flags):
    """Rule 5, keyed by entity, metric, unit and period_end."""
    reported = [row for row in current if row["status"] == "actual" and _is_amount(held, row)]
    stated = {_quarter_key(row): row for row in _said_once([row for row in reported if is_quarter(row)])}
    known = grouped([row for row in vintages if row["status"] == "actual"], "entity_id", "metric_id", "unit", "period_start", "stated_by")
    found = {}
    for later in reported:
        earlier = [
            row
            for row in known[tuple(later[name] for name in ("entity_id", "metric_id", "unit", "period_start", "stated_by"))]
            if row["period_end"]
            and (later["period_end"] - row["period_end"]).days in QUARTER_DAYS
            and row["known_from"] <= later["stated_on"]
            and (row["known_until"] is None or later["stated_on"] < row["known_until"])
        ]
        if earlier and days(later) <= 380:
            before = min(earlier, key=lambda row: _headline(held, row))
            found[_quarter_key(later)] = _difference(before, later, flags)
    for key, row in stated.items():
        other = found.get(key)
        is_finer = other and other["amount"] is not None and _is_below(other["step"], row["printed_step"])
        if not (other and other["amount"] is not None and not is_point(row)) and not is_finer:
            found[key] = {
                "period_start": row["period_start"],
                "amount": row["lower"] if is_point(row) else None,
                "amount_source": "stated",
                "empty_reason": None if is_point(row) else "not_exact",
                "inputs": {f"figures_current:{row['figure_id']}"},
                "flags": flags[row["figure_id"]],
                "step": row["printed_step"],
            }
    return found


def _said_once(rows):
    """Two quarters of one series that end within a week are one quarter said twice: the first entered stands."""
    return [
        row
        for series in grouped(rows, "entity_id", "metric_id", "unit").values()
        for row in series
        if not any(other["figure_id"] < row["figure_id"] and abs(other["period_end"] - row["period_end"]) <= WEEK for other in series)
    ]


def _is_below(step, other):
    return step is not None and other is not None and step < other


def _is_amount(held, row):
    """A flow that can be added and subtracted: no stated growth, share or multiple."""
    return _is_flow(held, row) and held.metrics[row["metric_id"]]["base_metric_id"] is None


def _is_flow(held, row):
    return held.metrics[row["metric_id"]]["time_kind"] == "flow" and row["period_start"] is not None and row["period_end"] is not None


def _quarter_key(row):
    return row["entity_id"], row["metric_id"], row["unit"], row["period_end"]


def _difference(before, later, flags):
    is_exact = before["qualifier"] == later["qualifier"] == "exact"
    steps = [row["printed_step"] for row in (before, later)]
    return {
        "period_start": before["period_end"] + DAY,
        "amount": later["lower"] - before["lower"] if is_exact else None,
        "amount_source": "difference",
        "empty_reason": None if is_exact else "not_exact",
        "inputs": {f"figures:{row['figure_id']}" for row in (before, later)},
        "flags": flags[before["figure_id"]] | flags[later["figure_id"]],
        "step": max(steps) if None not in steps else None,
    }


def calendar_quarter(day):
    """(year, quarter) whose last day lies within a week of `day`, or None."""
    for year, (number, (month, last)) in product((day.year - 1, day.year), enumerate(((3, 31), (6, 30), (9, 30), (12, 31)), 1)):
        if abs(day - date(year, month, last)) <= WEEK:
            return year, number
    return None


def calendar_years(held, current, quarters, flags):
    """Rule 9, keyed by entity, metric, unit and year."""
    found = {}
    by_year = defaultdict(dict)
    for (entity, metric, unit, end), row in quarters.items():
        place = calendar_quarter(end)
        by_year[entity, metric, unit, place[0] if place else end.year][end] = row
    for key, rows in by_year.items():
        places = [calendar_quarter(end) for end in rows]
        amounts = [row["amount"] for row in rows.values()]
        is_aligned = None not in places
        usable = [place for place, amount in zip(places, amounts, strict=True) if place and amount is not None]
        is_full = len(usable) == len(set(usable)) == 4
        found[key] = {
            "amount": sum(row["amount"] for row in rows.values() if row["amount"] is not None) if is_full else None,
            "amount_source": "four_quarters",
            "empty_reason": None if is_full else "missing_quarters" if is_aligned else "quarters_do_not_align",
            "inputs": {f"quarters:{key[0]}/{key[1]}/{key[2]}/{end}" for end in rows},
            "flags": frozenset().union(*(row["flags"] for row in rows.values())),
        }
    for row in current:
        if row["status"] == "actual" and _is_amount(held, row) and _is_calendar_year(row) and is_point(row):
            found[row["entity_id"], row["metric_id"], row["unit"], row["period_end"].year] = {
                "amount": row["lower"],
                "amount_source": "stated",
                "empty_reason": None,
                "inputs": {f"figures_current:{row['figure_id']}"},
                "flags": flags[row["figure_id"]],
            }
    return found


def _is_calendar_year(row):
    year = row["period_end"].year
    return (row["period_start"], row["period_end"]) == (date(year, 1, 1), date(year, 12, 31))


def growth(held, current, flags):
    """Rule 6, keyed by figure, horizon and kind."""
    comparable = [
        row for row in current
        if row["period_end"] and not row["metric_id"].endswith("_unspecified") and held.metrics[row["metric_id"]]["base_metric_id"] is None
    ]  # fmt: skip
    found = {}
    for rows in grouped(comparable, "entity_id", "metric_id", "unit").values():
        for this, horizon in product(rows, ("qoq", "yoy", "3y", "5y")):
            bases = defaultdict(list)
            for before in rows:
                kind, off = _kind(this, before), _off(held, this, before, horizon)
                if kind and off is not None:
                    bases[kind].append((off, before["figure_id"], before))
            for kind, candidates in bases.items():
                found[this["figure_id"], horizon, kind] = _grown(held, this, min(candidates)[2], flags)
    return found


def _kind(this, before):
    """actual_on_actual and its like; None where the two are not compared: another house, or promises."""
    if this["status_family"] == "promised" or before["status_family"] == "promised":
        return None
    if before["status"] in ("estimate", "forecast") and this["stated_by"] != before["stated_by"]:
        return None
    if before["status_family"] == "realised":
        return f"{this['status'] if this['status_family'] == 'expected' else 'actual'}_on_actual"
    return "forecast_on_forecast" if this["status"] == before["status"] == "forecast" else None


def _off(held, this, before, horizon):
    """How far `before` ends from where the base of that horizon should end; None where it is no base."""
    is_stock = held.metrics[this["metric_id"]]["time_kind"] == "stock"
    if horizon == "qoq" and not is_stock:
        if not (this["period_start"] and before["period_start"] and is_quarter(this)):
            return None
        off = this["period_start"] - before["period_end"]
        is_base = DAY <= off <= WEEK
    else:
        wanted = months_before(this["period_end"], 3) if horizon == "qoq" else years_before(this["period_end"], YEARS[horizon])
        off = abs(before["period_end"] - wanted)
        is_base = off <= WEEK
    return off if is_base and _are_as_long(this, before) else None


def _are_as_long(this, before):
    """Within seven days; what has no first day is a day's reading."""
    this_days, before_days = (days(row) if row["period_start"] else 1 for row in (this, before))
    return abs(this_days - before_days) <= 7


def _grown(held, this, before, flags):
    is_broken = any(
        (row["entity_id"], row["metric_id"]) == (this["entity_id"], this["metric_id"])
        and row["next_metric_id"] in (None, row["metric_id"])
        and (before["period_start"] or before["period_end"]) < row["breaks_on"] <= this["period_end"]
        for row in held.breaks
    )
    lower = upper = None
    positive = before["lower"] is None or before["lower"] > 0
    if before["upper"] is not None and before["upper"] <= 0:
        positive = False
    if positive and not is_broken:
        lower, upper = _ratio(this, before)
    reason = "break" if is_broken else "base_not_positive" if not positive else "unbounded" if lower is None and upper is None else None
    both_points = is_point(this) and is_point(before) and not is_broken
    return {
        "base_figure_id": before["figure_id"],
        "growth_percent": rounded(lower, 4) if both_points and positive else None,
        "lower_percent": rounded(lower, 4),
        "upper_percent": rounded(upper, 4),
        "change": this["lower"] - before["lower"] if both_points else None,
        "empty_reason": reason,
        "inputs": {f"figures_current:{row['figure_id']}" for row in (this, before)},
        "flags": flags[this["figure_id"]] | flags[before["figure_id"]] | ({"break"} if is_broken else set()),
    }


def _ratio(this, before):
    """Bounds of (this / before - 1) * 100 on a base above zero: below zero the smaller base gives the lower end."""
    ends = []
    for bound, (above, below) in (("lower", ("upper", "lower")), ("upper", ("lower", "upper"))):
        value = this[bound]
        base = None if value is None else before[above if value >= 0 else below]
        ends.append(None if base is None else (value / base - 1) * 100)
    return ends


# Money: rules 7 and 8.


class Crosses:
    """Exchange rates through the euro, day by day and averaged, to twelve decimals each."""

    def __init__(self, rates):
        self.rates, self.pairs = rates, {}

    def pair(self, source, target):
        """(days, crosses, their running sums) of a pair, by day."""
        if (source, target) not in self.pairs:
            if source not in self.rates or target not in self.rates:
                return [], [], [Decimal(0)]
            shared = sorted(self.rates[source].keys() & self.rates[target].keys())
            values = [rounded(self.rates[target][day] / self.rates[source][day], 12) for day in shared]
            sums = [Decimal(0), *pd.Series(values, dtype=object).cumsum()] if values else [Decimal(0)]
            self.pairs[source, target] = shared, values, sums
        return self.pairs[source, target]

    def spot(self, source, target, day):
        """(rate, its day) of the last day with a rate, at most seven days old, or (None, None)."""
        shared, values, _ = self.pair(source, target)
        place = bisect_right(shared, day) - 1
        if place < 0 or day - shared[place] > WEEK:
            return None, None
        return values[place], shared[place]

    def mean(self, source, target, start, end):
        """Mean of the daily crosses of a period; None unless rates reach within a week of both its ends."""
        shared, _, sums = self.pair(source, target)
        first, last = bisect_left(shared, start), bisect_right(shared, end)
        if first == last or shared[first] - start > WEEK or end - shared[last - 1] > WEEK:
            return None
        return rounded((sums[last] - sums[first]) / (last - first), 12)


def amounts_of(held, crosses, flags):
    """Rules 7 and 8, keyed by figure, currency and method."""
    found = {}
    for row in held.figures.values():
        metric = held.metrics[row["metric_id"]]
        if held.units[row["unit"]]["measure"] != "money" or row["retired_on"] or (row["lower"] is None and row["upper"] is None):
            continue
        marks = flags[row["figure_id"]]
        for currency in ("USD", "CNY"):
            method, value = _converted(held, crosses, row, metric, currency)
            found[row["figure_id"], currency, method] = {**value, "flags": marks}
            if _is_ended_flow(held, row, metric) and 350 <= days(row) <= 380 and not metric["price_base_year"]:
                found[row["figure_id"], currency, "prices_2024"] = {**_at_2024_prices(held, crosses, row, currency), "flags": marks}
    return found


def _is_ended_flow(held, row, metric):
    return (
        metric["time_kind"] == "flow" and FAMILIES[row["status"]] == "realised"
        and row["period_start"] is not None and row["period_end"] is not None and row["period_end"] <= held.data_date
    )  # fmt: skip


def _converted(held, crosses, row, metric, currency):
    """(method, the amount) by rule 7."""
    source, inputs = row["unit"], {f"figures:{row['figure_id']}"}
    if source == currency:
        return "same_currency", _times(row, Decimal(1), None, None, inputs)
    span = None
    if _is_ended_flow(held, row, metric) and not metric["price_base_year"]:
        span = row["period_start"], row["period_end"]
    elif metric["time_kind"] == "stock" and FAMILIES[row["status"]] == "realised" and row["period_end"]:
        return _at_spot(crosses, row, currency, row["period_end"], inputs)
    elif row["stated_precision"] in ("month", "quarter", "year"):
        whole = pd.Period(row["stated_on"], {"month": "M", "quarter": "Q", "year": "Y"}[row["stated_precision"]])
        span = whole.start_time.date(), whole.end_time.date()
    if span is None:
        return _at_spot(crosses, row, currency, row["stated_on"], inputs)
    rate = crosses.mean(source, currency, *span)
    if rate is not None:
        inputs = inputs | {f"fx_average:{source}/{currency}/{span[0]}/{span[1]}"}
    return "period_mean", _times(row, rate, *span, inputs)


def _at_spot(crosses, row, currency, day, inputs):
    rate, rate_day = crosses.spot(row["unit"], currency, day)
    if rate is not None:
        inputs = inputs | {f"fx_rates:{rate_day}/{name}" for name in (row["unit"], currency) if name != "EUR"}
    return "spot", _times(row, rate, rate_day, rate_day, inputs)


def _times(row, rate, start, end, inputs, reason="no_rate"):
    lower, upper = (None if rate is None or row[name] is None else row[name] * rate for name in ("lower", "upper"))
    return {
        "lower_amount": rounded(lower, 0),
        "upper_amount": rounded(upper, 0),
        "applied_rate": rounded(rate, 12),
        "rate_start": start if rate is not None else None,
        "rate_end": end if rate is not None else None,
        "empty_reason": reason if rate is None else None,
        "inputs": inputs,
    }


def _at_2024_prices(held, crosses, row, currency):
    """Rule 8: deflated in its own currency by the prices of the year that holds most of its days, then at the mean rate of 2024."""
    start, end, source = row["period_start"], row["period_end"], row["unit"]
    year = max(
        range(start.year, end.year + 1),
        key=lambda year: min(end, date(year, 12, 31)).toordinal() - max(start, date(year, 1, 1)).toordinal(),
    )
    series = held.units[source]["price_series_id"]
    then, base = (held.prices.get((series, wanted)) for wanted in (year, 2024))
    inputs = {f"figures:{row['figure_id']}"}
    if then is None or base is None:
        return _times(row, None, None, None, inputs, "no_index")
    inputs |= {f"price_index:{series}/{year}", f"price_index:{series}/2024"}
    if source == currency:
        return _times(row, base / then, None, None, inputs) | {"applied_rate": Decimal(1)}
    span = date(2024, 1, 1), date(2024, 12, 31)
    rate = crosses.mean(source, currency, *span)
    if rate is None:
        return _times(row, None, None, None, inputs)
    inputs |= {f"fx_average:{source}/{currency}/{span[0]}/{span[1]}"}
    return _times(row, base / then * rate, *span, inputs) | {"applied_rate": rounded(rate, 12)}


# Guidance, groups and claims: rules 10, 11 and 13.


def guidance_outcome(held, vintages, flags):
    """Rule 13, keyed by guidance and first print."""
    quantity = ("entity_id", "unit", "period_start", "period_end", "metric_id")
    prints = grouped([row for row in vintages if row["status"] == "actual" and row["period_end"]], *quantity)
    other = defaultdict(set)
    for row in held.breaks:
        if row["next_metric_id"] and row["next_entity_id"] == row["entity_id"]:
            other[row["entity_id"], row["metric_id"]].add(row["next_metric_id"])
            other[row["entity_id"], row["next_metric_id"]].add(row["metric_id"])
    for one, two in product(held.headlines, held.headlines):
        if (one["entity_id"], one["purpose"]) == (two["entity_id"], two["purpose"]):
            other[one["entity_id"], one["metric_id"]].add(two["metric_id"])
    found = {}
    for guided in vintages:
        if guided["status"] != "guidance" or not _is_amount(held, guided) or (guided["lower"] is None and guided["upper"] is None):
            continue
        for metric in {guided["metric_id"]} | other[guided["entity_id"], guided["metric_id"]]:
            rows = prints.get((*(guided[name] for name in quantity[:4]), metric), [])
            if not rows:
                continue
            first = min(rows, key=lambda row: (row["stated_on"], row["figure_id"]))
            if is_point(first) and first["lower"] > 0:
                marks = (flags[guided["figure_id"]] | flags[first["figure_id"]]) - {"restated"}
                marks |= {"mixed_definitions"} if metric != guided["metric_id"] else set()
                found[guided["figure_id"], first["figure_id"]] = {**_scored(guided, first["lower"]), "flags": marks}
    return found


def _scored(guided, actual):
    low, high = guided["lower"], guided["upper"]
    error = position = None
    if low is None or high is None:
        is_met = (low is None or actual >= low) and (high is None or actual <= high)
        result = "met" if is_met else "missed"
    elif low == high:
        result, error = "point", (low / actual - 1) * 100
    else:
        result = "above" if actual > high else "below" if actual < low else "inside"
        error = {"above": (high / actual - 1) * 100, "below": (low / actual - 1) * 100, "inside": Decimal(0)}[result]
        position = (actual - low) / (high - low)
    return {
        "actual": actual,
        "error_percent": rounded(error, 4),
        "position": rounded(position, 4),
        "guidance_result": result,
        "horizon_days": (guided["period_end"] - guided["stated_on"]).days,
    }


def group_totals(held, current, years, amounts, crosses, flags):
    """Rule 10, keyed by group, basis, metric or purpose, family, year and unit."""
    values = _values_of_members(held, current, years, amounts, crosses, flags)
    found = {}
    groups = {row["to_id"] for row in held.relations if row["role"] == "member_of"}
    purposes = {row["purpose"] for row in held.headlines}
    metrics = {metric for _, metric, _, _ in values}
    all_years = {(family, year) for _, _, family, year in values}
    for group, (family, year) in product(sorted(groups), sorted(all_years)):
        last = date(year, 12, 31)
        members = sorted({r["from_id"] for r in held.relations if (r["role"], r["to_id"]) == ("member_of", group) and held_on(r, last)})
        bases = [
            ("one_definition", metric, {member: [metric] for member in members})
            for metric in metrics
            if held.metrics[metric]["adds_across_entities"] == "true" and not metric.endswith("unspecified")
        ]
        for purpose in purposes:
            spoken = {
                member: [h["metric_id"] for h in held.headlines
                         if (h["entity_id"], h["purpose"]) == (member, purpose) and held_on(h, last)]
                for member in members
            }  # fmt: skip
            bases.append(("headline", purpose, spoken))
        for basis, name, wanted in bases:
            rows = {member: [v for metric in wanted[member] for v in values.get((member, metric, family, year), [])] for member in members}
            if any(rows.values()):
                relations = {f"relations:{member}/member_of/{group}" for member in members}
                for unit, total in _totals(rows, name if basis == "headline" else None):
                    found[group, basis, name, family, year, unit] = total | {"inputs": total["inputs"] | relations}
    return found


def _values_of_members(held, current, years, amounts, crosses, flags):
    """{(entity, metric, family, year): values}, each with its bounds in its own currency and in dollars."""
    values = defaultdict(list)
    for (entity, metric, unit, year), row in years.items():
        if row["amount"] is not None and held.units[unit]["measure"] == "money":
            rate = Decimal(1) if unit == "USD" else crosses.mean(unit, "USD", date(year, 1, 1), date(year, 12, 31))
            dollars = None if rate is None else row["amount"] * rate
            bounds = row["amount"], row["amount"]
            values[entity, metric, "realised", year].append(
                {
                    "metric": metric, "unit": unit, "own": bounds, "usd": None if rate is None else (dollars, dollars), "flags": row["flags"],
                    "input": f"calendar_years:{entity}/{metric}/{unit}/{year}",
                    "rate_input": {f"fx_average:{unit}/USD/{year}-01-01/{year}-12-31"} if unit != "USD" and rate is not None else set(),
                }
            )  # fmt: skip
    for row in current:
        is_year = row["status_family"] == "expected" and _is_flow(held, row) and _is_calendar_year(row)
        if is_year and held.units[row["unit"]]["measure"] == "money" and (row["lower"] is not None or row["upper"] is not None):
            method = [m for m in ("same_currency", "spot", "period_mean") if (row["figure_id"], "USD", m) in amounts][0]
            amount = amounts[row["figure_id"], "USD", method]
            rate = amount["applied_rate"]
            dollars = None if rate is None else tuple(None if row[end] is None else row[end] * rate for end in ("lower", "upper"))
            values[row["entity_id"], row["metric_id"], "expected", row["period_end"].year].append(
                {
                    "metric": row["metric_id"], "unit": row["unit"], "own": (row["lower"], row["upper"]), "usd": dollars,
                    "flags": flags[row["figure_id"]], "input": f"figures_current:{row['figure_id']}",
                    "rate_input": {f"amounts:{row['figure_id']}/USD/{method}"} if method != "same_currency" else set(),
                }
            )  # fmt: skip
    return values


def _totals(rows, purpose):
    """(unit, the total) in dollars and, where all members say it in one other currency, in that."""
    # A member counts once, although it may speak in two currencies: dollars first.
    first = {member: sorted(values, key=lambda v: (v["unit"] != "USD", v["unit"], v["metric"]))[:1] for member, values in rows.items()}
    yield "USD", _total(first, purpose, "usd")
    units = {value["unit"] for values in first.values() for value in values}
    if len(units) == 1 and units != {"USD"}:
        yield units.pop(), _total(first, purpose, "own")


def _total(rows, purpose, kind):
    """The members' bounds of one kind added up; `purpose` is set where each speaks on its own definition."""
    held = {member: [v for v in values if v[kind] is not None] for member, values in rows.items()}
    inputs = {value["input"] for values in rows.values() for value in values}
    if kind == "usd":
        inputs = inputs.union(*(value["rate_input"] for values in rows.values() for value in values))
    if purpose:
        inputs |= {f"headline_metrics:{member}/{purpose}/{value['metric']}" for member, values in rows.items() for value in values}
    added = [value for values in held.values() for value in values]
    without_rate = any(values and not held[member] for member, values in rows.items())
    missing = sorted(member for member, values in held.items() if not values)
    lows, highs = [v[kind][0] for v in added], [v[kind][1] for v in added]
    low = rounded(sum(lows), 0) if added and None not in lows else None
    high = rounded(sum(highs), 0) if added and None not in highs else None
    exact = low if all(v[kind][0] is not None and v[kind][0] == v[kind][1] for v in added) else None
    metrics = sorted({value["metric"] for value in added})
    marks = frozenset().union(*(value["flags"] for value in added)) | ({"missing_members"} if missing else set())
    if len(metrics) > 1:
        marks |= {"mixed_definitions"}
    reason = "no_rate" if without_rate else "missing_members" if missing else "unbounded" if low is None and high is None else None
    return {
        "total": None if missing else exact,
        "lower_total": None if missing else low,
        "upper_total": None if missing else high,
        "partial_sum": exact,
        "lower_partial": low,
        "upper_partial": high,
        "members_held": " ".join(sorted(member for member, values in held.items() if values)) or None,
        "members_missing": " ".join(missing) or None,
        "metric_ids": " ".join(metrics) or None,
        "empty_reason": reason,
        "inputs": inputs,
        "flags": marks,
    }


class Interval(NamedTuple):
    """Both ends; None where open."""

    low: Decimal | None
    high: Decimal | None

    def lies_in(self, other):
        return (other.low is None or (self.low is not None and self.low >= other.low)) and (
            other.high is None or (self.high is not None and self.high <= other.high)
        )

    def meets(self, other):
        return not (
            (self.high is not None and other.low is not None and self.high < other.low)
            or (other.high is not None and self.low is not None and other.high < self.low)
        )


def stated_interval(row):
    """Rule 11: what a stated number stands for."""
    half = (row["printed_step"] or Decimal(0)) / 2
    if row["qualifier"] in ("exact", "about"):
        return Interval(row["lower"] - half, row["upper"] + half)
    if row["qualifier"] == "nearly":
        return Interval(*sorted((row["lower"] * Decimal("0.95"), row["lower"])))
    return Interval(row["lower"], row["upper"])


def claim_checks(held, crosses):
    """Rule 11, keyed by claim and basis."""
    claims = {claim["claim_id"]: claim for claim in held.claims}
    found = {}
    for (claim_id, basis), terms in grouped(held.terms, "claim_id", "basis").items():
        found[claim_id, basis] = _checked(held, crosses, claims[claim_id], sorted(terms, key=lambda term: term["term_no"]))
    for claim_id in claims:
        rows = [row for (name, _), row in found.items() if name == claim_id]
        reached = {row["verdict"] for row in rows} - {"not_verifiable"}
        marks = {"depends_on_definition"} if len(reached) > 1 else set()
        for row in rows:
            row["flags"] = frozenset(marks)
    return found


def _checked(held, crosses, claim, terms):
    kind, figure = claim["claim_kind"], held.figures.get(claim["figure_id"])
    stated = stated_interval(figure) if figure and kind != "other" else Interval(None, None)
    read = [_read(held, crosses, term, terms, figure) for term in terms]
    inputs = {f"claims:{claim['claim_id']}"}.union({f"figures:{figure['figure_id']}"} if figure else (), *(row["inputs"] for row in read))
    is_partial = any(row["plain"] is None for row in read)
    plain, wide = (None, None) if kind == "other" else (_recomputed(claim, read, held, width) for width in ("plain", "wide"))
    is_known = plain is not None and plain != Interval(None, None) and figure is not None
    is_said = figure is not None and stated != Interval(None, None)
    is_shown = is_known and not is_partial
    deviation = None
    if is_shown and figure and plain.low == plain.high and is_point(figure) and plain.low:
        deviation = (figure["lower"] / plain.low - 1) * 100
    return {
        "stated_lower": stated.low,
        "stated_upper": stated.high,
        "recomputed_lower": rounded(plain.low, 4) if is_shown else None,
        "recomputed_upper": rounded(plain.high, 4) if is_shown else None,
        "deviation_percent": rounded(deviation, 4),
        "verdict": _verdict(claim, figure, stated, plain, wide, is_partial) if is_known and is_said else "not_verifiable",
        "inputs": inputs,
    }


def _verdict(claim, figure, stated, plain, wide, is_partial):
    """Rule 11. Where terms are missing only what no value of theirs could change is decided."""
    said = Interval(figure["lower"], figure["upper"])
    if claim["relation"] == "equals":
        is_true, is_false, is_false_wide = plain.lies_in(stated), not plain.meets(stated), not wide.meets(stated)
        is_open = plain.low != plain.high
    elif claim["relation"] == "less":
        is_true, is_false, is_false_wide = _is_below(said.high, plain.low), _is_over(said.low, plain.high), _is_over(stated.low, wide.high)
        is_open = not is_false
    else:
        is_true, is_false, is_false_wide = _is_below(plain.high, said.low), _is_over(plain.low, said.high), _is_over(wide.low, stated.high)
        is_open = not is_false
    if is_true:
        return "consistent"
    if is_partial:
        return "inconsistent" if is_false_wide else "not_verifiable"
    if is_open and not is_false:
        return "possible"
    return "inconsistent" if is_false_wide else "consistent_within_rounding"


def _is_over(one, other):
    return one is not None and other is not None and one >= other


def _read(held, crosses, term, terms, figure):
    """A term's bounds, plain and widened by half a printed step, in the currency of the claim; None where there is no number.

    That is the currency of the stated number or, where a percentage or a multiple is stated, of the first term.
    """
    row = held.figures.get(term["figure_id"])
    found = {"role": term["term_role"], "plain": None, "wide": None, "inputs": {f"figures:{row['figure_id']}"} if row else set()}
    if row is None or (row["lower"] is None and row["upper"] is None):
        return found
    first = next(held.figures[other["figure_id"]]["unit"] for other in terms if other["figure_id"])
    wanted = figure["unit"] if figure and held.units[figure["unit"]]["measure"] == "money" else first
    rate = Decimal(1)
    if figure and row["unit"] != wanted and {held.units[row["unit"]]["measure"], held.units[wanted]["measure"]} == {"money"}:
        rate, day = crosses.spot(row["unit"], wanted, figure["stated_on"])
        if rate is None:
            return found
        found["inputs"] |= {f"fx_rates:{day}/{unit}" for unit in (row["unit"], wanted) if unit != "EUR"}
    half = (row["printed_step"] or Decimal(0)) / 2
    for width, by in (("plain", Decimal(0)), ("wide", half)):
        low, high = (None if row[end] is None else (row[end] + sign * by) * rate for end, sign in (("lower", -1), ("upper", 1)))
        found[width] = Interval(low, high)
    return found


def _recomputed(claim, read, held, width):
    """The interval that the terms give; None where they give none. Of missing addends it is known that they are not below zero."""
    kind = claim["claim_kind"]
    below = [row[width] for row in read if row["role"] in ("denominator", "earlier")]
    above = [row[width] for row in read if row["role"] not in ("denominator", "earlier")]
    if None in below + above and kind not in ("sum", "comparison", "ranking"):
        return None
    if kind == "ranking":
        return _largest(above)
    if kind not in ("growth", "cagr", "ratio", "share"):
        return _sum(above)
    ratio = _divided(_sum(above), _sum(below), width == "wide")
    if ratio is None or kind == "ratio":
        return ratio
    if kind == "share":
        return Interval(*(None if end is None else end * 100 for end in ratio))
    if kind == "cagr":
        ratio = _yearly(read, held, ratio)
    return None if ratio is None else Interval(*(None if end is None else (end - 1) * 100 for end in ratio))


def _largest(values):
    lows = [value.low for value in values if value and value.low is not None]
    highs = [value.high if value else None for value in values]
    return Interval(max(lows, default=None), None if None in highs else max(highs))


def _sum(values):
    if None in values:
        return Interval(sum((value.low or Decimal(0) for value in values if value), Decimal(0)), None)
    return Interval(*(None if None in ends else sum(ends) for ends in zip(*values, strict=True)))


def _divided(above, below, may_touch_zero):
    """Widest quotient; None on a divisor that may not be above zero. Below zero the smaller divisor gives the lower end.

    Where only rounding takes the divisor down to zero, the quotient is open on that side.
    """
    if below.high is not None and below.high <= 0 or below.low is not None and below.low <= 0 and not may_touch_zero:
        return None
    smallest = None if below.low is None or below.low <= 0 else below.low
    low_base = smallest if above.low is not None and above.low < 0 else below.high
    high_base = below.high if above.high is not None and above.high < 0 else smallest
    low = None if above.low is None or low_base is None else above.low / low_base
    high = None if above.high is None or high_base is None else above.high / high_base
    return Interval(low, high)


def _yearly(read, held, ratio):
    """The ratio of a year; from year's end to year's end the years are counted whole."""
    ends = {row["role"]: held.figures[name.partition(":")[2]]["period_end"]
            for row in read for name in row["inputs"] if name.startswith("figures:")}  # fmt: skip
    if None in ends.values() or ends["later"] <= ends["earlier"]:
        return None
    span = ends["later"] - ends["earlier"]
    whole = round(span.days / 365.25)
    years = Decimal(whole) if abs(span.days - whole * Decimal("365.25")) <= 7 else span.days / Decimal("365.25")
    return Interval(*(None if end is None or end < 0 else end ** (1 / years) for end in ratio))
