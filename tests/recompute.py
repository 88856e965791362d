"""Recomputes derived rows from the CSV files of a release alone, with what a pocket calculator can do.

    python tests/recompute.py dist --random 20 --seed 1

It needs nothing but Python: no database, no code of the project. A row says in `inputs` which rows it rests on; those are
looked up, the sum is done, and the result is held against what was published. The rows are those that
`./run explain <table> --random 20 --seed 1` draws, of the tables that can be done by hand.
"""

import argparse
import csv
import hashlib
import json
import sys
from decimal import ROUND_HALF_UP, Decimal, getcontext
from functools import cache
from pathlib import Path

getcontext().prec = 50


class Release:
    """The tables of a folder, read when asked for: {key as inputs write it: row of texts, an empty one where empty}."""

    def __init__(self, folder):
        self.folder = Path(folder)
        package = json.loads((self.folder / "datapackage.json").read_text(encoding="utf-8"))
        self.keys = {table["name"]: table["schema"]["primaryKey"] for table in package["resources"]}
        self.table = cache(self._table)

    def _table(self, name):
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return {"/".join(row[column] for column in self.keys[name]): row for row in csv.DictReader(file)}

    def inputs(self, row):
        """{table: the rows of it that a row rests on}"""
        found = {}
        for entry in row["inputs"].split():
            name, _, key = entry.partition(":")
            found.setdefault(name, []).append(self.table(name)[key])
        return found


def number(text):
    return Decimal(text) if text else None


def rounded(value, decimals):
    """Half up."""
    return None if value is None else value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def times(value, factor):
    return None if value is None or factor is None else value * factor


def amounts(release, row):
    """What was stated, times a rate: of the day through the euro, the mean of a period, or prices and the mean of 2024."""
    inputs = release.inputs(row)
    stated = inputs["figures"][0]
    rate = Decimal(1)
    if row["empty_reason"]:
        rate = None
    elif "fx_average" in inputs:
        rate = number(inputs["fx_average"][0]["rate"])
    elif "fx_rates" in inputs:
        per_euro = {line["currency"]: number(line["units_per_eur"]) for line in inputs["fx_rates"]} | {"EUR": Decimal(1)}
        rate = rounded(per_euro[row["currency"]] / per_euro[stated["unit"]], 12)
    prices = {line["year"]: number(line["index_value"]) for line in inputs.get("price_index", [])}
    base = prices.pop("2024", None)
    inflation = base / next(iter(prices.values()), base) if base else Decimal(1)
    return {
        "applied_rate": rate,
        "lower_amount": rounded(times(times(number(stated["lower"]), inflation), rate), 0),
        "upper_amount": rounded(times(times(number(stated["upper"]), inflation), rate), 0),
    }


def growth(release, row):
    """(this / before - 1) * 100, each end by the end of the base that takes it furthest."""
    both = {line["figure_id"]: line for line in release.inputs(row)["figures_current"]}
    this, before = both[row["figure_id"]], both[row["base_figure_id"]]
    low, high, base_low, base_high = (number(line[end]) for line in (this, before) for end in ("lower", "upper"))
    is_point = None not in (low, base_low) and low == high and base_low == base_high
    lower = upper = None
    if row["empty_reason"] not in ("break", "base_not_positive"):
        base_of_low, base_of_high = base_high if low is None or low >= 0 else base_low, base_low if high is None or high >= 0 else base_high
        lower = None if None in (low, base_of_low) else (low / base_of_low - 1) * 100
        upper = None if None in (high, base_of_high) else (high / base_of_high - 1) * 100
    return {
        "growth_percent": rounded(lower, 4) if is_point else None,
        "lower_percent": rounded(lower, 4),
        "upper_percent": rounded(upper, 4),
        "change": low - base_low if is_point and row["empty_reason"] != "break" else None,
    }


def quarters(release, row):
    """As stated, or the longer print less the shorter."""
    inputs = release.inputs(row)
    if row["empty_reason"]:
        return {"amount": None}
    if row["amount_source"] == "stated":
        return {"amount": number(inputs["figures_current"][0]["lower"])}
    shorter, longer = sorted(inputs["figures"], key=lambda line: line["period_end"])
    return {"amount": number(longer["lower"]) - number(shorter["lower"])}


def calendar_years(release, row):
    """As stated, or four quarters added."""
    inputs = release.inputs(row)
    if row["empty_reason"]:
        return {"amount": None}
    if row["amount_source"] == "stated":
        return {"amount": number(inputs["figures_current"][0]["lower"])}
    return {"amount": sum(number(line["amount"]) for line in inputs["quarters"] if line["amount"])}


def intensity(release, row):
    """Capital expenditure over the other figure, in percent."""
    families = {line["metric_id"]: line["family"] for line in release.table("metrics").values()}
    spent, divisor = sorted(release.inputs(row)["figures_current"], key=lambda line: families[line["metric_id"]] != "capex")
    return {"share_percent": rounded(number(spent["lower"]) / number(divisor["lower"]) * 100, 4)}


TABLES = {"amounts": amounts, "calendar_years": calendar_years, "growth": growth, "intensity": intensity, "quarters": quarters}


def draw(release, table, count, seed):
    """The keys of the rows of a table that are drawn by a seed."""
    keys = [key for key, row in release.table(table).items() if row["inputs"]]
    return sorted(keys, key=lambda key: hashlib.md5(f"{seed}/{table}/{key}".encode()).hexdigest())[:count]


def compare(release, table, key):
    """[(column, published, recomputed)] of a row."""
    row = release.table(table)[key]
    return [(column, number(row[column]), value) for column, value in TABLES[table](release, row).items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="where the CSV files and datapackage.json stand, such as dist")
    parser.add_argument("--random", type=int, default=20, metavar="N", help="rows of each table (20)")
    parser.add_argument("--seed", default="1")
    arguments = parser.parse_args()
    release = Release(arguments.folder)
    differing = 0
    for table in TABLES:
        for key in draw(release, table, arguments.random, arguments.seed):
            for column, published, recomputed in compare(release, table, key):
                differing += published != recomputed
                verdict = "agrees" if published == recomputed else f"DIFFERS: recomputed {recomputed}"
                print(f"{table}:{key} {column} {'empty' if published is None else published} {verdict}")
    print(f"{differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
