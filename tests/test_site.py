"""The built site in a real browser (Debian's chromium, headless, on localhost)."""

import functools
import gzip
import http.server
import json
import os
import re
import shutil
import threading
from pathlib import Path

import axe_playwright_python
import duckdb
import pytest
from playwright.sync_api import expect, sync_playwright
from served import Quiet

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

if not CHROMIUM and os.environ.get("CI") == "true":
    raise RuntimeError("CI has no chromium: apt-get install chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium: apt-get install chromium (as root)")


@pytest.fixture(scope="module")
def address(made):
    handler = functools.partial(Quiet, directory=made / "site")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def pages_of(made):
    return sorted(path.parent.relative_to(made / "site").as_posix() for path in (made / "site").rglob("index.html"))


KINDS = ["", "companies", "companies/alibaba", "companies/microsoft", "facilities", "facilities/china-mobile-harbin", "programmes",
         "places/us-big-four", "guidance", "totals", "commitments", "compute", "forecasts", "disputed", "claims", "tables", "tables/figures",
         "tables/growth", "as-of", "explain", "query", "download", "coverage", "quality", "methodology", "changelog", "report"]  # fmt: skip


def test_every_page_comes_in_both_languages(made):
    pages = {page for page in pages_of(made) if not page.startswith("data")}
    chinese = {page.removeprefix("zh").removeprefix("/") or "." for page in pages if page == "zh" or page.startswith("zh/")}
    english = {page for page in pages if page != "zh" and not page.startswith("zh/")}
    assert english == chinese
    assert {kind or "." for kind in KINDS} <= english


@pytest.mark.parametrize("language", ["", "zh/"])
def test_no_request_leaves_the_site_and_nothing_fails(language, address, page):
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("response", lambda response: errors.append(f"{response.status} {response.url}") if response.status >= 400 else None)
    for kind in KINDS:
        page.goto(f"{address}{language}{kind}{'/' if kind else ''}", wait_until="networkidle")
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert errors == []


def test_the_promise_of_alibaba_in_english(address, page):
    page.goto(f"{address}companies/alibaba/")
    lead = page.locator(".oc-lead").inner_text()
    assert "> RMB 380bn (> USD 52.4bn at the rate of 24 Feb 2025)" in lead
    page.goto(f"{address}companies/alibaba/#F00001")
    row = page.locator("tr", has=page.locator("#F00001"))
    text = row.inner_text()
    assert "> 380,000,000,000" in text and "52,413,447,726" in text and "rate of 24 Feb 2025" in text
    assert row.locator("a[href^='http']").first.get_attribute("href").startswith("http")


def test_the_promise_of_alibaba_in_chinese(address, page):
    page.goto(f"{address}zh/companies/alibaba/#F00001")
    assert "超 3800亿元（超 524亿美元" in page.locator(".oc-lead").inner_text()
    text = page.locator("tr", has=page.locator("#F00001")).inner_text()
    assert "超 380,000,000,000" in text and "52,413,447,726" in text and "2025年2月24日" in text


def test_a_figure_has_an_address_of_its_own(address, page, made):
    figure = asked(made, "select figure_id from figures where entity_id = 'alibaba' order by figure_id limit 1")[0][0]
    page.goto(f"{address}companies/alibaba/#{figure}")
    assert page.locator(f"#{figure}").is_visible()


def test_the_language_switch_leads_to_the_same_page(address, page):
    page.goto(f"{address}companies/alibaba/")
    assert page.locator("link[hreflang=zh]").first.get_attribute("href").rstrip("/").endswith("zh/companies/alibaba")


def test_the_chart_follows_light_and_dark(address, browser):
    colours = []
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(address)
        bar = page.locator("svg.oc-chart .oc-bar").first
        colours.append(bar.evaluate("element => getComputedStyle(element).fill"))
        assert page.locator("svg.oc-chart title").count() >= 1
        context.close()
    assert colours[0] != colours[1]


@pytest.mark.parametrize("language", ["", "zh/"])
def test_a_phone_shows_every_page_without_sideways_scrolling(language, address, browser):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    for kind in KINDS:
        page.goto(f"{address}{language}{kind}{'/' if kind else ''}")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360, kind
    context.close()


