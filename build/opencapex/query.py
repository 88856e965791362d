"""`./run query "select ..."`: a question to the built tables, answered as a table for people, CSV or JSON for programs."""

import csv
import json
import shutil
import sys
from decimal import Decimal
from pathlib import Path

import duckdb

from opencapex.database import connect
from opencapex.models import sql_problem
from opencapex.problems import InputError, Problem

SHOWN = 1000  # rows of a table for people; CSV and JSON hold them all
WIDTH = 200  # of a table that goes into a file or a pipe


def query(path: Path, sql: str, form: str) -> None:
    """Prints the answer of the .duckdb at `path`, which is opened to be read only. Raises InputError."""
    with opened(path) as con:
        try:
            answer = con.sql(sql)
            if answer is not None:
                {"table": _table, "csv": _csv, "json": _json}[form](answer)
        except duckdb.Error as error:
            raise sql_problem(error, sql, "./run query") from None


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that only reads. Raises InputError where nothing has been built."""
    if not path.is_file():
        raise InputError([Problem(str(path), 0, "", "no such file", "where the built tables should be", "./run build")])
    return connect(str(path), read_only=True)


def _table(answer: duckdb.DuckDBPyRelation) -> None:
    names = ['"' + name.replace('"', '""') + '"' for name in answer.columns]
    # A decimal would be shown with all the zeros that its type adds.
    cells = [f"{name}::double as {name}" if kind.id == "decimal" else name for name, kind in zip(names, answer.types, strict=True)]
    wide = shutil.get_terminal_size((WIDTH, 0)).columns
    answer.project(", ".join(cells)).show(max_rows=SHOWN, max_width=wide)


def _csv(answer: duckdb.DuckDBPyRelation) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(answer.columns)
    out.writerows(map(_as_text, row) for row in answer.fetchall())


def _json(answer: duckdb.DuckDBPyRelation) -> None:
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]
    print(json.dumps(rows, ensure_ascii=False, indent=1, default=_as_json))


def _as_json(cell: object) -> int | float | str:
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    return str(cell)


def _as_text(cell: object) -> object:
    """A cell as the released CSV files have it: no zeros that a type adds, true and false in small letters."""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell else "0"
    return str(cell).lower() if isinstance(cell, bool) else cell
