"""`./run release X.Y.Z` and `./run diff`: freezing the dataset, and saying what a release changed.

A release is every table as CSV with the descriptor, the citation and the changelog, in one zip whose bytes
depend on nothing but its content: names sorted, one fixed time, stored without compression (so that no zlib can
differ). What changed is found by comparing rows with the latest archive; the size of the step follows from it.
"""

import csv
import io
import json
import subprocess
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from opencapex import archives, catalogue, pipeline, publish, quality
from opencapex.archives import FOLDER, SUMS, Archive, number
from opencapex.aside import write_whole
from opencapex.descriptor import descriptor
from opencapex.problems import InputError, Problem
from opencapex.schemas import Table
from opencapex.shape import write_csv

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
STEPS = {"major": 0, "minor": 1, "patch": 2}
KINDS_ZH = {
    "table removed": "删除的表",
    "table added": "新增的表",
    "column removed": "删除的列",
    "column added": "新增的列",
    "key changed": "键变更",
    "type changed": "类型变更",
    "unit changed": "单位变更",
    "value removed": "删除的枚举值",
    "value added": "新增的枚举值",
    "row added": "新增的行",
    "row removed": "消失的行",
    "restated by the source": "来源重述",
    "redefined": "口径重新界定",
    "corrected by us": "本库更正",
    "retired": "停用的行",
    "annotated": "补注的行",
    "value changed": "变动的值",
    "derived row added": "新增的推得行",
    "derived row removed": "消失的推得行",
    "derived value moved": "变动的推得值",
    "carried over": "随采编数据而变的推得值",
}
# What a new figure is, by why it supersedes another; any other reason makes it simply a new statement.
SUPERSEDING = {
    "restatement": "restated by the source",
    "reclassification": "restated by the source",
    "definition": "redefined",
    "our_correction": "corrected by us",
}
BY_ROW = ("retired", "annotated")
CHANGELOGS = ("docs/changelog.md", "docs/changelog.zh.md")


class Change(NamedTuple):
    """One difference between two releases; `step` is the least step of the version that it asks for."""

    step: str
    kind: str
    table: str
    row_key: str
    column: str
    old: str
    new: str


def release(root: Path, version: str) -> str:
    """Freezes the working tables as a release and says what to commit. Raises InputError with every reason not to."""
    _refuse(root, version)
    frozen = archives.archives(root)
    with tempfile.TemporaryDirectory() as folder:
        package = pipeline.build(root, pending=version)
        publish.publish_csv(root, package.tables, package.con, Path(folder), pending=version)
        quality.second_opinion(Path(folder) / "datapackage.json")
        quality.examine(root, package.con)
        changes = compare(frozen[-1] if frozen else None, Path(folder), package.tables)
        _refuse_small_step(frozen, version, changes)
        data_half = _data_half(changes, first=not frozen)
        changelogs = {root / path: _with_section(root / path, version, lines) for path, lines in zip(CHANGELOGS, data_half, strict=True)}
        path = root / FOLDER / f"opencapex-{version}.zip"
        archive = _archive(root, Path(folder), changelogs[root / CHANGELOGS[0]])
    published = catalogue.addresses(version, [table.name for table in package.tables.values() if table.released])
    path.parent.mkdir(exist_ok=True)
    write_whole(
        {
            **changelogs,
            path.with_name(f"changes-{version}.csv"): write_csv([Change._fields, *changes]).encode(),
            path.with_name(f"addresses-{version}.txt"): "".join(f"{address}\n" for address in published).encode(),
            path: archive,
            root / SUMS: _sums(root, path, archive),
        }
    )
    return f"{path.relative_to(root)} is frozen ({path.stat().st_size:,} bytes, {len(changes)} changes). Commit what is new in {FOLDER}, and the changelogs."