def test_the_search_is_fetched_when_it_is_used(address, page):
    asked = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(f"{address}companies/alibaba/", wait_until="networkidle")
    page.mouse.move(200, 200)
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(300)
    assert len(asked) <= 8 and not [file for file in asked if "bundle" in file or "search" in file], asked
    with page.expect_response(re.compile(r"search_index\.json$")) as answer:
        page.keyboard.press("/")
        expect(page.locator("#__search")).to_be_checked()
    assert answer.value.ok


def test_a_chosen_scheme_is_kept(address, page):
    page.goto(address)
    assert page.evaluate("document.body.dataset.mdColorScheme") == "default"
    page.locator("label[for^=__palette]:visible").click()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page.goto(f"{address}zh/claims/")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


@pytest.mark.parametrize("language", ["", "zh/"])
@pytest.mark.parametrize("day", ["2025-03-04", "2026-02-10"])
def test_a_day_shows_what_was_known_then(day, language, address, page, made):
    import duckdb

    with duckdb.connect(str(made / "dist/opencapex.duckdb"), read_only=True) as con:
        known = con.execute("select count(*) from as_of(?) where entity_id = 'alphabet'", [day]).fetchone()[0]
        guided = con.execute(
            """select count(*) from as_of(?) join metrics using (metric_id)
               where family = 'capex' and status = 'guidance' and coalesce(period_end >= ?::date, true)""",
            [day, day],
        ).fetchone()[0]
    page.goto(f"{address}{language}as-of/#{day}/alphabet")
    page.locator(f"output:text-matches('(^|\\\\s){known}\\\\s')").wait_for()
    assert page.locator(".oc-as-of tbody tr").count() == known > 50
    page.locator("select[name=entity]").select_option("")
    expect(page.locator(".oc-as-of tbody tr")).to_have_count(guided)
    assert guided > 5 and page.url.endswith(f"#{day}")


@pytest.mark.parametrize("language", ["", "zh/"])
def test_a_derived_number_leads_to_its_documents(language, address, page):
    page.goto(f"{address}{language}claims/")
    page.locator("#consistent ~ .oc-cards a.oc-explain").first.click()
    page.locator("details.oc-explained dd a[href^='http']").first.wait_for(state="attached")
    text = page.locator("[data-explain]").inner_text()
    assert "claim_checks:" in page.url and "recomputed_lower" in text and "F0" in text
    page.goto(f"{address}{language}explain/#growth:nowhere")
    page.get_by_text("no such row" if not language else "无此行").wait_for()


def test_a_figure_is_cited_in_four_formats(address, page):
    page.goto(f"{address}companies/alibaba/#F00001")
    page.locator(".oc-cite > summary").click()
    cited = page.locator(".oc-cite pre").all_inner_texts()
    assert len(cited) == 4 and all(
        "F00001" in text and "Alibaba Group" in text and f"{address}companies/alibaba/" in text for text in cited
    )
    csl = json.loads(cited[2])[0]
    assert csl["type"] == "dataset" and "> 380,000,000,000" in csl["title"] and csl["issued"]["date-parts"][0][0] >= 2026
    assert cited[1].startswith("@misc{opencapex-F00001,") and "[DS/OL]" in cited[3]
    page.goto(f"{address}zh/download/")
    page.locator("[data-cite] pre").first.wait_for()
    assert "OpenCapex. " in page.locator("[data-cite] pre").first.inner_text()


def test_a_long_table_sorts_and_filters(address, page):
    page.goto(f"{address}companies/")
    column = "[...document.querySelectorAll('.oc-cards tbody tr:not([hidden])')].map(row => row.cells[5].innerText)"
    given = [int(n) for n in page.evaluate(column)]
    page.get_by_role("button", name="Figures").click()
    assert [int(n) for n in page.evaluate(column)] == sorted(given)
    page.get_by_role("button", name="Figures").click()
    assert [int(n) for n in page.evaluate(column)] == sorted(given, reverse=True)
    page.get_by_role("button", name="Reported").click()  # in dollars, whatever the currency that is shown
    dollars = page.evaluate(
        "[...document.querySelectorAll('.oc-cards tbody td:nth-child(2)')].map(cell => Number(cell.dataset.sort || NaN))"
    )
    held = [value for value in dollars if value == value]
    assert len(held) > 10 and dollars[: len(held)] == sorted(held)
    page.get_by_role("searchbox", name="Filter this table").fill("ali cloud")
    assert 0 < len(page.evaluate(column)) < len(given)


