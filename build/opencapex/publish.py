"""Writes a build to a folder: every released table as CSV and Parquet, one .duckdb, one .xlsx, the descriptor and Croissant.

The CSV files are the dataset and their bytes depend on nothing but the curated rows and the SQL; Parquet,
.duckdb and .xlsx are renderings of them for people's tools.
"""

import json
from pathlib import Path

import duckdb

from opencapex import catalogue
from opencapex.archives import archives
from opencapex.descriptor import descriptor
from opencapex.models import run_sql
from opencapex.problems import read_text
from opencapex.schemas import Field, Table
from opencapex.shape import create_table, literal
from opencapex.spreadsheet import write_xlsx

# What the .duckdb offers beside the tables; made while it is the one in use, so that no name of ours sticks to them.
VIEWS = "build/views"
# What clients from DuckDB 1.2 on can open, in blocks small enough for a browser.
STORAGE = "storage_version 'v1.2.0', block_size 16384"


def publish(root: Path, tables: dict[str, Table], con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Fills the empty `folder` from the built tables in `con`."""
    publish_csv(root, tables, con, folder)
    released = [table for table in tables.values() if table.released]
    for table in released:
        order = ", ".join(f'"{c}"' for c in table.primary_key)
        con.execute(
            f"copy (select * from {table.name} order by {order}) to {literal(folder / f'{table.name}.parquet')} "
            "(format parquet, compression zstd, compression_level 19)"
        )
    _write_duckdb(root, released, con, folder / "opencapex.duckdb")
    write_xlsx(released, con, folder / "opencapex.xlsx", descriptor(root)["title"])
    published = con.execute("select max(released_on) from releases").fetchall()[0][0]
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    catalogue.write_json(folder / "croissant.json", catalogue.croissant(package, published))


def publish_csv(root: Path, tables: dict[str, Table], con: duckdb.DuckDBPyConnection, folder: Path, pending: str | None = None) -> None:
    """Writes what a release holds: every table as CSV, and the descriptor that vouches for their bytes.

    `pending` is the version being released; without it the tables carry a release's version only if they are its bytes.
    """
    released = [table for table in tables.values() if table.released]
    for table in released:
        _write_csv(table, con, folder / f"{table.name}.csv")
    package = released_descriptor(root, released, folder) | {"version": pending or _version(root, folder)}
    (folder / "datapackage.json").write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _version(root: Path, folder: Path) -> str:
    """The latest release's version where the tables in `folder` are its own; otherwise marked as unreleased."""
    version = descriptor(root)["version"]
    frozen = [archive for archive in archives(root) if archive.version == version]
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.csv")}
    same = frozen and {name: frozen[0].read(name) for name in frozen[0].names() if name.endswith(".csv")} == written
    return version if same else f"{version}+unreleased"


def _write_csv(table: Table, con: duckdb.DuckDBPyConnection, path: Path) -> None:
    columns = ", ".join(f'{_as_text(f)} as "{f.name}"' for f in table.fields)
    order = ", ".join(f'{table.name}."{c}"' for c in table.primary_key)
    con.execute(f"copy (select {columns} from {table.name} order by {order}) to {literal(path)} (format csv, header true)")


def _as_text(column: Field) -> str:
    """A decimal without the zeros that its type adds: 380000000000, not 380000000000.000000."""
    return f"rtrim(rtrim(\"{column.name}\"::varchar, '0'), '.')" if column.decimals else f'"{column.name}"'


def _write_duckdb(root: Path, tables: list[Table], con: duckdb.DuckDBPyConnection, path: Path) -> None:
    con.execute(f"attach {literal(path)} as published ({STORAGE})")
    con.execute("use published")
    for table in tables:
        # The keys were checked where the rows were built; their indexes would treble the file.
        con.execute(create_table(table, with_keys=False))
        order = ", ".join(f'"{c}"' for c in table.primary_key)
        con.execute(f"insert into {table.name} select * from memory.main.{table.name} order by {order}")
    meaning = {column.name: column.description for table in tables for column in table.fields}
    for view in sorted((root / VIEWS).glob("*.sql")):
        _add_view(view, con, meaning)
    con.execute("use memory.main")
    con.execute("detach published")


def _add_view(path: Path, con: duckdb.DuckDBPyConnection, meaning: dict[str, str]) -> None:
    """Runs one CREATE of a view or a table macro, named as its file; its first line is its comment. Raises InputError."""
    shown_as = f"{VIEWS}/{path.name}"
    text = read_text(path, shown_as)
    run_sql(con, text, shown_as)
    name, says = path.stem, literal(text.split("\n")[0].removeprefix("-- "))
    if "create macro" in text:
        con.execute(f"comment on macro table {name} is {says}")
        return
    con.execute(f"comment on view {name} is {says}")
    for column, *_ in con.execute(f"describe {name}").fetchall():
        con.execute(f'comment on column {name}."{column}" is {literal(meaning[column])}')


def released_descriptor(root: Path, tables: list[Table], folder: Path) -> dict:
    """The descriptor of what is published: schemas inlined, every file's bytes and hash."""
    package = {key: value for key, value in descriptor(root).items() if key != "resources"}
    package["resources"] = [_resource(table, folder / f"{table.name}.csv") for table in tables]
    return package


def _resource(table: Table, path: Path) -> dict:
    return {
        "name": table.name,
        "type": "table",
        "title": table.title,
        "title_zh": table.title_zh,
        "description": table.description,
        "description_zh": table.description_zh,
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ","},
        **catalogue.hashed(path),
        "schema": _table_schema(table),
    }


def _table_schema(table: Table) -> dict:
    schema = {
        "fields": [_field(column) for column in table.fields],
        "missingValues": [""],
        "fieldsMatch": "exact",
        "primaryKey": list(table.primary_key),
    }
    if table.unique_keys:
        schema["uniqueKeys"] = [list(key) for key in table.unique_keys]
    if table.foreign_keys:
        schema["foreignKeys"] = [
            {"fields": [key.field], "reference": {"resource": "" if key.table == table.name else key.table, "fields": [key.reference]}}
            for key in table.foreign_keys
        ]
    return schema


def _field(column: Field) -> dict:
    constraints = {
        "required": column.required or None,
        "pattern": column.pattern or None,
        "enum": [category.value for category in column.categories] or None,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    constraints = {key: value for key, value in constraints.items() if value is not None}
    field = {
        "name": column.name,
        "type": column.type,
        "format": column.format or None,
        "description": column.description,
        "description_zh": column.description_zh,
        "unit": column.unit or None,
        "decimals": column.decimals,
        "categories": [vars(category) for category in column.categories] or None,
        "constraints": constraints or None,
    }
    return {key: value for key, value in field.items() if value is not None}