def compare(before: Archive | None, folder: Path, tables: dict[str, Table]) -> list[Change]:
    """What the tables in `folder` (CSV and descriptor) changed against an earlier release, sorted.

    `tables` says which of them are curated; all others are derived.
    """
    if before is None:
        return []
    old = {resource["name"]: resource["schema"] for resource in before.descriptor()["resources"]}
    new = {
        resource["name"]: resource["schema"]
        for resource in json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    }
    changes = [Change("major", "table removed", name, "", "", name, "") for name in old.keys() - new.keys()]
    changes += [Change("minor", "table added", name, "", "", "", name) for name in new.keys() - old.keys()]
    # A derived column of a curated column's name is that column, carried over.
    carried = {column.name for table in tables.values() if table.path for column in table.fields} | {"inputs"}
    for name in old.keys() & new.keys():
        changes += _schema_changes(name, old[name], new[name])
        if old[name]["primaryKey"] != new[name]["primaryKey"]:
            continue  # rows of different keys cannot be told to be the same
        is_curated = name in tables and bool(tables[name].path)
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = before.rows(name), list(csv.DictReader(file))
        changes += _curated_changes(name, new[name], *rows) if is_curated else _derived_changes(name, new[name], carried, *rows)
    return sorted(changes)


def _schema_changes(name: str, old: dict, new: dict) -> list[Change]:
    before, after = ({f["name"]: f for f in schema["fields"]} for schema in (old, new))
    changes = [Change("major", "column removed", name, "", column, column, "") for column in before.keys() - after.keys()]
    trailing = list(after)[: len(before)] == list(before)
    changes += [
        Change("minor" if trailing else "major", "column added", name, "", column, "", column) for column in after.keys() - before.keys()
    ]
    if old["primaryKey"] != new["primaryKey"]:
        changes.append(Change("major", "key changed", name, "", "", " ".join(old["primaryKey"]), " ".join(new["primaryKey"])))
    for column in before.keys() & after.keys():
        for what in ("type", "unit"):
            was, now = before[column].get(what, ""), after[column].get(what, "")
            if was != now:
                changes.append(Change("major", f"{what} changed", name, "", column, was, now))
        was, now = (set(field.get("constraints", {}).get("enum", [])) for field in (before[column], after[column]))
        changes += [Change("major", "value removed", name, "", column, value, "") for value in was - now]
        changes += [Change("minor", "value added", name, "", column, "", value) for value in now - was]
    return changes


def _curated_changes(name: str, schema: dict, old_rows: list[dict], new_rows: list[dict]) -> list[Change]:
    old, new = _keyed(schema, old_rows), _keyed(schema, new_rows)
    changes = [
        Change("minor", SUPERSEDING.get(new[key].get("supersedes_reason", ""), "row added"), name, key, "", "", "")
        for key in new.keys() - old.keys()
    ]
    changes += [Change("patch", "row removed", name, key, "", "", "") for key in old.keys() - new.keys()]
    for key, column, was, now in _cells_changed(old, new):
        retires = column.startswith("retired_") and new[key]["retired_on"] and not old[key]["retired_on"]
        kind = "retired" if retires else "value changed" if name in archives.WITHOUT_HISTORY else "annotated"
        changes.append(Change("patch", kind, name, key, column, was, now))
    return changes


def _derived_changes(name: str, schema: dict, carried: set[str], old_rows: list[dict], new_rows: list[dict]) -> list[Change]:
    old, new = _keyed(schema, old_rows), _keyed(schema, new_rows)
    changes = [Change("minor", "derived row added", name, key, "", "", "") for key in new.keys() - old.keys()]
    changes += [Change("patch", "derived row removed", name, key, "", "", "") for key in old.keys() - new.keys()]
    for key, column, was, now in _cells_changed(old, new):
        # Which release a row came with is no value of it.
        follows = column in carried or name == "history" or column.startswith("release_")
        changes.append(Change("patch", "carried over" if follows else "derived value moved", name, key, column, was, now))
    return changes


def _keyed(schema: dict, rows: list[dict]) -> dict[str, dict]:
    return {"/".join(row[column] for column in schema["primaryKey"]): row for row in rows}


def _cells_changed(old: dict[str, dict], new: dict[str, dict]) -> Iterator[tuple[str, str, str, str]]:
    """(key, column, old, new) of every cell that differs between rows that stand in both."""
    for key in old.keys() & new.keys():
        for column in new[key].keys() & old[key].keys():
            if old[key][column] != new[key][column]:
                yield key, column, old[key][column], new[key][column]


