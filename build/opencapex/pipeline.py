"""The steps that every verb is made of: load the schemas, check the rows, build the tables."""

from pathlib import Path
from typing import NamedTuple

import duckdb

from opencapex import archives, models, rules, schemas, shape
from opencapex.problems import InputError
from opencapex.schemas import Table


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


def _checked(root: Path, build_all: bool, pending: str | None = None) -> Package:
    tables = schemas.load(root)
    all_rules = rules.load_rules(root)
    con = models.connect()
    curated = {name: table for name, table in tables.items() if table.path}
    problems = shape.check_shape(root, curated, con) + archives.check_frozen(root)
    if problems:
        raise InputError(problems)
    shape.load_curated(curated, con)
    archives.load_archives(root, tables, con, with_history=build_all)
    if pending:
        archives.add_pending(pending, tables, con)
    models.build(tables, con, only=None if build_all else rules.models_wanted(all_rules, tables))
    problems = rules.offences(all_rules, tables, con)
    if problems:
        raise InputError(problems)
    return Package(tables, con)
