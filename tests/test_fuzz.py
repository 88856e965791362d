"""Input spoilt by lot: bytes and cells of the CSV files, nodes and bytes of the schemas and the descriptor of the tiny package.

Whatever the input, ./run check ends in bounded time with nothing or with lines of the form file[:line]: ... Fix: ..., and nothing that
it lets pass is refused by frictionless. What single odd cells mean is declared in VERDICTS, per kind of column.
"""

import copy
import json
import re
import time
from contextlib import contextmanager

import pytest
import yaml
from conftest import REPEATABLE, small_package
from frictionless import Package, Resource, Schema, system
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opencapex import database, pipeline, shape
from opencapex.problems import SHOWN, InputError, report
from opencapex.schemas import Field, Table

LINE = re.compile(r"(?=.{0,3300}$)[\w./-]+(:[1-9][0-9]*)?: \S.*\. Fix: \S.*")
SECONDS = 10  # of processor time; a check of the tiny package takes less than one
KINDS = {
    "n": Field("number", "number", "", "", 1, decimals=6),
    "i": Field("integer", "integer", "", "", 1),
    "y": Field("year", "year", "", "", 1, minimum=2000, maximum=2100),
    "d": Field("date", "date", "", "", 1),
    "b": Field("boolean", "boolean", "", "", 1),
    "s": Field("slug", "string", "", "", 1, pattern="[a-z0-9]+(-[a-z0-9]+)*"),
    "t": Field("text", "string", "", "", 1),
}
# Odd cell -> the kinds of column that accept it, by the letters above; all others refuse it.
VERDICTS = {
    "5": "nist", "-5": "nit", "0": "nist", "6.9": "nt", "2025": "nisyt", "0999": "st", "2025.0": "t", "-0.5": "nt", "0.000001": "nt", "2025-02-04": "dst", "true": "bst", "abc": "st",
    "NaN": "t", "nan": "st", "inf": "st", "-inf": "", "Infinity": "t", "1e400": "st", "1e3": "st", "1E3": "t", "1_000": "t",
    "1,000": "t", "1 000": "t", "1'000": "t", "５": "", "٥": "t", "٢٠٢٥-٠٢-٠٤": "t", "²": "t", "½": "t", "五": "t", "2025-2-4": "st",
    "2025-02-30": "st", "2025-13-01": "st", "0000-00-00": "st", "1899-12-31": "st", "20250304": "nist", "2025-03-04T00:00": "t",
    "2025-03-04 00:00:00": "t", "04.03.2025": "t", "3/4/2025": "t", "1741046400": "nist", "45720": "nist", " 5": "", "5 ": "", "0x1F": "t",
    "-0": "t", "00": "st", "05": "st", "+5": "t", "5.": "t", ".5": "t", "5.0": "t", "5.10": "t", "0.0000001": "t", "-0.0": "t", "−5": "t",
    "--5": "", "-": "t", "null": "st", "NULL": "t", "None": "t", "N/A": "t", "#N/A": "t", "5%": "t", "$5": "t", "¥5": "t", "TRUE": "t",
    "True": "t", "yes": "st", "1": "nist", "false": "bst", "=5": "", "@5": "", "(5)": "t", "9" * 32: "nst", "9" * 33: "st", "9" * 18: "nist", "9" * 400: "st",
    "5\u00a0": "", "5\u200b": "", "5\t": "", "a--b": "t", "A": "t", "a_b": "t",
}  # fmt: skip
NODES = [None, True, 5, -1, 1e400, "", "x", "null", "[", "a b", "figures", "string", "number", [], [[]], [None], ["unit"], {}, {"a": 1}, {5: "x"},
         "é" * 5000]  # fmt: skip