def test_a_column_sorts_only_by_what_compares(address, page):
    """Two currencies by their dollars where the cells carry them, else not at all; no order breaks what lies inside what."""
    dates = "[...document.querySelectorAll('h2#new ~ div tbody tr')].slice(0, 12).map(row => Number(row.cells[3].dataset.sort))"
    page.goto(address)
    page.locator("h2#new ~ div").get_by_role("button", name="Figure").first.click()
    dollars = page.evaluate(dates)
    assert len(dollars) == 12 and dollars == sorted(dollars) and dollars[0] > 10**8
    page.goto(f"{address}guidance/")
    assert page.get_by_role("button", name="Said on").count() and not page.get_by_role("button", name="Guided").count()
    page.goto(f"{address}commitments/")
    assert not page.locator(".oc-tree th button").count() and page.locator(".oc-tree").get_by_role("searchbox").count() == 1
    page.goto(f"{address}facilities/")
    page.get_by_role("button", name="Power").click()
    power = page.evaluate(
        "[...document.querySelectorAll('tbody td:nth-child(4)')].map(cell => cell.innerText.split('\\n')[0]).filter(text => text)"
    )
    watts = [float(re.search(r"[\d.]+", text)[0]) * {"M": 1, "G": 1000}[re.search(r"([MG])W", text)[1]] for text in power]
    assert len(watts) > 10 and max(watts) > 1000 and watts == sorted(watts)


@pytest.mark.parametrize("language", ["", "zh/"])
def test_a_sheet_of_numbers_stays_a_table_on_a_phone(language, address, browser):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{address}{language}companies/alphabet/")
    years = page.locator("h3#years + div table")
    assert years.locator("thead").is_visible() and years.evaluate("table => table.offsetHeight") < 500
    assert years.evaluate("table => table.clientWidth") <= 330
    assert language or years.evaluate("table => table.scrollWidth > table.clientWidth")  # the Chinese heads need less room
    first = years.locator("tbody td").first
    before = first.bounding_box()["x"]
    years.evaluate("table => { table.scrollLeft = 60 }")
    assert abs(first.bounding_box()["x"] - before) <= 1
    context.close()


@pytest.mark.parametrize(("width", "tables"), [(1280, "article table"), (360, "article :not(.oc-sheet) > table")])
@pytest.mark.parametrize("language", ["", "zh/"])
def test_no_table_runs_out_of_its_page(language, width, tables, address, browser):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    wide = {}
    for kind in [*KINDS, "companies/oracle", "places/china"]:
        page.goto(f"{address}{language}{kind}{'/' if kind else ''}")
        page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
        wide[kind] = page.locator(tables).evaluate_all(
            "all => all.filter(one => one.scrollWidth > one.clientWidth + 2).map(one => one.innerText.slice(0, 80))"
        )
    context.close()
    assert {kind: found for kind, found in wide.items() if found} == {}


