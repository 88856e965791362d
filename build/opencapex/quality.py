"""Second opinions: frictionless on the packages, Great Expectations on the derived tables.

build/expectations.yaml says what is expected of which table; the result feeds the data-quality page. Both
libraries take seconds to import, so only this module imports them and `check` never does.
"""

import os
from pathlib import Path
from typing import NamedTuple

import duckdb

from opencapex import keys
from opencapex.lines import load_yaml
from opencapex.problems import InputError, Problem, read_text, shown

FILE = "build/expectations.yaml"
KEYS = {
    "table": keys.TEXT,
    "where": keys.TEXT,
    "expectation": keys.TEXT,
    "arguments": keys.MAPPING,
    "says": keys.TEXT,
    "says_zh": keys.TEXT,
}


class Result(NamedTuple):
    """One expectation: what was looked at, how many rows, and whether it held."""

    table: str
    says: str
    says_zh: str
    rows: int
    unexpected: int
    holds: bool


def second_opinion(descriptor: Path) -> None:
    """Raises InputError where frictionless finds a package invalid that our own checks let pass."""
    from frictionless import FrictionlessException, Package

    try:
        report = Package(str(descriptor)).validate()
    except FrictionlessException as error:
        raise InputError([Problem(descriptor.name, 0, "", error.error.note, "is what frictionless says", "mend the descriptor")]) from None
    if not report.valid:
        raise InputError(
            Problem(
                f"{descriptor.parent.name}/{task.name}",
                row or 0,
                field or "",
                note,
                "is what frictionless says",
                "mend it, and our own check",
            )
            for task in report.tasks
            for row, field, note in task.flatten(["rowNumber", "fieldName", "note"])
        )


def expectations(root: Path) -> list[dict]:
    """The declared expectations: table, where (optional), expectation, arguments, says, says_zh. Raises InputError."""
    declared = load_yaml(read_text(root / FILE, FILE), FILE)
    check = keys.Checker(FILE)
    if not keys.KINDS[keys.MAPPINGS](declared):
        check.complain(1, "", "no list", "of expectations", "begin each with - table:")
        declared = []
    for entry in declared:
        check.only(entry, KEYS, entry["__line__"], required=KEYS.keys() - {"where"})
    if check.problems:
        raise InputError(check.problems)
    return declared


def examine(root: Path, con: duckdb.DuckDBPyConnection) -> list[Result]:
    """Runs every expectation. Raises InputError naming those that do not hold."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations as gx

    declared_expectations = expectations(root)
    _refuse_unknown(declared_expectations, con, gx.expectations)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("built")
    results, problems = [], []
    for number, declared in enumerate(declared_expectations):
        table, line = declared["table"], declared["__line__"]
        rows = f"from {table} where {declared.get('where', 'true')}"
        try:
            frame = con.execute(rows).df()
        except duckdb.Error as error:
            problems.append(Problem(FILE, line, "where", str(error).split("\n")[0], "is what DuckDB says", "mend the condition"))
            continue
        batch = source.add_dataframe_asset(f"{table} {number}").add_batch_definition_whole_dataframe("all")
        suite = context.suites.add(gx.ExpectationSuite(f"{table} {number}"))
        arguments = {key: value for key, value in declared["arguments"].items() if key != "__line__"}
        try:
            suite.add_expectation(getattr(gx.expectations, declared["expectation"])(**arguments))
        except (TypeError, ValueError) as error:  # pydantic's refusals are ValueErrors
            said = " ".join(str(error).split("\n")[1:]) or str(error)
            problems.append(Problem(FILE, line, "arguments", said, "is what Great Expectations says", "give the arguments that it takes"))
            continue
        validation = gx.ValidationDefinition(name=f"{table} {number}", data=batch, suite=suite)
        outcome = context.validation_definitions.add(validation).run(batch_parameters={"dataframe": frame}).results[0]
        found = outcome.result
        unexpected = found.get("unexpected_count") or (0 if outcome.success else 1)
        results.append(Result(table, declared["says"], declared["says_zh"], len(frame), unexpected, bool(outcome.success)))
        if frame.empty:
            problems.append(Problem(FILE, line, table, "no rows", "where an expectation needs some to hold of", "restore the rows"))
        elif not outcome.success:
            examples = ", ".join(map(str, found.get("partial_unexpected_list", [])[:5])) or str(found.get("observed_value"))
            problems.append(Problem(FILE, line, table, f"{unexpected} of {len(frame)} rows ({examples})",
                                    f"are not as expected: {declared['says']}",
                                    "read the figures behind them again, or mend the model"))  # fmt: skip
    if problems:
        raise InputError(problems)
    return results


def _refuse_unknown(declared: list[dict], con: duckdb.DuckDBPyConnection, known: object) -> None:
    """Raises InputError where an entry names a table, a column or an expectation that does not exist."""
    columns: dict[str, set[str]] = {}
    for table, column in con.execute("select table_name, column_name from duckdb_columns() where schema_name = 'main'").fetchall():
        columns.setdefault(table, set()).add(column)
    problems = []
    for entry in declared:
        if entry["table"] not in columns:
            problems.append(Problem(FILE, entry["__line__"], "table", shown(entry["table"]), "is not a table", "correct its name"))
            continue
        if not hasattr(known, entry["expectation"]):
            problems.append(Problem(FILE, entry["__line__"], "expectation", shown(entry["expectation"]), "is not known to Great Expectations",
                                    "correct its name"))  # fmt: skip
        for key in ("column", "column_A", "column_B"):
            if key in entry["arguments"] and entry["arguments"][key] not in columns[entry["table"]]:
                problems.append(Problem(FILE, entry["__line__"], key, shown(entry["arguments"][key]), f"is not a column of {entry['table']}",
                                        "correct its name"))  # fmt: skip
    if problems:
        raise InputError(problems)
