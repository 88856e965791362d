"""What is published: files that agree with each other, with the repository, and with a stranger's tools."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys

import duckdb
import pandas as pd
import pytest
from conftest import copy_of_the_project, run
from frictionless import Package
from opencapex import publish


@pytest.fixture(scope="module")
def dist(made):
    return made / "dist"


@pytest.fixture(scope="module")
def descriptor(dist):
    return json.loads((dist / "datapackage.json").read_text(encoding="utf-8"))


def test_every_released_table_is_there_in_every_form(dist, descriptor, tables):
    released = {table.name for table in tables.values() if table.released}
    assert {resource["name"] for resource in descriptor["resources"]} == released
    assert {path.stem for path in dist.glob("*.csv")} == released
    assert {path.stem for path in dist.glob("*.parquet")} == released
    with duckdb.connect(str(dist / "opencapex.duckdb"), read_only=True) as con:
        assert {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()} == released


def test_hashes_and_sizes_are_those_of_the_files(dist, descriptor):
    for resource in descriptor["resources"]:
        content = (dist / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_frictionless_accepts_the_released_package(dist):
    report = Package(str(dist / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])


def test_curated_tables_are_published_as_they_stand(dist, root, tables):
    for table in tables.values():
        if table.path and table.released:
            assert (dist / f"{table.name}.csv").read_bytes() == (root / table.path).read_bytes(), table.name


def test_the_csv_and_parquet_hold_the_same(dist, descriptor):
    for resource in descriptor["resources"]:
        rows = duckdb.sql(f"select count(*) from '{dist / resource['name']}.parquet'").fetchall()[0][0]
        with (dist / resource["path"]).open(encoding="utf-8", newline="") as file:
            assert rows == sum(1 for _ in csv.reader(file)) - 1


def test_duckdb_1_2_can_open_the_database(dist):
    with duckdb.connect(str(dist / "opencapex.duckdb"), read_only=True) as con:
        tags = con.execute("select tags from duckdb_databases() where not internal").fetchall()[0][0]
    assert tags["storage_version"] == "v1.2.0+"


def test_comments_are_the_schemas(dist, tables):
    with duckdb.connect(str(dist / "opencapex.duckdb"), read_only=True) as con:
        on_tables = dict(con.execute("select table_name, comment from duckdb_tables()").fetchall())
        on_columns = {
            (t, c): comment for t, c, comment in con.execute("select table_name, column_name, comment from duckdb_columns()").fetchall()
        }
    for table in tables.values():
        if table.released:
            assert on_tables[table.name] == f"{table.description} Key: {', '.join(table.primary_key)}."
            for column in table.fields:
                assert on_columns[table.name, column.name].startswith(column.description)


def test_the_promise_of_alibaba_in_dollars(dist):
    """RMB 380bn of 24 Feb 2025, recomputed from the two reference rates of that day alone."""
    rates = pd.read_csv(dist / "fx_rates.csv").query("rate_date == '2025-02-24'").set_index("currency")["units_per_eur"]
    assert round(rates["CNY"] / rates["USD"], 6) == 7.250048
    statements = pd.read_csv(dist / "statements.csv")
    promise = statements.query("entity_id == 'alibaba' and lower == 380000000000 and stated_on == '2025-02-24' and repeats.isna()").iloc[0]
    assert promise["lower_usd"] == 52413447726 == round(380e9 * rates["USD"] / rates["CNY"])


# Builds the project in argv[1] into argv[2] on one thread.
ELSEWHERE = """
import sys
from pathlib import Path
from opencapex import pipeline, publish
package = pipeline.build(Path(sys.argv[1]))
package.con.execute("set threads = 1")
publish.publish(Path(sys.argv[1]), package.tables, package.con, Path(sys.argv[2]))
"""


def test_another_folder_time_zone_locale_and_thread_count_give_the_same(dist, tmp_path):
    project = copy_of_the_project(tmp_path / "elsewhere")
    again = tmp_path / "again"
    again.mkdir()
    subprocess.run([sys.executable, "-c", ELSEWHERE, project, again], check=True,
                   env={"PYTHONPATH": str(project / "build"), "TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "7"})  # fmt: skip
    assert {path.name for path in again.iterdir()} == {path.name for path in dist.iterdir()}
    for path in sorted(dist.iterdir()):
        # A .duckdb is laid out in an order that its threads decide; what stands in it is the same.
        if path.suffix == ".duckdb":
            assert contents(path) == contents(again / path.name)
        else:
            assert path.read_bytes() == (again / path.name).read_bytes(), path.name


def contents(database):
    """Every row of every table and view of a .duckdb."""
    with duckdb.connect(str(database), read_only=True) as con:
        names = [name for (name,) in con.execute("select table_name from information_schema.tables order by 1").fetchall()]
        return {name: con.execute(f"from {name} order by all").fetchall() for name in names}


def test_a_failed_run_leaves_what_was_there(made, tmp_path):
    project = tmp_path / "project"
    copy_of_the_project(project)
    for name in ("dist", "site"):
        shutil.copytree(made / name, project / name)
    before = {path: path.read_bytes() for name in ("dist", "site") for path in (project / name).rglob("*") if path.is_file()}
    figures = project / "datapackage/data/figures.csv"
    figures.write_text(figures.read_text(encoding="utf-8").replace(",guidance,", ",guess,", 1), encoding="utf-8")
    for verb in ("site", "build", "check"):
        done = run(project, verb)
        assert done.returncode == 1
        assert done.stderr.startswith("datapackage/data/figures.csv:")
        assert done.stderr.endswith("\n1 problem\n") and "Traceback" not in done.stderr
    after = {path: path.read_bytes() for name in ("dist", "site") for path in (project / name).rglob("*") if path.is_file()}
    assert after == before
    assert not list(project.glob(".work-*"))


def test_a_template_that_fails_is_one_line(package, tmp_path):
    (package / "build").unlink()
    shutil.copytree(publish.__file__.rsplit("/", 2)[0], package / "build", ignore=shutil.ignore_patterns("__pycache__"))
    template = package / "build/pages/claims.md"
    template.write_text(template.read_text(encoding="utf-8") + "\n{% if %}", encoding="utf-8")
    (package / "build/expectations.yaml").write_text("[]\n", encoding="utf-8")
    code = "import sys; from pathlib import Path; from opencapex import __main__ as m; m.ROOT = Path(sys.argv.pop(1)); sys.exit(m.main())"
    done = subprocess.run([sys.executable, "-c", code, str(package), "site"], capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": str(package / "build"), "PATH": "/usr/bin:/bin"})  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("build/pages/claims.md:"), done.stderr
    assert not (package / "site").exists()
