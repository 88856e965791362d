"""The steps that every verb is made of: load the schemas, check the rows, build the tables."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from opencapex import archives, database, models, rules, schemas, shape
from opencapex.problems import InputError, Problem, read_text
from opencapex.schemas import Table

# Takes out of the curated tables what was not yet known on a day.
KNOWN_ON = "build/known_on.sql"
# What every table that can be had as of a day rests on, and what nobody dates: such a table is as it is today.
DATED = {"figures", "fx_rates"}
UNDATED = {"claim_terms", "coverage_scope", "gaps", "verifications"}


class Package(NamedTuple):
    """The checked package: its tables and a DuckDB connection that holds their rows."""

    tables: dict[str, Table]
    con: duckdb.DuckDBPyConnection


def check(root: Path) -> Package:
    """The curated tables, checked: shape first, then the rules across rows with the models that a rule reads.

    Raises InputError with every problem found; the rules are asked once the shape is right.
    """
    return _checked(root, build_all=False)


def build(root: Path, pending: str | None = None) -> Package:
    """The curated tables, checked, and every derived table; `pending` is a version about to be released. Raises InputError."""
    return _checked(root, build_all=True, pending=pending)


def known_on(root: Path, day: date, name: str) -> Package:
    """The table `name` computed from nothing but what the world knew on a day; of the tables only those that it reads are there.

    Raises InputError, also where the table rests on rows that have no day.
    """
    tables, con = _loaded(root, with_history=False)
    dated = sorted(other for other in tables if _is_dated(models.all_read(tables, other)))
    if name not in dated:
        raise InputError([Problem("as_of", 0, "table", name, "is no table, or rests on rows without a day",
                                  f"leave as_of out, or name one of {', '.join(dated)}")])  # fmt: skip
    con.execute("set variable day = ?", [day])
    models.run_sql(con, read_text(root / KNOWN_ON, KNOWN_ON), KNOWN_ON)
    models.build(tables, con, only=[name])
    return Package(tables, con)


def _is_dated(reads: set[str]) -> bool:
    return bool(reads & DATED) and not reads & UNDATED


def _checked(root: Path, build_all: bool, pending: str | None = None) -> Package:
    all_rules = rules.load_rules(root)
    tables, con = _loaded(root, with_history=build_all)
    if pending:
        archives.add_pending(pending, tables, con)
    models.build(tables, con, only=None if build_all else rules.models_wanted(all_rules, tables))
    problems = rules.offences(all_rules, tables, con)
    if problems:
        raise InputError(problems)
    return Package(tables, con)


def _loaded(root: Path, with_history: bool) -> Package:
    """The curated tables and the archives, their shape checked. Raises InputError."""
    tables = schemas.load(root)
    con = database.connect()
    curated = {name: table for name, table in tables.items() if table.path}
    problems = shape.check_shape(root, curated, con) + archives.check_frozen(root)
    if problems:
        raise InputError(problems)
    shape.load_curated(curated, con)
    archives.load_archives(root, tables, con, with_history)
    return Package(tables, con)
