"""The second computation of `amounts` and `group_totals`: rules 7, 8 and 10."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import product

import pandas as pd
from oracle_rows import FAMILIES, WEEK, days, held_on, is_calendar_year, is_flow, rounded


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
        is_year = row["status_family"] == "expected" and is_flow(held, row) and is_calendar_year(row)
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