def _refuse(root: Path, version: str) -> None:
    problems = []
    here = ["git", "-C", str(root)]
    if subprocess.run([*here, "status", "--porcelain"], capture_output=True, text=True, check=False).stdout.strip():
        problems.append(
            Problem(
                "the working tree",
                0,
                "",
                "changes",
                "that are not committed",
                "commit them, or put them away: git stash --include-untracked",
            )
        )
    if descriptor(root)["version"] != version:
        problems.append(Problem("datapackage/datapackage.json", 0, "version", descriptor(root)["version"], f"is not {version}", "set it"))
    with (root / "datapackage/data/releases.csv").open(encoding="utf-8", newline="") as file:
        if version not in {row["version"] for row in csv.DictReader(file)}:
            problems.append(Problem("datapackage/data/releases.csv", 0, "version", version, "has no row", "add version, day and titles"))
    for path in CHANGELOGS:
        if f"\n## {version}" not in (root / path).read_text(encoding="utf-8"):
            problems.append(Problem(path, 0, "", f"no section ## {version}", "where what is notable should be said", "write it"))
    if version in {archive.version for archive in archives.archives(root)}:
        problems.append(Problem(FOLDER, 0, "", version, "is released already", "choose the next version"))
    if problems:
        raise InputError(problems)


def _refuse_small_step(frozen: list[Archive], version: str, changes: list[Change]) -> None:
    """A version must step as far as its largest change demands; below 1.0.0 a breaking change asks for a minor step."""
    if not frozen or not changes:
        return
    before = number(frozen[-1].version)
    # Derived rows follow from curated ones, which are the better reason to give.
    largest = min(changes, key=lambda change: (STEPS[change.step], change.kind.startswith("derived")))
    demanded = STEPS[largest.step] if before[0] else max(STEPS[largest.step], 1)
    steps = [index for index, (was, now) in enumerate(zip(before, number(version), strict=True)) if was != now]
    if number(version) <= before or steps[0] > demanded:
        what = " ".join(part for part in (largest.kind, largest.table, largest.row_key, largest.column) if part)
        raise InputError([Problem("./run release", 0, "", version, f"is too small a step from {frozen[-1].version}: {what}",
                                  f"raise the {list(STEPS)[demanded]} number")])  # fmt: skip


def _data_half(changes: list[Change], first: bool) -> tuple[list[str], list[str]]:
    """What changed, counted by kind and table, in English and Chinese."""
    if first:
        return ["The first release: every row is new."], ["首个版本：所有行均为新增。"]
    counted = sorted(count(changes).items())
    english = [f"- {kind}: {number} in `{table}`" for (kind, table), number in counted]
    chinese = [f"- {KINDS_ZH[kind]}：`{table}` 表 {number} 处" for (kind, table), number in counted]
    return english, chinese


def count(changes: list[Change]) -> Counter:
    """How many changes of a kind a table has; a row retired or annotated counts once, however many of its cells changed."""
    rows = {(c.kind, c.table, c.row_key) for c in changes if c.kind in BY_ROW}
    return Counter((c.kind, c.table) for c in changes if c.kind not in BY_ROW) + Counter((kind, table) for kind, table, _ in rows)


def _with_section(path: Path, version: str, lines: list[str]) -> bytes:
    """A changelog with lines added to the section of a version."""
    text = path.read_text(encoding="utf-8")
    start = text.index(f"\n## {version}") + 1
    end = text.find("\n## ", start)
    head, tail = (text[:end], text[end:]) if end >= 0 else (text.rstrip("\n"), "\n")
    return (head.rstrip("\n") + "\n\n" + "\n".join(lines) + "\n" + tail.lstrip("\n" if end < 0 else "")).encode()


def _archive(root: Path, folder: Path, changelog: bytes) -> bytes:
    """The zip of the CSV files and the descriptor in `folder`, the citation and the changelog."""
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    return zip_bytes(contents | {"CITATION.cff": (root / "CITATION.cff").read_bytes(), "CHANGELOG.md": changelog})


def _sums(root: Path, path: Path, archive: bytes) -> bytes:
    """SHA256SUMS with a line for an archive added."""
    before = (root / SUMS).read_bytes() if (root / SUMS).exists() else b""
    return before + f"{sha256(archive).hexdigest()}  {path.name}\n".encode()


def zip_bytes(contents: dict[str, bytes]) -> bytes:
    """A zip whose bytes depend on its content alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, contents[name])
    return buffer.getvalue()
