"""The second computation of `quarters`, `calendar_years` and `growth`: rules 5, 6 and 9."""

from collections import defaultdict
from datetime import date
from itertools import product

from oracle_rows import (
    DAY,
    QUARTER_DAYS,
    WEEK,
    YEARS,
    days,
    grouped,
    is_amount,
    is_below,
    is_calendar_year,
    is_point,
    is_quarter,
    months_before,
    rounded,
    years_before,
)
from oracle_statements import headline


def quarters_of(held, vintages, current, flags):
    """Rule 5, keyed by entity, metric, unit and period_end."""
    reported = [row for row in current if row["status"] == "actual" and is_amount(held, row)]
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
            before = min(earlier, key=lambda row: headline(held, row))
            found[_quarter_key(later)] = _difference(before, later, flags)
    for key, row in stated.items():
        other = found.get(key)
        is_finer = other and other["amount"] is not None and is_below(other["step"], row["printed_step"])
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
        if row["status"] == "actual" and is_amount(held, row) and is_calendar_year(row) and is_point(row):
            found[row["entity_id"], row["metric_id"], row["unit"], row["period_end"].year] = {
                "amount": row["lower"],
                "amount_source": "stated",
                "empty_reason": None,
                "inputs": {f"figures_current:{row['figure_id']}"},
                "flags": flags[row["figure_id"]],
            }
    return found


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