@pytest.mark.parametrize("language", ["", "zh/"])
def test_the_first_page_alone_leads_to_guidance_and_compute(language, address, browser):
    """On a phone, where the tabs are folded away: what Alphabet guided for 2025 and when, and how much China Mobile computes with, in one click each."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{address}{language}")
    page.locator("article").get_by_role("link", name="历次指引" if language else "Guidance, each time it was said").click()
    guided = page.locator("figure", has_text="Alphabet").first.inner_text()
    assert ("2025年2月4日" in guided and "约 750" in guided) if language else ("4 Feb 2025" in guided and "≈ 75" in guided)
    page.goto(f"{address}{language}")
    page.locator("article").get_by_role("link", name="算力（EFLOPS）" if language else "Compute in EFLOPS").click()
    lead = page.locator(".oc-lead").inner_text()
    assert re.search(r"(中国移动|China Mobile)[:：] ?[\d.]+ EFLOPS", lead), lead
    context.close()


@pytest.mark.parametrize("language", ["", "zh/"])
def test_the_drawer_names_every_heading_of_the_site(language, address, page):
    page.goto(f"{address}{language}facilities/")
    drawer = page.locator(".md-nav--primary a[href]").evaluate_all(
        "links => links.map(link => [link.getAttribute('href'), link.textContent.trim()])"
    )
    names = {os.path.normpath(f"/{language}facilities/{place}"): name for place, name in drawer}
    for section, english, chinese in (("companies", "Companies", "公司"), ("programmes", "Programmes and contracts", "计划与合同"),
                                      ("places", "Places and groups", "国家与组合"), ("models", "AI models", "AI 模型")):  # fmt: skip
        assert names[f"/{language}{section}"] == (chinese if language else english)


def test_a_figure_has_its_address_without_a_script(address, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}companies/alibaba/")
    assert page.locator("a#F00001").get_attribute("href") == "#F00001"
    context.close()


def test_one_is_singular(made):
    for path in (made / "site").rglob("index.html"):
        if not path.is_relative_to(made / "site/zh"):
            assert not re.search(r"\b1 (figures|sources|rows|statements)\b", path.read_text(encoding="utf-8")), path


def test_the_rows_of_figures_are_not_searched(made):
    index = json.loads((made / "site/search/search_index.json").read_text(encoding="utf-8"))["docs"]
    texts = {doc["location"]: doc["text"] for doc in index}
    assert "Capital expenditure" in texts["companies/alphabet/"] and not [place for place, text in texts.items() if "XBRL tag" in text]


def test_a_figure_in_a_folded_section_is_shown(address, page):
    page.goto(f"{address}companies/alibaba/")
    folded = page.locator("details:not([open]) tr [id]").first.get_attribute("id")
    page.goto(f"{address}companies/alibaba/#{folded}")
    assert page.locator(f"#{folded}").is_visible()
    page.goto(f"{address}companies/alibaba/")
    page.evaluate("figure => { location.hash = figure }", folded)
    page.locator(f"#{folded}").wait_for(state="visible")


def test_nothing_inline_would_run(address, page):
    page.goto(address)
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
    }""")
    assert page.evaluate("window.ran") is None


