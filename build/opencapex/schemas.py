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
from functools import cache
from pathlib import Path

from opencapex import keys
from opencapex.descriptor import descriptor
from opencapex.lines import load_yaml
from opencapex.problems import InputError, Problem, read_text, shown

DUCKDB_TYPES = {"string": "VARCHAR", "date": "DATE", "integer": "BIGINT", "year": "INTEGER", "boolean": "BOOLEAN"}
TABLE_KEYS = {
    "title": keys.TEXT, "title_zh": keys.TEXT, "description": keys.TEXT, "description_zh": keys.TEXT, "released": keys.TRUTH, "primaryKey": keys.NAMES,
    "uniqueKeys": keys.KEYS, "foreignKeys": keys.MAPPINGS, "missingValues": keys.LIST, "fieldsMatch": keys.TEXT, "fields": keys.MAPPINGS,
}  # fmt: skip
FIELD_KEYS = {
    "name": keys.TEXT, "type": keys.TEXT, "format": keys.TEXT, "description": keys.TEXT, "description_zh": keys.TEXT, "unit": keys.TEXT, "decimals": keys.WHOLE,
    "constraints": keys.MAPPING, "categories": keys.MAPPINGS,
}  # fmt: skip
CONSTRAINT_KEYS = {"required": keys.TRUTH, "pattern": keys.PATTERN, "minimum": keys.NUMBER, "maximum": keys.NUMBER}
CATEGORY_KEYS = {"value": keys.TEXT, "label": keys.TEXT, "label_zh": keys.TEXT}
FOREIGN_KEY_KEYS = {"fields": keys.NAMES, "reference": keys.MAPPING}
REFERENCE_KEYS = {"resource": keys.RESOURCE, "fields": keys.NAMES}
NAME = "[a-z][a-z0-9]*(_[a-z0-9]+)*"


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
    problems = problems or list(_bad_references(tables))
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
    for node in schema.get("fields") if keys.KINDS[keys.MAPPINGS](schema.get("fields")) else []:
        described = _field(node, {}, keys.Checker("")) if "type" in node else None
        if described:
            yield described


@cache
def _reserved() -> frozenset[str]:
    """The words that SQL keeps for itself."""
    rows = keys.asked().execute("select keyword_name from duckdb_keywords() where keyword_category = 'reserved'").fetchall()
    return frozenset(row[0] for row in rows)


def _schema(text: str, shown_as: str, offset: int) -> dict:
    loaded = load_yaml(text, shown_as, offset)
    if not isinstance(loaded, dict):
        raise InputError([Problem(shown_as, 1, "", "no mapping", "where a schema should be", "begin with title:")])
    return loaded


def _table(name: str, node: dict, file: str, known: dict[str, Field]) -> Table:
    check = keys.Checker(file)
    if not re.fullmatch(NAME, name) or name in _reserved():
        check.complain(1, "", f"a table named {shown(name)}", "where SQL needs small letters, digits and _, and no word of its own",
                       "rename the file or the resource")  # fmt: skip
    wanted = ("title", "title_zh", "description", "description_zh", "primaryKey", "fields")
    schema = check.only(node, TABLE_KEYS, 1, required=wanted)
    fields = [f for f in (_field(item, known, check) for item in schema.get("fields", [])) if f]
    names = [f.name for f in fields]
    for twice in sorted({n for n in names if names.count(n) > 1}):
        check.complain(max(f.line for f in fields if f.name == twice), twice, "listed twice", "where a column stands once", "remove one")
    for columns in [schema.get("primaryKey", []), *schema.get("uniqueKeys", [])]:
        for column in columns:
            if column not in names:
                check.complain(1, "primaryKey", shown(column), "is not a column of the table", "name a column")
    foreign_keys = [_foreign_key(item, name, check) for item in schema.get("foreignKeys", [])]
    if check.problems:
        raise InputError(check.problems)
    return Table(
        name=name,
        title=schema["title"], title_zh=schema["title_zh"],
        description=schema["description"], description_zh=schema["description_zh"],
        fields=tuple(fields),
        primary_key=tuple(schema["primaryKey"]),
        unique_keys=tuple(tuple(key) for key in schema.get("uniqueKeys", [])),
        foreign_keys=tuple(key for key in foreign_keys if key),
        released=schema.get("released", True),
        schema_file=file,
    )  # fmt: skip


def _foreign_key(node: dict, table: str, check: keys.Checker) -> ForeignKey | None:
    line = node["__line__"]
    key = check.only(node, FOREIGN_KEY_KEYS, line, "foreignKeys", required=FOREIGN_KEY_KEYS)
    reference = check.only(key.get("reference", {}), REFERENCE_KEYS, line, "foreignKeys", required=REFERENCE_KEYS)
    if "fields" not in key or "fields" not in reference:
        return None
    return ForeignKey(key["fields"][0], reference.get("resource") or table, reference["fields"][0])


def _field(node: dict, known: dict[str, Field], check: keys.Checker) -> Field | None:
    line = node["__line__"]
    name = node.get("name")
    if not keys.is_text(name) or not re.fullmatch(NAME, name):
        check.complain(line, "fields", shown(name), "where a column has a name of small letters, digits and _", "write - name: <column>")
        return None
    field = check.only(node, FIELD_KEYS, line, name)
    constraints = check.only(field.get("constraints", {}), CONSTRAINT_KEYS, line, name)
    required = constraints.get("required", False)
    if "type" not in node:
        if name in known:
            return replace(known[name], required=required, line=line)
        check.complain(line, name, "no type", "where no other table describes the column", "add type, description and description_zh")
        return None
    kind, decimals = field.get("type"), field.get("decimals")
    if kind and kind not in DUCKDB_TYPES and kind != "number":
        known_types = ", ".join(sorted([*DUCKDB_TYPES, "number"]))
        check.complain(line, name, shown(kind), f"is not one of {known_types}", "choose one of these types")
        return None
    if kind == "number" and not 0 <= (-1 if decimals is None else decimals) <= 18:
        check.complain(line, name, "no decimals" if decimals is None else f"{decimals} decimals",
                       "where a number says how many it keeps, 0 to 18", "add decimals: 6, or as many as needed")  # fmt: skip
        return None
    for key in ("description", "description_zh"):
        if key not in node:
            check.complain(line, name, f"no {key}", "where each column is described in both languages", f"add {key}:")
    if ("minimum" in constraints) != ("maximum" in constraints):
        check.complain(line, name, "one of minimum and maximum", "where both are needed", "give both, or neither")
        return None
    categories = [check.only(item, CATEGORY_KEYS, item["__line__"], name, required=CATEGORY_KEYS) for item in field.get("categories", [])]
    return Field(
        name=name, type=kind or "string", line=line,
        description=field.get("description", ""), description_zh=field.get("description_zh", ""),
        format=field.get("format", ""), unit=field.get("unit", ""), decimals=decimals,
        required=required, pattern=constraints.get("pattern", ""),
        minimum=constraints.get("minimum"), maximum=constraints.get("maximum"),
        categories=tuple(Category(**c) for c in categories if set(c) == set(CATEGORY_KEYS)),
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