BYTES = [b"", b",", b'"', b'""', b"\n", b"\n\n", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xc2\xa0", b": ", b"- ", b"'", b"{", b"]", b"\t", b"&a ",
         b"*a", b"!!python/name:os.system ", b"<<: ", b"---\n", b"#", "e\u0301".encode(), b"\xed\xa0\x80", b"9" * 50, b"x" * 70000]  # fmt: skip


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return small_package(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def declared(tiny):
    """Per table the resource as frictionless takes it, its schema inlined."""
    package = json.loads((tiny / "datapackage/datapackage.json").read_text(encoding="utf-8"))
    schemas = {
        resource["name"]: (tiny / "datapackage" / resource["schema"]).read_text(encoding="utf-8") for resource in package["resources"]
    }
    return {resource["name"]: resource | {"schema": yaml.safe_load(schemas[resource["name"]])} for resource in package["resources"]}


def second_opinion(root, table, declared):
    """What frictionless finds wrong with a table and its links; of the tables that it leads to, only the rows are read."""
    reached = {key["reference"]["resource"] for key in declared[table]["schema"].get("foreignKeys", [])} - {"", table}
    alone = [{**declared[name], "schema": {**declared[name]["schema"], "foreignKeys": []}} for name in sorted(reached)]
    with system.use_context(trusted=True):
        package = Package.from_descriptor({"name": "tiny", "resources": [declared[table], *alone]}, basepath=str(root / "datapackage"))
        return package.validate().flatten(["title", "rowNumber", "fieldName", "note"])


def said(check):
    """The problems that a check raises or returns, as lines; each in its form, and all within bounded time."""
    started = time.process_time()
    try:
        found = check()
    except InputError as error:
        found = error.problems
    assert time.process_time() - started < SECONDS
    lines = [str(problem) for problem in found] if isinstance(found, list) else []
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    return lines


@contextmanager
def put(path, content):
    """Content in the place of a file's, for a while."""
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


def places():
    """Where something is changed, by shares of whatever there is, and how."""
    return st.tuples(st.floats(0, 0.999999), st.floats(0, 0.999999))


@st.composite
def spoilt_bytes(draw, content):
    """A few bytes put in, taken out or said twice."""
    for _ in range(draw(st.integers(1, 2))):
        start, length = (int(share * limit) for share, limit in zip(draw(places()), (len(content) + 1, 30), strict=True))
        here = content[start : start + length]
        content = content[:start] + draw(st.sampled_from([*BYTES, here + here])) + content[start + draw(st.sampled_from([0, length])) :]
    return content


@st.composite
def spoilt_cells(draw, content):
    """An odd cell or two, or one cell's content in another's place."""
    rows = [line.split(b",") for line in content.split(b"\n")]
    for _ in range(draw(st.integers(1, 2))):
        row, other = rows[int(draw(places())[0] * len(rows))], rows[int(draw(places())[0] * len(rows))]
        odd = draw(st.sampled_from([cell.encode() for cell in VERDICTS] + [other[0], other[-1]]))
        row[int(draw(places())[0] * len(row))] = odd
    return b"\n".join(b",".join(row) for row in rows)


@st.composite
def spoilt_tree(draw, tree):
    """One node of what YAML or JSON holds is replaced, taken out, or its key misspelt."""
    tree = copy.deepcopy(tree)
    slots = [(node, key) for node in nodes(tree) for key in (node if isinstance(node, dict) else range(len(node)))]
    node, key = draw(st.sampled_from(slots))
    how = draw(st.sampled_from(["replace", "replace", "remove", "rename"]))
    value = node.pop(key) if how != "replace" else None
    if how == "replace":
        node[key] = draw(st.sampled_from(NODES))
    elif how == "rename" and isinstance(node, dict):
        node[draw(st.sampled_from(["", "x", "name", "title"]))] = value
    return tree


def nodes(tree):
    """Every mapping and list in a tree that is not empty."""
    if isinstance(tree, dict | list) and tree:
        yield tree
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from nodes(value)


BOUNDED = REPEATABLE | {"suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


@settings(max_examples=100, **BOUNDED)
@given(data=st.data())
def test_spoilt_rows(data, tiny, declared, tables):
    curated = {name: table for name, table in tables.items() if table.path}
    table = data.draw(st.sampled_from(sorted(curated)))
    path = tiny / curated[table].path
    before = path.read_bytes()
    spoilt = data.draw(st.one_of(spoilt_bytes(before), spoilt_cells(before)))
    with put(path, spoilt):
        touched = {name: curated[name] for name in (table, *(key.table for key in curated[table].foreign_keys))}
        found = said(lambda: shape.check_shape(tiny, touched, database.connect()))
        if not found:
            assert second_opinion(tiny, table, declared) == []
            said(lambda: pipeline.build(tiny))


@settings(max_examples=60, **BOUNDED)
@given(data=st.data())
def test_spoilt_declarations(data, tiny):
    schemas = [f"schemas/{name}.yaml" for name in ("figures", "units", "fx_rates", "price_index")]
    file = data.draw(st.sampled_from(["datapackage.json", "datapackage.json", *schemas]))
    path = tiny / "datapackage" / file
    before = path.read_bytes()
    tree = yaml.safe_load(before)
    write = json.dumps if file.endswith("json") else yaml.safe_dump
    spoilt = data.draw(st.one_of(spoilt_bytes(before), spoilt_tree(tree).map(lambda tree: write(tree).encode())))
    with put(path, spoilt):
        said(lambda: pipeline.check(tiny))


@pytest.mark.parametrize("letter", KINDS)
def test_each_odd_cell_has_its_verdict(letter, tmp_path):
    """In a column of each kind: accepted where declared so, refused otherwise; what is accepted, frictionless accepts too."""
    column = KINDS[letter]
    table = Table("odd", "", "", "", "", (Field("row", "integer", "", "", 1), column), ("row",), "odd.yaml", path="odd.csv")
    rows = [["row", column.name], *([str(number), cell] for number, cell in enumerate(VERDICTS, 1))]
    # A forbidden character stops its file before any cell is looked at: such cells are asked about one by one.
    alone = [row for row in rows if shape.FORBIDDEN.search(row[1])]
    refused = set()
    for content in [[row for row in rows if row not in alone], *([rows[0], row] for row in alone)]:
        (tmp_path / "odd.csv").write_text(shape.write_csv(content), encoding="utf-8")
        found = shape.check_shape(tmp_path, {"odd": table}, database.connect())
        assert [str(problem) for problem in found if not LINE.fullmatch(str(problem))] == []
        refused |= {content[problem.line - 1][1] for problem in found}
    accepted = set(VERDICTS) - refused
    assert accepted == {cell for cell, letters in VERDICTS.items() if letter in letters}
    (tmp_path / "odd.csv").write_text(shape.write_csv([row for row in rows if row[1] in {column.name, *accepted}]), encoding="utf-8")
    with database.connect() as con:
        assert shape.check_shape(tmp_path, {"odd": table}, con) == []
        shape.load_curated({"odd": table}, con)
    constraints = {"constraints": {"pattern": column.pattern}} if column.pattern else {}
    schema = {
        "fields": [{"name": "row", "type": "integer"}, {"name": column.name, "type": column.type, **constraints}],
        "missingValues": [""],
    }
    with system.use_context(trusted=True):
        opinion = Resource(path="odd.csv", basepath=str(tmp_path), schema=Schema.from_descriptor(schema)).validate()
    assert opinion.flatten(["rowNumber", "fieldName", "note"]) == []


# (what, what is put in the place of what, the line that says so)
HUGE = [
    ("a huge cell", "US dollar", "x" * 3_000_000, f"4: a row of {3_000_000 + 21} characters where at most 32000 are read"),
    ("a quote that is never closed", "US dollar", '"' + "x\n" * 200_000, "4: a quote that a CSV writer would not place here"),
    ("ten thousand cells", "US dollar", "x," * 10_000, "4: 10007 cells where the header has 7"),
    ("a hundred thousand columns", "unit,", "unit," + "x," * 100_000, "1: header 'unit,x,x,"),
]


@pytest.mark.parametrize(("old", "new", "says"), [pytest.param(*case[1:], id=case[0]) for case in HUGE])
def test_huge_input_is_a_short_line(old, new, says, package):
    path = package / "datapackage/data/units.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    lines = said(lambda: pipeline.check(package))
    assert [line for line in lines if line.startswith(f"datapackage/data/units.csv:{says}")], lines[:3]


def test_many_problems_at_once_are_counted_and_the_first_shown(package):
    (package / "datapackage/data/fx_rates.csv").write_text("rate_date,currency,units_per_eur\n" + "x,y,z\n" * 20_000, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        pipeline.check(package)
    *lines, last = report(raised.value.problems).split("\n")
    assert len(lines) == SHOWN and last == f"{len(raised.value.problems)} problems, the first {SHOWN} shown"
    assert len(raised.value.problems) > 60_000
