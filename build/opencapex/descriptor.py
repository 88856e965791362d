"""datapackage.json: what the package is, and per table its path and schema.

Its keys are checked here because frictionless takes any: a misspelt one would be silently ignored.
"""

import json
import re
from pathlib import Path

from opencapex.problems import InputError, Problem, read_text, shown

FILE = "datapackage/datapackage.json"
KEYS = {
    "$schema", "name", "id", "title", "title_zh", "description", "description_zh", "homepage", "version",
    "licenses", "contributors", "keywords", "sources", "resources",
}  # fmt: skip
REQUIRED = {"name", "version", "title", "title_zh", "licenses", "contributors"}
RESOURCE_KEYS = {"name", "type", "path", "format", "mediatype", "encoding", "dialect", "schema"}


def descriptor(root: Path) -> dict:
    """datapackage.json, checked for the keys that this project relies on. Raises InputError with every problem."""
    text = read_text(root / FILE, FILE)
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        found = f"{error.msg} at column {error.colno}"
        raise InputError([Problem(FILE, error.lineno, "", found, "where JSON should go on", "mend the JSON")]) from None
    if not isinstance(package, dict) or not isinstance(package.get("resources"), list) or not package["resources"]:
        raise InputError([Problem(FILE, 1, "resources", "no list of tables", "where one is needed", "restore the key resources")])
    problems = [
        Problem(
            FILE,
            _line_of(text, f'"{key}"'),
            key,
            "unknown key",
            f"where one of {', '.join(sorted(KEYS))} may stand",
            "correct its spelling",
        )
        for key in set(package) - KEYS
    ]
    problems += [Problem(FILE, 1, key, "missing", "where a value is required", f"add {key}") for key in REQUIRED - set(package)]
    for number, resource in enumerate(package["resources"], 1):
        problems += _resource_problems(text, number, resource if isinstance(resource, dict) else {})
    names = [resource.get("name") for resource in package["resources"] if isinstance(resource, dict)]
    for name in {str(name) for name in names if names.count(name) > 1}:
        problems.append(Problem(FILE, _line_of(text, f'"name": "{name}"'), name, "listed twice", "where a table stands once", "remove one"))
    if problems:
        raise InputError(problems)
    return package


def _resource_problems(text: str, number: int, resource: dict) -> list[Problem]:
    name = str(resource.get("name", f"resource {number}"))
    line = _line_of(text, f'"name": "{name}"')
    expected = f"where the keys are {', '.join(sorted(RESOURCE_KEYS))}"
    problems = [
        Problem(
            FILE,
            line,
            f"{name}.{key}",
            "missing" if key in RESOURCE_KEYS else "unknown key",
            expected,
            "give each resource exactly these keys",
        )
        for key in set(resource) ^ RESOURCE_KEYS
    ]
    if "name" in resource and not isinstance(resource["name"], str):
        problems.append(Problem(FILE, line, f"{name}.name", shown(resource["name"]), "is not a text", "put it in quotes"))
    for key in {"path", "schema"} & set(resource):
        if not re.fullmatch(r"(data/|schemas/)?[a-z_]+\.(csv|yaml)", str(resource[key])):
            expected = "is not a plain path inside datapackage/"
            problems.append(Problem(FILE, line, f"{name}.{key}", shown(resource[key]), expected, "write data/<table>.csv"))
    return problems


def _line_of(text: str, needle: str) -> int:
    return text[: max(text.find(needle), 0)].count("\n") + 1
