"""The frozen releases: datapackage/releases/opencapex-X.Y.Z.zip, each with its line in SHA256SUMS.

The archives are the history. They are read into DuckDB so that SQL can compare with them: `archived_rows` says
which row stood in which release, `released_figures` and `released_metrics` hold the latest release's rows.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import NamedTuple

import duckdb

from opencapex.problems import InputError, Problem, read_text, shown
from opencapex.schemas import Table

FOLDER = "datapackage/releases"
SUMS = f"{FOLDER}/SHA256SUMS"
# Tables made from the archives, for SQL to read; they are in no release themselves.
ARCHIVE_TABLES = ("archived_rows", "released_figures", "released_metrics")
# Rows of these have no history worth keeping: they are not statements that someone may have quoted.
WITHOUT_HISTORY = ("fx_rates", "price_index", "intake")


class Archive(NamedTuple):
    """One frozen release."""

    version: str
    path: Path

    def descriptor(self) -> dict:
        """The released datapackage.json. Raises InputError."""
        try:
            return json.loads(self.read("datapackage.json"))
        except json.JSONDecodeError:
            raise self.unreadable("datapackage.json") from None

    def rows(self, table: str) -> list[dict[str, str]]:
        """The rows of a table as text; none where the release has no such table."""
        return list(csv.DictReader(io.StringIO(self.read(f"{table}.csv")))) if f"{table}.csv" in self.names() else []

    def names(self) -> list[str]:
        """The files in it, all of them plainly named. Raises InputError."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                names = archive.namelist()
        except zipfile.BadZipFile:
            raise self.unreadable("it") from None
        for name in names:
            if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.]*", name):
                raise self.unreadable(shown(name))
        return names

    def read(self, name: str) -> str:
        """One file of it as text. Raises InputError."""
        try:
            return self.content(name).decode("utf-8")
        except UnicodeDecodeError:
            raise self.unreadable(name) from None

    def content(self, name: str) -> bytes:
        """One file of it. Raises InputError."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(name)
        except (zipfile.BadZipFile, KeyError):
            raise self.unreadable(name) from None

    def unreadable(self, name: str) -> InputError:
        """What to raise where a file of it is not what was released."""
        return InputError([Problem(f"{FOLDER}/{self.path.name}", 0, "", name, "cannot be read", "restore the archive as it was")])


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def archives(root: Path) -> list[Archive]:
    """Every frozen release, oldest first."""
    named = {path: re.fullmatch(r"opencapex-([0-9]+\.[0-9]+\.[0-9]+)\.zip", path.name) for path in (root / FOLDER).glob("*.zip")}
    found = [Archive(match[1], path) for path, match in named.items() if match]
    return sorted(found, key=lambda archive: number(archive.version))


def check_frozen(root: Path) -> list[Problem]:
    """Archives that changed, vanished, or lack their line in SHA256SUMS."""
    held = {path.name: path for path in (root / FOLDER).glob("*.zip")}
    if not held and not (root / SUMS).exists():
        return []
    try:
        lines = read_text(root / SUMS, SUMS).splitlines()
    except InputError as error:
        return error.problems
    problems = []
    for line_number, line in enumerate(lines, 1):
        digest, _, name = line.partition("  ")
        if name not in held:
            problems.append(
                Problem(SUMS, line_number, "", name or line, "is not there", "restore the archive; a release is never withdrawn")
            )
        elif hashlib.sha256(held.pop(name).read_bytes()).hexdigest() != digest:
            problems.append(
                Problem(f"{FOLDER}/{name}", 0, "", "its content", "is no longer what was released", "restore the archive as it was")
            )
    problems += [
        Problem(f"{FOLDER}/{name}", 0, "", "an archive", f"without a line in {SUMS}", "cut releases with ./run release") for name in held
    ]
    return problems


def load_archives(root: Path, tables: dict[str, Table], con: duckdb.DuckDBPyConnection, with_history: bool) -> None:
    """Creates the archive tables in `con`; `with_history` fills archived_rows, which takes reading every archive."""
    frozen = archives(root)
    con.execute(
        "create table archived_rows (release_number bigint, version varchar, table_name varchar, row_key varchar, is_retired boolean)"
    )
    for release_number, archive in enumerate(frozen if with_history else [], 1):
        for table in tables.values():
            if table.path and table.released and table.name not in WITHOUT_HISTORY:
                rows = archive.rows(table.name)
                if rows and not rows[0].keys() >= set(table.primary_key):
                    raise archive.unreadable(f"{table.name}.csv")
                keys = ["/".join(row[column] for column in table.primary_key) for row in rows]
                retired = [bool(row.get("retired_on")) for row in rows]
                _insert(
                    con,
                    "archived_rows",
                    [[release_number] * len(rows), [archive.version] * len(rows), [table.name] * len(rows), keys, retired],
                )
    for name in ("figures", "metrics"):
        names = tables[name].field_names
        con.execute(f"create table released_{name} ({', '.join(f'{n} varchar' for n in names)})")
        rows = frozen[-1].rows(name) if frozen else []
        _insert(con, f"released_{name}", [[row.get(n) or None for row in rows] for n in names])


def add_pending(version: str, tables: dict[str, Table], con: duckdb.DuckDBPyConnection) -> None:
    """Counts the working rows as those of a release that is about to be cut."""
    for table in tables.values():
        if table.path and table.released and table.name not in WITHOUT_HISTORY:
            key = ", ".join(f'"{column}"' for column in table.primary_key)
            retired = "retired_on is not null" if "retired_on" in table.field_names else "false"
            con.execute(
                f"insert into archived_rows select coalesce((select max(release_number) from archived_rows where version <> $version), 0) + 1, "
                f"$version, '{table.name}', concat_ws('/', {key}), {retired} from {table.name}",
                {"version": version},
            )


def _insert(con: duckdb.DuckDBPyConnection, table: str, columns: list[list]) -> None:
    con.execute(f"insert into {table} select {', '.join('unnest(?)' for _ in columns)}", columns)
