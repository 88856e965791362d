"""Second opinions: frictionless on the packages, Great Expectations on the derived tables.

build/expectations.yaml says what is expected of which table; the result feeds the data-quality page. Both
libraries take seconds to import, so only this module imports them and `check` never does.
"""

import os
from pathlib import Path
from typing import NamedTuple

import duckdb
import yaml

from opencapex.problems import InputError, Problem, read_text

FILE = "build/expectations.yaml"


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
            Problem(f"{descriptor.parent.name}/{task.name}", row or 0, field or "", note, "is what frictionless says", "mend it, and our own check")
            for task in report.tasks
            for row, field, note in task.flatten(["rowNumber", "fieldName", "note"])
        )


def expectations(root: Path) -> list[dict]:
    """The declared expectations: table, where (optional), expectation, arguments, says, says_zh."""
    try:
        return yaml.safe_load(read_text(root / FILE, FILE))
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 1
        raise InputError([Problem(FILE, line, "", error.problem or "broken YAML", "where YAML should go on", "mend it")]) from None


def examine(root: Path, con: duckdb.DuckDBPyConnection) -> list[Result]:
    """Runs every expectation. Raises InputError naming those that do not hold."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("built")
    results, problems = [], []
    for number, declared in enumerate(expectations(root)):
        table = declared["table"]
        frame = con.execute(f"from {table} where {declared.get('where', 'true')}").df()
        batch = source.add_dataframe_asset(f"{table} {number}").add_batch_definition_whole_dataframe("all")
        suite = context.suites.add(gx.ExpectationSuite(f"{table} {number}"))
        suite.add_expectation(getattr(gx.expectations, declared["expectation"])(**declared["arguments"]))
        validation = gx.ValidationDefinition(name=f"{table} {number}", data=batch, suite=suite)
        outcome = context.validation_definitions.add(validation).run(batch_parameters={"dataframe": frame}).results[0]
        found = outcome.result
        unexpected = found.get("unexpected_count") or (0 if outcome.success else 1)
        results.append(Result(table, declared["says"], declared["says_zh"], len(frame), unexpected, bool(outcome.success)))
        if not outcome.success:
            examples = ", ".join(map(str, found.get("partial_unexpected_list", [])[:5])) or str(found.get("observed_value"))
            problems.append(Problem(FILE, 0, table, f"{unexpected} of {len(frame)} rows ({examples})",
                                    f"are not as expected: {declared['says']}",
                                    "read the figures behind them again, or mend the model"))  # fmt: skip
    if problems:
        raise InputError(problems)
    return results
