"""The lines that the download page tells people to type, run against a local server of the tiny site.

What no test machine has (httpfs, which DuckDB fetches itself; Excel) is not run; its addresses are asked for. R is run where it is installed.
"""

import functools
import http.server
import re
import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.request import urlopen

import duckdb
import pytest
from conftest import freeze, small_package
from opencapex import archives, pages, pipeline, publish
from served import Quiet

HERE = "https://SITE/"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The staged pages of the tiny package, with release 0.1.0."""
    root = small_package(tmp_path_factory.mktemp("snippets"))
    freeze(root, "0.1.0")
    (root / archives.FOLDER / "changes-0.1.0.csv").write_text("step\n", encoding="utf-8")
    package = pipeline.build(root)
    for name in ("dist", "work"):
        (root / name).mkdir()
    publish.publish(root, package.tables, package.con, root / "dist")
    pages.stage(root, package, [], root / "dist", root / "work")
    return root / "work/pages"


@pytest.fixture(scope="module")
def address(site):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def snippets(site, language, page="download"):
    """The code of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", (site / f"{page}.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_address_answers(site, address):
    text = (site / "download.md").read_text(encoding="utf-8")
    named = set(re.findall(rf"{HERE}([^\s'\"]+)", text))
    assert {"data/latest/statements.csv", "data/v0.1.0/statements.csv", "data/latest/opencapex.duckdb"} <= named
    for place in named:
        with urlopen(address + place) as answer:
            assert answer.status == 200


def test_python_snippets_run(site, address, tmp_path):
    codes = snippets(site, "python")
    assert len(codes) == 5 and sum("polars" in code for code in codes) == 2
    for code in codes:
        assert run([sys.executable, "-W", "error", "-c", code.replace(HERE, address)], tmp_path)


@pytest.mark.skipif(not shutil.which("Rscript"), reason="no R: apt-get install r-base-core (as root)")
def test_r_snippets_run(site, address, tmp_path):
    codes = snippets(site, "r")
    assert len(codes) == 2
    for code in codes:
        says = f"{code.replace(HERE, address)}\ncat(nrow(statements), statements$entity_zh[1])"
        assert run(["Rscript", "--vanilla", "-e", says], tmp_path).endswith("6 阿尔法")


def test_shell_snippets_run(site, address, tmp_path):
    frictionless = f"{shlex.quote(sys.executable)} -m frictionless"
    said = ""
    for code in snippets(site, "sh"):
        command = re.sub(r"^frictionless", lambda _: frictionless, code.replace(HERE, address), flags=re.MULTILINE)
        said += run(["bash", "-eo", "pipefail", "-c", command], tmp_path)
    assert "opencapex-0.1.0.zip: OK" in said
    assert (tmp_path / "statements.csv").read_bytes() == (site / "data/latest/statements.csv").read_bytes()


def test_sql_snippets_run_on_the_files_that_they_name(site):
    """DuckDB reads over http with an extension that it fetches itself; here it reads the same files from the disk."""
    codes = snippets(site, "sql")
    assert len(codes) == 4
    for code in codes:
        with duckdb.connect() as con:
            assert con.execute(code.replace(HERE, f"{site}/")).fetchall()


def test_both_languages_show_the_same_code(site):
    for language in ("sql", "python", "r", "sh"):
        assert snippets(site, language) == snippets(site, language, "download.zh") != []


def test_nothing_is_left_of_the_placeholder_where_the_address_is_known():
    """The script of the pages knows the placeholder by the same name."""
    assert f'"{HERE}"' in (Path(__file__).resolve().parents[1] / "docs/assets/opencapex.js").read_text(encoding="utf-8")
