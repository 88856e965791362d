"""Builds the derived tables: each model is one SELECT under the schema that makes its table.

The order comes from the SQL itself (which tables a SELECT reads). The table is created from the schema and
the query's columns and types must be the schema's, so that the two cannot drift apart.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

import duckdb

from opencapex.archives import ARCHIVE_TABLES
from opencapex.database import connect
from opencapex.problems import InputError, Problem, shown
from opencapex.schemas import Table
from opencapex.shape import create_table

# Functions that read files, folders or other databases, and files named in the place of a table.
REACHES_OUTSIDE = re.compile(
    r"\b(?:read_\w+|parquet_\w+|glob|sniff_csv|query|query_table|\w+_scan)\s*\(|\b(?:from|join)\s+'[^']*'", re.IGNORECASE
)


def build(tables: dict[str, Table], con: duckdb.DuckDBPyConnection, only: Iterable[str] | None = None) -> list[str]:
    """Creates and fills the derived tables in `con`, which holds the curated ones; returns their names in build order.

    `only` names the models wanted; those they read are built with them. Raises InputError.
    """
    order = build_order(tables, only)
    for name in order:
        _fill(tables[name], con)
    return order


def build_order(tables: dict[str, Table], only: Iterable[str] | None = None) -> list[str]:
    """The derived tables in an order in which each stands after those it reads; `only` and what they read, or all. Raises InputError."""
    models = {name: table for name, table in tables.items() if table.query}
    reads: dict[str, frozenset[str]] = {}
    wanted = list(models if only is None else set(only) & set(models))
    while wanted:
        name = wanted.pop()
        if name not in reads:
            reads[name] = tables_read(models[name].query, models[name].schema_file)
            wanted += reads[name] & set(models)
    return _order(tables, reads)


def all_read(tables: dict[str, Table], name: str) -> set[str]:
    """The table itself and every table that it is computed from, at any remove. Raises InputError."""
    order = build_order(tables, [name])
    return {name, *order, *(read for model in order for read in tables_read(tables[model].query, tables[model].schema_file))}


def _order(tables: dict[str, Table], reads: dict[str, frozenset[str]]) -> list[str]:
    """Derived tables, each after those it reads; ties by name."""
    graph = {}
    for name in sorted(reads):
        table = tables[name]
        for unknown in sorted(reads[name] - set(tables) - set(ARCHIVE_TABLES)):
            raise InputError([Problem(table.schema_file, _line(table.query, unknown), "", f"table {unknown}",
                                      "is neither curated nor derived", "correct its name")])  # fmt: skip
        graph[name] = sorted(reads[name] & set(reads))
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = error.args[1]
        raise InputError([Problem(tables[circle[0]].schema_file, 1, "", " reads ".join(reversed(circle)),
                                  "is a circle", "let one of them read the other's inputs instead")]) from None  # fmt: skip


def tables_read(query: str, file: str) -> frozenset[str]:
    """The tables that one SELECT reads. Raises InputError when `query`, which stands in `file`, is not one SELECT."""
    read, named = set(), set()

    def collect(node: dict) -> dict:
        if node.get("type") == "BASE_TABLE":
            read.add(node["table_name"])
        named.update(entry["key"] for entry in node.get("cte_map", {}).get("map", []))
        return node

    parsed = json.loads(_serialized(query), object_hook=collect)
    if parsed["error"]:
        line = query.encode()[: int(parsed.get("position", 0))].count(b"\n") + 1
        raise InputError([Problem(file, line, "", parsed["error_message"], "where one SELECT should be", "mend the SQL")])
    if len(parsed["statements"]) != 1:
        raise InputError([Problem(file, 1, "", f"{len(parsed['statements'])} statements", "where one SELECT should be",
                                  "keep one SELECT a file")])  # fmt: skip
    return frozenset(read - named)


@cache
def _serialized(query: str) -> str:
    return _parser().execute("select json_serialize_sql(?)", [query]).fetchall()[0][0]


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return connect()


def _fill(table: Table, con: duckdb.DuckDBPyConnection) -> None:
    described = [(row[0], row[1]) for row in run_sql(con, f"describe {table.query}", table.schema_file)]
    declared = [(f.name, f.duckdb_type) for f in table.fields]
    if described != declared:
        raise InputError(_differences(table, dict(described), [name for name, _ in described]))
    try:
        con.execute(create_table(table))
        con.execute(f"insert into {table.name} from ({_select(table.query)})")
    except duckdb.ConstraintException as error:
        raise InputError([Problem(table.schema_file, 1, "", str(error).split("\n")[0], "breaks the schema's keys or constraints",
                                  "mend the SELECT, or the schema")]) from None  # fmt: skip
    except duckdb.Error as error:
        raise sql_problem(error, table.query, table.schema_file) from None
    for column in table.fields:
        if column.categories:
            values = [c.value for c in column.categories]
            stray = con.execute(f'select min("{column.name}") from {table.name} where "{column.name}" not in '
                                f"(select unnest(?))", [values]).fetchall()[0][0]  # fmt: skip
            if stray is not None:
                raise InputError([Problem(table.schema_file, column.line, column.name, shown(stray),
                                          f"is not one of {', '.join(values)}", "add the category, or mend the SELECT")])  # fmt: skip


def _select(query: str) -> str:
    return re.sub(r"\A/\*\n.*?\*/\n", "", query, flags=re.DOTALL).strip().rstrip(";")


def _differences(table: Table, returned: dict[str, str], order: list[str]) -> Iterator[Problem]:
    file = table.schema_file
    for column in table.fields:
        kind = returned.get(column.name)
        if kind is None:
            yield Problem(file, column.line, column.name, "not returned by the SELECT", "but declared", "select it, or drop it here")
        elif kind != column.duckdb_type:
            yield Problem(file, column.line, column.name, f"the SELECT returns {kind}", f"where the schema makes {column.duckdb_type}",
                          "cast it in the SELECT, or change the type")  # fmt: skip
    for name in returned:
        if name not in table.field_names:
            yield Problem(
                file, _line(table.query, name), name, "returned by the SELECT", "but not declared", "add it under fields:, or drop it"
            )
    for name in sorted({name for name in order if order.count(name) > 1}):
        yield Problem(
            file,
            table.field(name).line if name in table.field_names else 1,
            name,
            "returned twice",
            "where a column stands once",
            "select it once",
        )
    if sorted(order) == sorted(table.field_names) and order != table.field_names:
        yield Problem(file, 1, "", f"the SELECT returns {', '.join(order)}", "in another order than the schema", "use one order")


def run_sql(con: duckdb.DuckDBPyConnection, query: str, file: str) -> list[tuple]:
    """All rows of a query that stands in `file`; InputError with its line when DuckDB refuses it, or when it reaches beyond the tables."""
    if outside := REACHES_OUTSIDE.search(query):
        raise InputError([Problem(file, query.count("\n", 0, outside.start()) + 1, "", shown(outside[0]), "reads what is no table of the package",
                                  "read the tables alone")])  # fmt: skip
    try:
        return con.execute(query).fetchall()
    except duckdb.Error as error:
        raise sql_problem(error, query, file) from None


def sql_problem(error: duckdb.Error, query: str, file: str) -> InputError:
    """What DuckDB says of a query that stands in `file`, at its line."""
    message = str(error)
    line = re.search(r"^LINE (\d+):", message, re.MULTILINE)
    return InputError([Problem(file, int(line[1]) if line else 1, "", message.split("\n")[0], "is what DuckDB says", "mend the SQL")])


def _line(text: str, word: str) -> int:
    match = re.search(rf"\b{re.escape(word)}\b", text)
    return text.count("\n", 0, match.start()) + 1 if match else 1
