"""Corruption testing of the data: PYTHONPATH=build .venv/bin/python tests/corrupt.py [seed] spoils one figure of the real dataset at a time,
as a tired curator would, and counts what notices.

Each class of mistake is made 20 times in figures drawn by lot; the same seed (1) gives the same mistakes. A mistake is noticed where, against
the sound dataset, a rule of ./run check offends, two figures newly conflict or parts no longer add up, or a claim's verdict turns for the
worse; what none of these notices, the expectations (build/expectations.yaml) are asked about. Prints a line for each mistake that nothing
notices, then for each class how many were noticed, and by what, which it writes to build/measured/corruption.csv; takes some minutes.
"""

import random
import sys
from collections import Counter
from datetime import date, timedelta

from conftest import ROOT
from opencapex import models, pipeline, quality, rules
from opencapex.problems import InputError
from opencapex.shape import write_csv

EACH = 20
WITNESSES = ("rules", "conflicts and sums", "claims", "expectations")
# What is an alarm in the tables that hold figures against each other.
ALARMS = {
    "conflicts and sums": "select 'conflict', figure_id, other_figure_id, differs_in from conflicts union all "
    "select reconciliation_kind, figure_id, '', '' from reconciliations where reconciliation_result = 'differs'",
    "claims": "select claim_id, basis, verdict from claim_checks where verdict in ('inconsistent', 'not_verifiable')",
}


def shifted_decimal(row, lot, others):
    if row["lower"] or row["upper"]:
        factor = lot.choice([10, 1 / 10])
        return {name: None if row[name] is None else int(float(row[name]) * factor) for name in ("lower", "upper", "printed_step")}


def swapped_bounds(row, lot, others):
    if row["lower"] != row["upper"]:
        return {"lower": row["upper"], "upper": row["lower"]}


def moved_period(row, lot, others):
    if row["period_end"]:
        years = lot.choice([-1, 1])
        return {name: day and _moved(day, years) for name in ("period_start", "period_end") for day in [row[name]]}


def swapped_entity(row, lot, others):
    """Another entity for which the same is measured; it speaks for itself as the first one did."""
    entities = sorted({other["entity_id"] for other in others if other["metric_id"] == row["metric_id"]} - {row["entity_id"]})
    if entities:
        entity = lot.choice(entities)
        return {"entity_id": entity} | ({"stated_by": entity} if row["stated_by"] == row["entity_id"] else {})


def changed_currency(row, lot, others):
    if row["measure"] == "money":
        return {"unit": lot.choice(sorted({"USD", "CNY", "EUR", "HKD", "KRW"} - {row["unit"]}))}


def changed_sign(row, lot, others):
    if row["lower"] or row["upper"]:
        return {"lower": row["upper"] and -row["upper"], "upper": row["lower"] and -row["lower"]}


def moved_day(row, lot, others):
    return {"stated_on": row["stated_on"] + timedelta(days=lot.choice([-1, 1]) * lot.randint(1, 365))}


def swapped_source(row, lot, others):
    """Another source in which figures of this entity stand."""
    sources = sorted({other["source_id"] for other in others if other["entity_id"] == row["entity_id"]} - {row["source_id"]})
    if sources:
        return {"source_id": lot.choice(sources)}


def changed_unit(row, lot, others):
    if row["measure"] != "money":
        return {"unit": lot.choice(sorted({other["unit"] for other in others if other["measure"] != "money"} - {row["unit"]}))}


def changed_status(row, lot, others):
    return {"status": lot.choice(sorted({other["status"] for other in others} - {row["status"]}))}


def changed_qualifier(row, lot, others):
    return {"qualifier": lot.choice(sorted({other["qualifier"] for other in others} - {row["qualifier"]}))}


CLASSES = (
    shifted_decimal, swapped_bounds, moved_period, swapped_entity, changed_currency, changed_sign, moved_day, swapped_source, changed_unit,
    changed_status, changed_qualifier,
)  # fmt: skip


