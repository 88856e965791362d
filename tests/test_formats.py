"""The renderings of the tiny package, each read by a stranger's tool: nothing is lost, nothing is invented."""

import csv
from datetime import datetime

import duckdb
import openpyxl
import pytest
from conftest import ROOT, small_package
from opencapex import pipeline, publish, spreadsheet

FORMULA = "=1+1 且 https://example.org"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The tiny package, built, one of its notes something that a spreadsheet would compute."""
    root = small_package(tmp_path_factory.mktemp("tiny"))
    package = pipeline.build(root)
    package.con.execute("update figures set note = ? where figure_id = 'F00001'", [FORMULA])
    (root / "dist").mkdir()
    publish.publish(root, package.tables, package.con, root / "dist")
    return root, package


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_csv(cell):
    """A cell of a spreadsheet as the CSV writes it."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, bool):
        return str(cell).lower()
    return cell.date().isoformat() if isinstance(cell, datetime) else f"{cell:.6f}".rstrip("0").rstrip(".")


def test_the_spreadsheet_holds_the_tables_as_they_are(tiny):
    root, package = tiny
    book = openpyxl.load_workbook(root / "dist/opencapex.xlsx")
    shown = [table for table in package.tables.values() if table.released and table.name not in spreadsheet.LEFT_OUT]
    assert book.sheetnames == ["dictionary", *(table.name for table in shown)]
    for table in shown:
        sheet = book[table.name]
        assert sheet.freeze_panes == "A2"
        expected = rows_of(root / f"dist/{table.name}.csv")
        assert [[as_csv(cell) for cell in row] for row in sheet.iter_rows(values_only=True)] == expected, table.name
        kinds = {"number": "n", "integer": "n", "year": "n", "date": "d", "boolean": "b", "string": "s"}
        for column, cells in zip(table.fields, sheet.iter_cols(min_row=2), strict=True):
            assert {cell.data_type for cell in cells if cell.value is not None} <= {kinds[column.type]}, (table.name, column.name)
    assert book["figures"].cell(2, 1 + package.tables["figures"].field_names.index("note")).value == FORMULA


def test_the_dictionary_describes_every_column(tiny):
    root, package = tiny
    rows = openpyxl.load_workbook(root / "dist/opencapex.xlsx")["dictionary"].iter_rows(values_only=True)
    described = {(row[0], row[1]): row[5] for row in rows if row[1]}
    for table in package.tables.values():
        for column in table.fields if table.released and table.name not in spreadsheet.LEFT_OUT else ():
            assert described[table.name, column.name] == column.description


def test_the_spreadsheet_has_the_same_bytes_again(tiny, tmp_path):
    root, package = tiny
    released = [table for table in package.tables.values() if table.released]
    title = pipeline.schemas.descriptor(root)["title"]
    spreadsheet.write_xlsx(released, package.con, tmp_path / "again.xlsx", title)
    assert (tmp_path / "again.xlsx").read_bytes() == (root / "dist/opencapex.xlsx").read_bytes()


@pytest.fixture
def attached(tiny):
    with duckdb.connect() as con:
        con.execute(f"attach '{tiny[0] / 'dist/opencapex.duckdb'}' as opencapex (read_only)")
        con.execute("use opencapex")
        yield con


def test_views_and_the_as_of_macro_work_in_an_attached_file(attached):
    assert {row[0] for row in attached.execute("select view_name from duckdb_views() where not internal").fetchall()} == {
        "capex",
        "guidance",
    }
    expected = "select count(*) from vintages where known_from <= '{0}' and (known_until is null or '{0}' < known_until)"
    for day in ("2020-01-01", "2025-02-04", "2026-01-01"):
        known = attached.execute("select count(*) from as_of(?)", [day]).fetchall()
        assert known == attached.execute(expected.format(day)).fetchall()
    assert known > [(0,)]
    current = attached.execute("select count(*) from statements where is_current and family = 'capex'").fetchall()
    assert attached.execute("select count(*) from opencapex.capex").fetchall() == current > [(0,)]
    assert attached.execute("select count(*) from opencapex.guidance").fetchall() > [(0,)]


def test_the_as_of_macro_says_nothing_learned_later(attached):
    columns = {row[0] for row in attached.execute("describe from as_of('2025-02-04')").fetchall()}
    assert not columns & {"known_until", "is_current", "retired_on", "release_added", "release_retired", "flags"}


def test_views_and_macros_explain_themselves(attached):
    comments = dict(attached.execute("select function_name, comment from duckdb_functions() where not internal").fetchall())
    comments |= dict(attached.execute("select view_name, comment from duckdb_views() where not internal").fetchall())
    assert comments.keys() == {"as_of", "capex", "guidance"} == {path.stem for path in (ROOT / publish.VIEWS).glob("*.sql")}
    assert all(comment and comment.endswith(".") for comment in comments.values())
    uncommented = "select column_name from duckdb_columns() where table_name in ('capex', 'guidance') and comment is null"
    assert attached.execute(uncommented).fetchall() == []
