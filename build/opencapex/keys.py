"""Mappings read from YAML, held against the keys that they may have and the kind of value each key takes."""

import re
from collections.abc import Callable, Iterable
from functools import cache

import duckdb

from opencapex.lines import without_lines
from opencapex.problems import Problem, shown


def is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _are_names(value: object) -> bool:
    return isinstance(value, list) and value != [] and all(is_text(name) for name in value)


def _is_pattern(value: object) -> bool:
    return is_text(value) and _compiles(value)


@cache
def asked() -> duckdb.DuckDBPyConnection:
    """A connection for questions about SQL itself; the one that duckdb shares with everybody may be in use."""
    return duckdb.connect()


@cache
def _compiles(pattern: str) -> bool:
    try:
        return bool(re.compile(pattern) and asked().execute("select regexp_full_match('', ?)", [pattern]).fetchall())
    except (re.error, duckdb.Error):
        return False


# What kind of value each key takes, and how such a kind is recognised.
KINDS: dict[str, Callable[[object], bool]] = {
    "a text (in quotes where YAML would read a number)": is_text,
    "true or false": lambda value: isinstance(value, bool),
    "a list of column names": _are_names,
    "a list of lists of column names": lambda value: isinstance(value, list) and all(_are_names(names) for names in value),
    "a list of mappings": lambda value: isinstance(value, list) and all(isinstance(item, dict) for item in value),
    "the name of a table, or an empty text for this one": lambda value: isinstance(value, str),
    "a mapping": lambda value: isinstance(value, dict),
    "a list": lambda value: isinstance(value, list),
    "a whole number": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "a number": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and -1e38 < value < 1e38,
    "a pattern that Python and DuckDB both understand": _is_pattern,
}
TEXT, TRUTH, NAMES, KEYS, MAPPINGS, RESOURCE, MAPPING, LIST, WHOLE, NUMBER, PATTERN = KINDS


class Checker:
    """Holds the mappings of one schema file against the keys that they may have, and gathers what is wrong."""

    def __init__(self, file: str):
        self.file = file
        self.problems: list[Problem] = []

    def complain(self, line: int, where: str, found: str, expected: str, fix: str) -> None:
        self.problems.append(Problem(self.file, line, where, found, expected, fix))

    def only(self, node: dict, allowed: dict[str, str], line: int, where: str = "", required: Iterable[str] = ()) -> dict:
        """The entries of `node` that are as they should be; each of the others is a problem."""
        good = {}
        for key, value in node.items():
            if key == "__line__":
                continue
            if key not in allowed:
                self.complain(line, where or str(key), f"unknown key {shown(key)}", f"where one of {', '.join(sorted(allowed))} may stand",
                              "correct its spelling")  # fmt: skip
            elif value is None or not KINDS[allowed[key]](value):
                place = ".".join(part for part in (where, key) if part)
                self.complain(line, place, shown(without_lines(value)), f"where {allowed[key]} should be", "write it so")
            else:
                good[key] = value
        for key in required:
            if key not in node:
                self.complain(line, where or key, f"no {key}", "where a value is required", f"add {key}:")
        return good