def _moved(day, years):
    return date(day.year + years, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


class Dataset:
    """The real dataset and what it says of itself, ready for a mistake."""

    def __init__(self):
        self.tables, self.con = pipeline.build(ROOT)
        # A figure being entered was never released, so that what guards released ones is not asked.
        self.rules = [rule for rule in rules.load_rules(ROOT) if not rule.name.startswith("released_")]
        order = models.build_order(self.tables)
        spoilt = {"figures"}
        for name in order:  # what reads figures, be it through others
            if models.tables_read(self.tables[name].query, name) & spoilt:
                spoilt.add(name)
        self.rebuilt = [name for name in order if name in spoilt]
        wanted = rules.models_wanted(self.rules, self.tables) | {"conflicts", "reconciliations", "claim_checks"}
        self.asked_first = [name for name in models.build_order(self.tables, wanted) if name in spoilt]
        self.sound = self.alarms()
        rows = self.con.execute(
            "select figures.*, metrics.measure from figures join metrics using (metric_id) where retired_on is null order by figure_id"
        )
        names = [column[0] for column in rows.description]
        self.figures = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
        self.con.execute("create table kept as from figures")

    def rebuild(self, names):
        for name in names:
            self.con.execute(f"create or replace table {name} as {self.tables[name].query}")

    def alarms(self):
        """{witness: what it says}, rules by their name, figure and field."""
        said = {witness: set(self.con.execute(query).fetchall()) for witness, query in ALARMS.items()}
        return {"rules": {str(problem) for problem in rules.offences(self.rules, self.tables, self.con)}} | said

    def witnesses(self, figure_id, change):
        """Which of WITNESSES notice a change of a figure, and what they say that they did not say before."""
        sets = ", ".join(f'"{name}" = ?' for name in change)
        self.con.execute(f"update figures set {sets} where figure_id = ?", [*change.values(), figure_id])
        try:
            self.rebuild(self.asked_first)
            new = {witness: said - self.sound[witness] for witness, said in self.alarms().items()}
            if not any(new.values()):
                self.rebuild(name for name in self.rebuilt if name not in self.asked_first)
                new["expectations"] = self.unexpected()
            return {witness: said for witness, said in new.items() if said}
        finally:
            self.con.execute("delete from figures")
            self.con.execute("insert into figures from kept")

    def unexpected(self):
        try:
            quality.examine(ROOT, self.con)
        except InputError as error:
            return {str(problem) for problem in error.problems}
        return set()


def rule_of(problem):
    return problem.rsplit("(rule ", 1)[-1].rstrip(")") if "(rule " in problem else "exceptions"


def main(seed):
    dataset = Dataset()
    lines, measured = [], []
    for spoil in CLASSES:
        lot = random.Random(f"{seed} {spoil.__name__}")
        candidates = lot.sample(dataset.figures, len(dataset.figures))
        mistakes = ((row["figure_id"], change) for row in candidates if (change := spoil(row, lot, dataset.figures)))
        noticed, by, named = 0, Counter(), Counter()
        for _, (figure_id, change) in zip(range(EACH), mistakes, strict=False):
            found = dataset.witnesses(figure_id, change)
            noticed += bool(found)
            by.update(found.keys())
            named.update({rule_of(problem) for problem in found.get("rules", ())})
            if not found:
                print(f"{figure_id}: {', '.join(f'{name} -> {value}' for name, value in change.items())}", flush=True)
        witnesses = ", ".join(f"{witness} {by[witness]}" for witness in WITNESSES if by[witness])
        most = ", ".join(f"{name} {number}" for name, number in sorted(named.items(), key=lambda item: (-item[1], item[0]))[:4])
        lines.append(f"{spoil.__name__:<18} {noticed:>2} of {EACH} noticed: {witnesses} ({most})")
        print(lines[-1], flush=True)
        measured.append([spoil.__name__, EACH, noticed, *(by[witness] for witness in WITNESSES)])
    print("", f"seed {seed}", *lines, sep="\n")
    columns = ["mistake", "made", "noticed", *(f"by_{witness.replace(' ', '_')}" for witness in WITNESSES)]
    (ROOT / "build/measured/corruption.csv").write_text(write_csv([columns, *measured]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "1")