def asked(made, query):
    with duckdb.connect(str(made / "dist/opencapex.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def test_the_first_page_says_the_latest_total_and_what_was_said_last(address, page, made):
    total, year = asked(made, """
        select total, year from group_totals
        where entity_id = 'us-big-four' and definition_basis = 'headline' and status_family = 'realised' and unit = 'USD' and total is not null
        order by year desc limit 1
    """)[0]  # fmt: skip
    newest = asked(made, "select max(stated_on) from statements where is_current and repeats is null and stated_precision = 'day'")[0][0]
    page.goto(address)
    lead = page.locator(".oc-lead").inner_text()
    assert f"USD {round(total / 10**9)}bn reported for {year}" in lead
    kept = asked(made, f"""
        select count(distinct metric_ids) = 1 from group_totals
        where entity_id = 'us-big-four' and definition_basis = 'headline' and (status_family, year) in (('realised', {year}), ('expected', {year + 1}))
    """)[0][0]  # fmt: skip
    assert ("no growth is computed" in lead.split("\n")[0]) != kept
    assert page.locator("h2#new + div tbody tr").first.inner_text().startswith(f"{newest.day} ")
    assert page.locator("svg.oc-chart").count() == 3


def test_a_company_page_shows_years_quarters_guidance_and_definitions(address, page):
    page.goto(f"{address}companies/alphabet/")
    titles = " ".join(page.locator("svg.oc-chart title").evaluate_all("titles => titles.map(title => title.textContent)"))
    assert "by calendar year" in titles and "by quarter" in titles and "Guidance" in titles and "Cloud revenue" in titles
    for part in ("years", "definitions", "guidance", "owed", "promises", "compute-held"):
        assert page.locator(f"h3#{part}").count() == 1, part
    row = page.locator("h3#guidance ~ div tbody tr", has=page.locator("a[href='#F01792']"))
    assert "USD 195–205bn" in row.inner_text() and "+USD 15bn" in row.inner_text()


def test_a_promise_is_set_against_the_last_year_known_then(address, page, made):
    spent = asked(made, "select fiscal_amount from capex_annual where entity_id = 'alibaba' and fiscal_end = '2024-03-31'")[0][0]
    yearly = 380_000_000_000 / (1095 / 365.25)  # 24 Feb 2025 to 23 Feb 2028
    page.goto(f"{address}companies/alibaba/")
    row = page.locator("h3#promises ~ div tbody tr", has=page.locator("a[href='#F00001']")).inner_text()
    assert f"{yearly / float(spent):.1f} times the year to 31 Mar 2024" in row and "> RMB 127bn a year" in row


def test_a_first_visit_to_a_company_is_light(address, made, page):
    """What a browser fetches for a company's page with an empty cache, each file as gzip -9 packs it."""
    asked = []
    page.on("response", lambda response: asked.append(response.url.removeprefix(address).split("?")[0]))
    page.goto(f"{address}companies/microsoft/", wait_until="networkidle")
    packed = {path: len(gzip.compress((made / "site" / path).read_bytes(), 9, mtime=0)) for path in asked[1:]}
    assert 4 < len(asked) <= 8
    pages = [path for language in ("", "zh/") for path in (made / f"site/{language}companies").glob("*/index.html")]
    heaviest = max(len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in pages)
    assert heaviest + sum(packed.values()) <= 60_000, (heaviest, packed)


def test_no_identifier_stands_twice_on_a_page(made):
    for path in (made / "site").rglob("index.html"):
        ids = re.findall(r'\sid="([^"]+)"', path.read_text(encoding="utf-8"))
        assert len(ids) == len(set(ids)), (path, [name for name in ids if ids.count(name) > 1][:3])


def test_letters_of_a_chart_are_readable_on_a_phone(address, browser):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    for kind in ("", "companies/microsoft/", "zh/companies/alibaba/"):
        page.goto(f"{address}{kind}")
        sizes = page.locator("svg.oc-chart").evaluate_all(
            "charts => charts.map(chart => parseFloat(getComputedStyle(chart.querySelector('text')).fontSize) * chart.clientWidth / chart.viewBox.baseVal.width)"
        )
        assert len(sizes) >= 3 and min(sizes) >= 10, (kind, sizes)
    context.close()


def test_an_error_in_a_figure_can_be_reported(address, page):
    page.goto(f"{address}zh/companies/alibaba/")
    page.locator("#F00001").dispatch_event("click")
    page.locator("#F00001 + .oc-report").click()
    page.wait_for_url("**/zh/report/#F00001")
    assert "F00001" in page.locator("pre code").inner_text()


def test_search_finds_chinese_words(address, page):
    page.goto(f"{address}zh/")
    page.locator(".md-search__input").click()
    page.keyboard.type("阿里巴巴")
    page.keyboard.press("Shift")
    page.locator(".md-search-result__item").first.wait_for(timeout=20000)
    assert "阿里巴巴" in page.locator(".md-search-result__list").inner_text()


def test_data_links_lead_to_files(address, page):
    page.goto(f"{address}tables/")
    links = page.locator("article a[href*='data/latest']").evaluate_all("links => links.map(link => link.href)")
    assert len(links) > 40
    for link in links:
        assert page.request.get(link).ok, link


def test_the_examples_name_the_site_that_shows_them(address, page):
    page.goto(f"{address}download/")
    text = page.locator("article").inner_text()
    assert f"{address}data/latest/opencapex.duckdb" in text and "//SITE" not in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "zh/"])
def test_axe_finds_no_barrier(language, scheme, address, browser):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    found = {}
    for kind in KINDS:
        page.goto(f"{address}{language}{kind}{'/' if kind else ''}")
        page.evaluate(AXE)
        report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found |= {f"{kind}: {rule['id']}": rule["nodes"][0]["html"] for rule in report["violations"]}
    context.close()
    assert found == {}


def test_a_keyboard_reaches_the_source_of_a_figure(address, page):
    """From the top of a company's page: to the text, to a figure of the lead, into its row, to its document."""
    page.goto(f"{address}companies/alibaba/")
    figure = page.locator(".oc-lead a[href^='#F']").first
    pressed = 0
    while not figure.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
        pressed += 1
        assert pressed < 12
        if page.evaluate("document.activeElement.classList.contains('md-skip')"):
            page.keyboard.press("Enter")
            pressed += 1
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('tr').contains(document.querySelector(':target'))")
    assert page.evaluate("document.activeElement.href").startswith("http") and pressed + 2 <= 12
