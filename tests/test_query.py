"""SQL for everyone: `./run query`, the client in a notebook, the page in a browser."""

import csv
import functools
import http.server
import io
import json
import subprocess
import sys
import threading

import opencapex
import pytest
from conftest import ROOT, run, small_package
from opencapex import client, lineage, pipeline, publish
from opencapex.problems import InputError
from opencapex.query import query


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """What ./run build makes of the tiny package."""
    root = small_package(tmp_path_factory.mktemp("asked"))
    package = pipeline.build(root)
    (root / "dist").mkdir()
    publish.publish(root, package.tables, package.con, root / "dist")
    return root / "dist"


@pytest.fixture
def checkout(dist, monkeypatch):
    """The tiny package as the checkout that the client works in."""
    monkeypatch.setattr(client, "CHECKOUT", dist.parent)
    return dist.parent


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(made):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=made / "site")) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def asked(dist, capfd, sql, form):
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
    with pytest.raises(InputError, match="opencapex.duckdb: no such file .* Fix: ./run build"):
        query(tmp_path / "opencapex.duckdb", "select 1", "table")


def test_a_table_comes_as_a_frame_with_its_dictionary(checkout):
    growth = opencapex.read("growth")
    assert growth.set_index(["figure_id", "horizon"]).loc[("F00002", "yoy"), "growth_percent"] == 50
    assert growth.attrs["columns"]["growth_percent"] == "Growth where both figures are points; empty otherwise. Unit: percent."
    assert growth.attrs["description"].startswith("Each current figure against the one")
    assert list(opencapex.read("capex").attrs["columns"])[:2] == ["figure_id", "entity_id"]


def test_a_row_is_explained_from_the_published_files_as_from_the_curated_ones(checkout):
    key = "F00002/yoy/guidance_on_actual"
    lines = opencapex.explain("growth", key).splitlines()
    assert set(lineage.explain(pipeline.build(checkout), "growth", key).splitlines()) <= set(lines)
    assert "  growth_percent: 50" in lines and "rounded half up to 4 decimals" in "".join(lines)


def test_as_of_a_day_a_table_is_what_could_be_computed_on_it(checkout):
    assert len(opencapex.read("growth", as_of="2025-02-03")) == 0
    assert set(opencapex.read("growth", as_of="2025-02-04").figure_id) >= {"F00002"}
    assert opencapex.read("growth", as_of="2099-12-31").equals(opencapex.read("growth"))


@pytest.mark.parametrize("day", ["2024-06-30", "2025-03-04"])
def test_as_of_a_day_client_and_macro_agree_and_nothing_later_is_told(day, made):
    """On the data itself; every column that holds a day of knowing or a rate's day is looked at."""
    vintages = pipeline.known_on(ROOT, client._day(day), "vintages").con
    known = vintages.execute("select figure_id from vintages where known_until is null").fetchall()
    assert sorted(known) == sorted(opencapex.connect(made / "dist").execute(f"select figure_id from as_of('{day}')").fetchall())
    statements = pipeline.known_on(ROOT, client._day(day), "statements").con
    latest = statements.execute("select max(stated_on), max(rate_end) from statements").fetchall()[0]
    assert all(str(found) <= day for found in latest)


def test_as_of_a_day_long_past_all_every_table_is_todays(made):
    """So that what is taken out is what was not known, and nothing else; release_added is the dataset's own clock."""
    for name in ("growth", "amounts", "commitments", "group_totals", "guidance_outcome", "conflicts"):
        con = pipeline.known_on(ROOT, client._day("2099-12-31"), name).con
        today = opencapex.connect(made / "dist").execute(f"from {name} order by all").fetchall()
        assert con.execute(f"from {name} order by all").fetchall() == today, name


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: opencapex.read("nothing"), "table: nothing is not a table. Fix: name one of amounts, bases"),
        (lambda: opencapex.read("growth", as_of="yesterday"), "as_of: yesterday is not a day"),
        (lambda: opencapex.read("coverage", as_of="2025-03-04"), "coverage is no table, or rests on rows without a day. Fix: .* growth"),
        (lambda: opencapex.read("growth", as_of="2025-03-04", data="dist"), "takes the models of a checkout. Fix: ask a connection"),
        (lambda: opencapex.explain("growth", "x"), "is not a key of growth"),
        (lambda: opencapex.connect("/nowhere"), "data: /nowhere holds no datapackage.json. Fix: ./run build"),
        (lambda: opencapex.connect("ftp://127.0.0.1/"), "is no http"),
        (lambda: opencapex.connect("http://127.0.0.1:1/"), "http://127.0.0.1:1/datapackage.json cannot be fetched"),
    ],
)
def test_what_the_client_cannot_do_is_said_in_one_line(call, says, checkout):
    with pytest.raises(InputError, match=says):
        call()


def test_a_published_release_is_fetched_and_held_against_its_hashes(address, made):
    latest = opencapex.connect(f"{address}data/latest/")
    assert latest.execute("select count(*) from as_of('2025-03-04')").fetchall()[0][0] > 1000
    frozen = f"{address}data/v0.1.0"
    assert opencapex.read("statements", data=frozen).set_index("figure_id").loc["F00001", "lower"] == 380000000000
    assert "sources:" in opencapex.explain("statements", "F00001", data=frozen)
    units = made / "site/data/v0.1.0/units.csv"
    whole = units.read_bytes()
    units.write_bytes(whole + b"more\n")
    try:
        with pytest.raises(InputError, match="units.csv is not the file that datapackage.json vouches for"):
            opencapex.connect(frozen)
    finally:
        units.write_bytes(whole)


def python(project, code):
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, cwd=project, env={"PYTHONPATH": str(project / "build")}, capture_output=True, text=True, check=False)


def test_the_cells_of_the_notebook_run(made):
    notebook = json.loads((made / "examples/opencapex.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells and not any(cell["outputs"] for cell in cells)
    done = python(made, "\n".join("".join(cell["source"]) for cell in cells))
    assert done.returncode == 0, done.stderr
    assert "rows of growth could be computed on 2025-03-04" in done.stdout and "  url: http" in done.stdout


def test_a_notebook_needs_nothing_that_only_the_build_does(made):
    blocked = "frictionless great_expectations jinja2 markupsafe material mkdocs xlsxwriter"
    code = f"import sys; sys.modules.update(dict.fromkeys('{blocked}'.split())); import opencapex; "
    done = python(made, code + "print(len(opencapex.read('growth', as_of='2025-03-04')), len(opencapex.explain('statements', 'F00001')))")
    assert done.returncode == 0, done.stderr
