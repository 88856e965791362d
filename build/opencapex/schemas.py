"""Tables as their schemas declare them: one language for curated and derived tables.

A curated table's schema is datapackage/schemas/<table>.yaml; a derived table's schema is the opening
comment of build/models/<table>.sql. Both are Table Schema (Data Package v2) with four keys of our own:
title_zh and description_zh, `unit` and `decimals` of a field, `released: false` for a table that stays out
of releases. A field that a model lists by name alone is the column that another table describes under that
name, so that a column is described once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from opencapex.descriptor import descriptor
from opencapex.lines import load_yaml
from opencapex.problems import InputError, Problem, read_text, shown

DUCKDB_TYPES = {"string": "VARCHAR", "date": "DATE", "integer": "BIGINT", "year": "INTEGER", "boolean": "BOOLEAN"}
TABLE_KEYS = {
    "title", "title_zh", "description", "description_zh", "released", "primaryKey", "uniqueKeys", "foreignKeys",
    "missingValues", "fieldsMatch", "fields",
}  # fmt: skip
FIELD_KEYS = {
    "name", "type", "format", "description", "description_zh", "unit", "decimals", "constraints", "categories",
}  # fmt: skip
CONSTRAINT_KEYS = {"required", "pattern", "minimum", "maximum"}
CATEGORY_KEYS = {"value", "label", "label_zh"}


@dataclass(frozen=True)
class Category:
    value: str
    label: str
    label_zh: str


@dataclass(frozen=True)
class Field:
    """One column: its Table Schema type, unit (a unit code or `column:<name>`) and constraints."""

    name: str
    type: str
    description: str
    description_zh: str
    line: int
    format: str = ""
    unit: str = ""
    decimals: int | None = None
    required: bool = False
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    categories: tuple[Category, ...] = ()

    @property
    def duckdb_type(self) -> str:
        return f"DECIMAL(38,{self.decimals})" if self.type == "number" else DUCKDB_TYPES[self.type]

    @property
    def meaning(self) -> tuple:
        """What must be the same wherever a column of this name stands."""
        return (self.type, self.unit, self.decimals, self.description, self.description_zh)


@dataclass(frozen=True)
class ForeignKey:
    field: str
    table: str
    reference: str


@dataclass(frozen=True)
class Table:
    """One table; `path` is the CSV of a curated table, empty for a derived one."""

    name: str
    title: str
    title_zh: str
    description: str
    description_zh: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    schema_file: str
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    released: bool = True
    path: str = ""
    query: str = field(default="", repr=False)

    @property
    def field_names(self) -> list[str]:
        return [f.name for f in self.fields]

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


def load(root: Path) -> dict[str, Table]:
    """Every table of the project by name: curated ones in descriptor order, then derived ones by name.

    Raises InputError with every problem of descriptor and schemas.
    """
    curated = load_curated(root)
    derived: dict[str, Table] = {}
    problems: list[Problem] = []
    comments = {}
    for path in sorted((root / "build/models").glob("*.sql")):
        try:
            comments[path.stem] = _opening_comment(root, path)
        except InputError as error:
            problems += error.problems
    described = [field for schema, _, _ in comments.values() for field in _described(schema)]
    known = {f.name: f for f in [*described, *(f for table in curated.values() for f in table.fields)]}
    for name, (schema, shown_as, query) in comments.items():
        try:
            table = replace(_table(name, schema, shown_as, known), query=query)
        except InputError as error:
            problems += error.problems
            continue
        if table.name in curated:
            problems.append(Problem(table.schema_file, 1, "", f"{table.name} is also a curated table",
                                    "where a new name is needed", "rename the model"))  # fmt: skip
        derived[table.name] = table
    tables = curated | derived
    problems += _disagreements(tables.values())
    if problems:
        raise InputError(problems)
    return tables


def load_curated(root: Path) -> dict[str, Table]:
    """The curated tables that datapackage.json lists, in its order. Raises InputError."""
    resources = descriptor(root)["resources"]
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for resource in resources:
        name, shown_as = resource["name"], f"datapackage/{resource['schema']}"
        try:
            text = read_text(root / shown_as, shown_as)
            table = _table(name, _schema(text, shown_as, 0), shown_as, {})
            tables[name] = replace(table, path=f"datapackage/{resource['path']}")
        except InputError as error:
            problems += error.problems
    problems += _bad_references(tables)
    if problems:
        raise InputError(problems)
    return tables


def _opening_comment(root: Path, path: Path) -> tuple[dict, str, str]:
    """(schema, file as shown, text) of a model."""
    shown_as = path.relative_to(root).as_posix()
    text = read_text(path, shown_as)
    comment = re.match(r"/\*\n(.*?)\*/\n", text, re.DOTALL)
    if not comment:
        raise InputError([Problem(shown_as, 1, "", "no opening comment", "where the table's schema belongs",
                                  "begin the file with /*, the schema in YAML, */")])  # fmt: skip
    return _schema(comment[1], shown_as, 1), shown_as, text


def _described(schema: dict) -> Iterable[Field]:
    """The fields that a schema describes itself; what is wrong with them is said when the table is made."""
    for node in schema.get("fields") or []:
        if isinstance(node, dict) and "type" in node and isinstance(node.get("name"), str):
            described = _field(node, {}, lambda *_: None, lambda *_: None)
            if described:
                yield described


def _schema(text: str, shown_as: str, offset: int) -> dict:
    loaded = load_yaml(text, shown_as, offset)
    if not isinstance(loaded, dict):
        raise InputError([Problem(shown_as, 1, "", "no mapping", "where a schema should be", "begin with title:")])
    return loaded


def _table(name: str, schema: dict, shown_as: str, known: dict[str, Field]) -> Table:
    problems: list[Problem] = []

    def complain(line: int, where: str, found: str, expected: str, fix: str) -> None:
        problems.append(Problem(shown_as, line, where, found, expected, fix))

    def keys(node: dict, allowed: set[str], where: str) -> None:
        for key in sorted(set(map(str, node)) - allowed - {"__line__"}):
            complain(node["__line__"], where or key, f"unknown key {key!r}", f"where one of {', '.join(sorted(allowed))} may stand",
                     "correct its spelling")  # fmt: skip

    keys(schema, TABLE_KEYS, "")
    for key in ("title", "title_zh", "description", "description_zh", "primaryKey", "fields"):
        if not schema.get(key):
            complain(1, key, "missing", "where a value is required", f"add {key}:")
    fields = []
    for node in schema.get("fields") or []:
        if not isinstance(node, dict) or not isinstance(node.get("name"), str):
            complain(node.get("__line__", 1) if isinstance(node, dict) else 1, "fields", shown(node),
                     "where a field with a name should stand", "write - name: <column>")  # fmt: skip
            continue
        fields.append(_field(node, known, keys, complain))
    fields = [f for f in fields if f]
    names = [f.name for f in fields]
    for twice in sorted({n for n in names if names.count(n) > 1}):
        complain(max(f.line for f in fields if f.name == twice), twice, "listed twice", "where a column stands once", "remove one")
    unique_keys = schema.get("uniqueKeys") or []
    for columns in [schema.get("primaryKey") or [], *unique_keys]:
        for column in columns:
            if column not in names:
                complain(1, "primaryKey", shown(column), "is not a column of the table", "name a column")
    if problems:
        raise InputError(problems)
    return Table(
        name=name,
        title=schema["title"], title_zh=schema["title_zh"],
        description=schema["description"], description_zh=schema["description_zh"],
        fields=tuple(fields),
        primary_key=tuple(schema["primaryKey"]),
        unique_keys=tuple(tuple(k) for k in unique_keys),
        foreign_keys=tuple(
            ForeignKey(key["fields"][0], key["reference"]["resource"] or name, key["reference"]["fields"][0])
            for key in schema.get("foreignKeys") or []
        ),
        released=schema.get("released", True),
        schema_file=shown_as,
    )  # fmt: skip


def _field(node: dict, known: dict[str, Field], keys, complain) -> Field | None:
    line, name = node["__line__"], node["name"]
    keys(node, FIELD_KEYS, name)
    constraints = node.get("constraints") or {}
    keys({"__line__": line, **constraints}, CONSTRAINT_KEYS, name)
    required = bool(constraints.get("required"))
    if "type" not in node:
        if name in known:
            return replace(known[name], required=required, line=line)
        complain(line, name, "no type", "where no other table describes the column", "add type, description and description_zh")
        return None
    categories = []
    for item in node.get("categories") or []:
        if not isinstance(item, dict) or set(item) - {"__line__"} != CATEGORY_KEYS:
            complain(line, name, shown(item), "where a category has value, label and label_zh", "write all three")
            continue
        if not all(isinstance(item[key], str) for key in CATEGORY_KEYS):
            complain(item["__line__"], name, shown(item["value"]), "is read as a number or truth value by YAML", "put it in quotes")
            continue
        categories.append(Category(item["value"], item["label"], item["label_zh"]))
    kind = node["type"]
    if kind not in DUCKDB_TYPES and kind != "number":
        complain(line, name, shown(kind), f"is not one of {', '.join(sorted([*DUCKDB_TYPES, 'number']))}", "choose one of these types")
        return None
    if kind == "number" and not isinstance(node.get("decimals"), int):
        complain(line, name, "no decimals", "where a number says how many it keeps", "add decimals: 6, or as many as needed")
        return None
    for key in ("description", "description_zh"):
        if not node.get(key):
            complain(line, name, f"no {key}", "where each column is described in both languages", f"add {key}:")
    return Field(
        name=name, type=kind, line=line,
        description=str(node.get("description", "")), description_zh=str(node.get("description_zh", "")),
        format=node.get("format", ""), unit=node.get("unit", ""), decimals=node.get("decimals"),
        required=required, pattern=constraints.get("pattern", ""),
        minimum=constraints.get("minimum"), maximum=constraints.get("maximum"),
        categories=tuple(categories),
    )  # fmt: skip


def _bad_references(tables: dict[str, Table]) -> Iterable[Problem]:
    for table in tables.values():
        for key in table.foreign_keys:
            target = tables.get(key.table)
            if key.field not in table.field_names or not target or key.reference not in target.field_names:
                yield Problem(table.schema_file, 1, "foreignKeys", f"{key.field} -> {key.table}.{key.reference}",
                              "does not lead from a column to a column", "name columns that exist")  # fmt: skip


def _disagreements(tables: Iterable[Table]) -> Iterable[Problem]:
    """A column name means one thing: same type, unit and description wherever it stands (but note)."""
    first: dict[str, tuple[Table, Field]] = {}
    for table in tables:
        for column in table.fields:
            seen_in, seen = first.setdefault(column.name, (table, column))
            if column.meaning != seen.meaning and column.name != "note":
                yield Problem(table.schema_file, column.line, column.name, "another type, unit or description",
                              f"than in {seen_in.schema_file}:{seen.line}",
                              "make them the same, or give the column another name")  # fmt: skip
