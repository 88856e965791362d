"""Truth across rows: each build/checks/<rule>.sql returns the rows that offend it.

A rule begins with a comment: its message, the same in Chinese (`-- zh: ...`), then a line `-- Fix: ...`. It returns table_name, row_key (parts of
the primary key joined by /), field, found and expected; the line of the file is looked up from the key.
Failures listed in exceptions.csv are accepted; an exception that no longer fails is itself a problem.
"""

import re
from pathlib import Path
from typing import NamedTuple

import duckdb

from opencapex.database import side_by_side
from opencapex.models import run_sql, tables_read
from opencapex.problems import InputError, Problem, read_text, shown
from opencapex.schemas import Table

COLUMNS = ["table_name", "row_key", "field", "found", "expected"]


class Rule(NamedTuple):
    """One rule: its name, what it says in both languages, how an offence is mended, and the query that returns offenders."""

    name: str
    message: str
    message_zh: str
    fix: str
    query: str
    file: str


def load_rules(root: Path) -> list[Rule]:
    """Every rule by name. Raises InputError when one lacks its opening comment."""
    rules, problems = [], []
    for path in sorted((root / "build/checks").glob("*.sql")):
        file = path.relative_to(root).as_posix()
        text = read_text(path, file)
        opening = re.match(r"-- (?P<message>[^\n]+)\n-- zh: (?P<zh>[^\n]+)\n(?:-- (?!Fix: )[^\n]+\n)*-- Fix: (?P<fix>[^\n]+)\n", text)
        if not opening:
            problems.append(Problem(file, 1, "", "no opening comment", "where the rule should say what it forbids",
                                    "begin with -- <message>, -- zh: <message in Chinese>, -- Fix: <how to mend it>"))  # fmt: skip
            continue
        rules.append(Rule(path.stem, opening["message"], opening["zh"], opening["fix"], text, file))
    if problems:
        raise InputError(problems)
    return rules


def models_wanted(rules: list[Rule], tables: dict[str, Table]) -> set[str]:
    """The derived tables that the rules read."""
    models = {name for name, table in tables.items() if table.query}
    naming_a_model = [rule for rule in rules if any(name in rule.query for name in models)]
    return models & {name for rule in naming_a_model for name in tables_read(rule.query, rule.file)}


def offences(rules: list[Rule], tables: dict[str, Table], con: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Every offence against the rules that is not an accepted exception, and every exception without an offence."""
    accepted = {(rule, key): line for line, rule, key in
                con.execute("select line, rule, row_key from text.exceptions").fetchall()}  # fmt: skip
    lines: dict[str, dict[str, int]] = {}
    problems = []
    for rule, offenders in zip(rules, side_by_side(con, lambda rule, con: _rows(rule, tables, con), rules), strict=True):
        for table_name, key, field, found, expected in offenders:
            if accepted.pop((rule.name, key), None) is None:
                if table_name not in lines:
                    lines[table_name] = _lines(tables[table_name], con)
                line = lines[table_name].get(key, 0)
                found = shown(_without_zeros(found)) if found is not None else "empty"
                problems.append(Problem(tables[table_name].path, line, field, found, _without_zeros(expected),
                                        f"{rule.fix} (rule {rule.name})"))  # fmt: skip
    names = {rule.name for rule in rules}
    for (rule_name, key), line in accepted.items():
        why = "no longer fails" if rule_name in names else "names no rule"
        problems.append(Problem(tables["exceptions"].path, line, "rule", f"{rule_name} on {key}", why, "remove the exception"))
    return problems


def _without_zeros(text: str) -> str:
    """Decimals as they stand in the files: 6.9 and not 6.900000."""
    return re.sub(r"\b(\d+)(?:\.0+|(\.\d*?[1-9])0+)\b", r"\1\2", text)


def _rows(rule: Rule, tables: dict[str, Table], con: duckdb.DuckDBPyConnection) -> list[tuple]:
    returned = [(row[0], row[1]) for row in run_sql(con, f"describe {rule.query}", rule.file)]
    if returned != [(column, "VARCHAR") for column in COLUMNS]:
        found = ", ".join(name if kind == "VARCHAR" else f"{name} as {kind}" for name, kind in returned)
        raise InputError([Problem(rule.file, 1, "", f"the SELECT returns {found}", f"where a rule returns {', '.join(COLUMNS)}, all of them text",
                                  "name the columns so and cast them to varchar")])  # fmt: skip
    rows = run_sql(con, rule.query, rule.file)
    for row in rows:
        if row[0] not in tables or not tables[row[0]].path:
            raise InputError(
                [Problem(rule.file, 1, "table_name", shown(row[0]), "is not a curated table", "name the table whose row offends")]
            )
    return rows


def _lines(table: Table, con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    key = ", ".join(f'"{c}"' for c in table.primary_key)
    return dict(con.execute(f"select concat_ws('/', {key}), line from text.{table.name}").fetchall())
