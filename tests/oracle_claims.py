"""The second computation of `guidance_outcome` and `claim_checks`: rules 11 and 13."""

from collections import defaultdict
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from oracle_rows import grouped, is_amount, is_below, is_over, is_point, rounded


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
        if guided["status"] != "guidance" or not is_amount(held, guided) or (guided["lower"] is None and guided["upper"] is None):
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
        is_true, is_false, is_false_wide = is_below(said.high, plain.low), is_over(said.low, plain.high), is_over(stated.low, wide.high)
        is_open = not is_false
    else:
        is_true, is_false, is_false_wide = is_below(plain.high, said.low), is_over(plain.low, said.high), is_over(wide.low, stated.high)
        is_open = not is_false
    if is_true:
        return "consistent"
    if is_partial:
        return "inconsistent" if is_false_wide else "not_verifiable"
    if is_open and not is_false:
        return "possible"
    return "inconsistent" if is_false_wide else "consistent_within_rounding"


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
