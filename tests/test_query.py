"""SQL for everyone: `./run query`, the client in a notebook, the page in a browser."""

import csv
import io
import json

import pytest
from conftest import run, small_package
from opencapex import pipeline, publish


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """What ./run build makes of the tiny package."""
    root = small_package(tmp_path_factory.mktemp("asked"))
    package = pipeline.build(root)
    (root / "dist").mkdir()
    publish.publish(root, package.tables, package.con, root / "dist")
    return root / "dist"


def asked(dist, capfd, sql, form):
    from opencapex.query import query

    query(dist / "opencapex.duckdb", sql, form)
    return capfd.readouterr().out


SQL = "select figure_id, lower, period_end, is_current, repeats from statements where figure_id = 'F00002'"


def test_a_question_in_the_shell_is_answered_as_table_csv_and_json(dist, capfd):
    assert "│ F00002    │ 75000000000.0 │ 2025-12-31 │ true       │ NULL    │" in asked(dist, capfd, SQL, "table")
    assert list(csv.reader(io.StringIO(asked(dist, capfd, SQL, "csv")))) == [
        ["figure_id", "lower", "period_end", "is_current", "repeats"],
        ["F00002", "75000000000", "2025-12-31", "true", ""],
    ]
    assert json.loads(asked(dist, capfd, SQL, "json")) == [
        {"figure_id": "F00002", "lower": 75000000000, "period_end": "2025-12-31", "is_current": True, "repeats": None}
    ]


def test_a_question_to_the_built_tables_is_one_command(made):
    done = run(made, "query", "select lower from statements where figure_id = 'F00001'", "--as", "csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "lower\n380000000000\n", "")


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select\n* fro figures", './run query:2: Parser Error: syntax error at or near "figures"'),
        ("select nothing from figures", 'Binder Error: Referenced column "nothing" not found'),
        ("drop table figures", "read-only mode"),
        ("from nowhere", "Table with name nowhere does not exist"),
    ],
)
def test_what_cannot_be_asked_is_one_line(sql, says, made):
    done = run(made, "query", sql)
    assert done.returncode == 1 and says in done.stderr and "Traceback" not in done.stderr and done.stdout == ""


def test_before_anything_is_built_the_command_says_what_to_do(tmp_path):
    from opencapex.problems import InputError
    from opencapex.query import query

    with pytest.raises(InputError, match="opencapex.duckdb: no such file .* Fix: ./run build"):
        query(tmp_path / "opencapex.duckdb", "select 1", "table")
