"""The dataset in a notebook: connect(), read(), explain().

`data` is where the tables are: a folder made by ./run build (without it, that of the checkout or of the working folder), an unpacked
release, or the http(s) address of one, such as https://SITE/data/latest/ or https://SITE/data/v0.1.0/. What cannot be done raises
InputError, whose message says why and how to mend it.
"""

import atexit
import hashlib
import json
import re
import shutil
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import duckdb

from opencapex import database, lineage, pipeline
from opencapex.problems import InputError, Problem, read_text, shown
from opencapex.schemas import DUCKDB_TYPES, NAME, Category, Field, Table
from opencapex.shape import create_table, literal

if TYPE_CHECKING:
    import pandas as pd

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE, DATABASE = "datapackage.json", "opencapex.duckdb"


def connect(data: str | Path | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that holds every table; also the views and from as_of('2025-03-04') where `data` has a .duckdb."""
    return _package(data).con


def read(table: str, as_of: str | date | None = None, data: str | Path | None = None) -> "pd.DataFrame":
    """A table or view as a frame, sorted by its key, money and percent as floats; its dictionary stands in `.attrs`.

    With `as_of` the table is computed anew, in a checkout of the project, from nothing but what the world knew on that day.
    """
    if as_of is None:
        con = _package(data).con
    elif data is None and (CHECKOUT / "datapackage").is_dir():
        con = pipeline.known_on(CHECKOUT, _day(as_of), table).con
    else:
        raise _problem("as_of", str(as_of), "recomputes the table, which takes the models of a checkout",
                       f"ask a connection: from as_of('{as_of}'), or leave data out and work in a checkout")  # fmt: skip
    described = dict(con.execute("select table_name, comment from duckdb_tables() union all "
                                 "select view_name, comment from duckdb_views() where not internal").fetchall())  # fmt: skip
    if table not in described:
        raise _problem("table", table, "is not a table", f"name one of {', '.join(sorted(described))}")
    sql = "select column_name, comment from duckdb_columns() where table_name = ? order by column_index"
    columns = dict(con.execute(sql, [table]).fetchall())
    frame = con.sql(f"from {table}").df()
    frame.attrs = {"table": table, "description": described[table], "as_of": as_of and str(as_of), "columns": columns}
    return frame


def explain(table: str, key: str, data: str | Path | None = None) -> str:
    """A row and everything it rests on, down to the documents: explain("growth", "F00005/yoy/guidance_on_actual")."""
    return lineage.explain(_package(data), table, key)


def _day(day: str | date) -> date:
    try:
        return date.fromisoformat(str(day))
    except ValueError:
        raise _problem("as_of", str(day), "is not a day", "write it as 2025-03-04") from None


def _package(data: str | Path | None) -> pipeline.Package:
    """The tables at `data` as their descriptor tells, and a connection that holds their rows."""
    folder = _folder(data)
    tables = _tables(_json(read_text(folder / PACKAGE, str(folder / PACKAGE)), str(folder / PACKAGE)))
    if (folder / DATABASE).is_file():
        return pipeline.Package(tables, database.connect(str(folder / DATABASE), read_only=True))
    con = database.connect()
    for table in tables.values():
        whole = replace(table, fields=tuple(replace(column, decimals=column.decimals or 6) for column in table.fields))
        con.execute(create_table(whole, with_keys=False))
        types = ", ".join(f"{literal(column.name)}: {literal(column.duckdb_type)}" for column in whole.fields)
        con.execute(f"insert into {table.name} from read_csv({literal(folder / f'{table.name}.csv')}, columns = {{{types}}}, "
                    "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '')")  # fmt: skip
    return pipeline.Package(tables, con)


def _folder(data: str | Path | None) -> Path:
    if data is None:
        folder = (CHECKOUT if (CHECKOUT / "datapackage").is_dir() else Path()) / "dist"
    elif "://" in str(data):
        return _fetched(str(data).rstrip("/") + "/")
    else:
        folder = Path(data)
    if not (folder / PACKAGE).is_file():
        raise _problem(
            "data", str(folder), f"holds no {PACKAGE}", "./run build, or give the address of a release: https://SITE/data/latest/"
        )
    return folder


def _fetched(address: str) -> Path:
    """A folder, kept until Python ends, with the .duckdb at an address, or its CSV files where it has none."""
    if not re.match("https?://", address):
        raise _problem("data", address, "is no http(s) address", "give one, or a folder")
    folder = Path(tempfile.mkdtemp(prefix="opencapex-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    described = _get(address + PACKAGE)
    (folder / PACKAGE).write_bytes(described)
    try:
        (folder / DATABASE).write_bytes(_get(address + DATABASE))
    except InputError:
        for resource in _json(described.decode("utf-8", "replace"), address + PACKAGE)["resources"]:
            name = f"{_name(resource)}.csv"
            content = _get(address + name)
            if f"sha256:{hashlib.sha256(content).hexdigest()}" != resource.get("hash"):
                raise _problem("data", address + name, f"is not the file that {PACKAGE} vouches for", "fetch it again") from None
            (folder / name).write_bytes(content)
    return folder


def _get(address: str) -> bytes:
    try:
        with urlopen(address, timeout=60) as answer:
            return answer.read()
    except OSError as error:
        raise _problem("data", address, f"cannot be fetched: {error}", "give the address of a release: https://SITE/data/latest/") from None


def _json(text: str, file: str) -> dict:
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        raise _problem("data", file, f"is no JSON in line {error.lineno}", "fetch it again") from None
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list):
        raise _problem("data", file, "lists no tables", "give the folder of a build or of a release")
    return package


def _tables(package: dict) -> dict[str, Table]:
    """The tables as a released descriptor tells; one that names its inputs is derived."""
    tables = {}
    for resource in package["resources"]:
        name, schema = _name(resource), resource["schema"]
        fields = tuple(map(_field, schema["fields"]))
        derived = any(column.name == "inputs" for column in fields)
        tables[name] = Table(name=name, title=resource["title"], title_zh="", description=resource["description"], description_zh="",
                             fields=fields, primary_key=tuple(schema["primaryKey"]), schema_file=PACKAGE,
                             path="" if derived else resource["path"])  # fmt: skip
    return tables


def _name(resource: dict) -> str:
    """The name of a table, which becomes part of SQL and of a path."""
    if not re.fullmatch(NAME, str(resource.get("name"))):
        raise _problem("data", shown(resource.get("name")), "is no name of a table", "give the folder of a build or of a release")
    return resource["name"]


def _field(told: dict) -> Field:
    if not re.fullmatch(NAME, told["name"]) or told["type"] not in {*DUCKDB_TYPES, "number"}:
        raise _problem("data", shown(told), "is no column", "give the folder of a build or of a release")
    categories = tuple(Category(**category) for category in told.get("categories", []))
    return Field(name=told["name"], type=told["type"], description=told["description"], description_zh=told["description_zh"], line=0,
                 unit=told.get("unit", ""), decimals=told.get("decimals"), categories=categories)  # fmt: skip


def _problem(argument: str, found: str, expected: str, fix: str) -> InputError:
    return InputError([Problem("opencapex", 0, argument, found, expected, fix)])
