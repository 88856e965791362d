"""The pages across entities against the tables: every row that they promise is there, and their computed lines hold when done again."""

import re
from html import unescape
from statistics import median

import duckdb
import pytest

LANGUAGES = ("", "zh/")


@pytest.fixture(scope="module")
def con(made):
    with duckdb.connect(str(made / "dist/opencapex.duckdb"), read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def page(made):
    def read(name, language=""):
        return unescape((made / f"site/{language}{name}/index.html").read_text(encoding="utf-8"))

    return read


def linked(html):
    """The figures that a page links to their rows on the pages of their entities."""
    return set(re.findall(r'href="\.\./[^"]*#(F\d+)"', html))


def column(con, query):
    return [row[0] for row in con.execute(query).fetchall()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_guidance_of_the_tracked_years_stands_on_its_page(language, con, page):
    wanted = column(con, """
        select figure_id
        from guidance_path
        join metrics using (metric_id)
        where family = 'capex' and period_end - period_start between 349 and 379
            and year(period_end - 5) >= (select year(max(accessed_on)) - 1 from sources)
    """)  # fmt: skip
    scored = column(con, "select figure_id from guidance_outcome join metrics using (metric_id) where family = 'capex'")
    assert wanted and set(wanted) | set(scored) <= linked(page("guidance", language))


def test_the_median_error_of_guidance_holds_when_done_again(con, page):
    errors = column(con, """
        select abs(error_percent)
        from guidance_outcome
        join metrics using (metric_id)
        where family = 'capex' and error_percent is not null and not coalesce(contains(guidance_outcome.flags, 'mixed_definitions'), false)
    """)  # fmt: skip
    assert f"Of {len(errors)} scored statements the median one was off by <strong>{median(errors):.1f}%</strong>" in page("guidance")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_promise_stands_on_its_page_and_a_part_below_its_whole(language, con, page):
    html = page("commitments", language)
    assert set(column(con, "select figure_id from commitments")) <= linked(html)
    rows = [(int(depth), row) for depth, row in re.findall(r'oc-depth-(\d)">(.*?)</tr>', html, re.DOTALL)]
    wholes = con.execute("select from_id, to_id from relations where role = 'part_of'").fetchall()
    places = [re.search(r'href="\.\./(?:[^"/]+)/([^"/#]+)/"', row)[1] for _, row in rows]
    nested = [(part, whole) for part, whole in wholes if part in places and whole in places]
    assert nested
    for part, whole in nested:
        assert rows[places.index(part)][0] > rows[places.index(whole)][0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_later_word_does_not_take_a_promised_amount_from_its_page(language, con, page):
    assert set(column(con, "select words_figure_id from commitments where words_figure_id is not null")) <= linked(
        page("commitments", language)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compute_of_china_mobile_is_in_the_lead(language, con, page):
    newest = column(con, """
        select figure_id
        from figures_current
        join headline_metrics using (entity_id, metric_id)
        where entity_id = 'china-mobile' and purpose = 'compute' and status_family = 'realised'
        order by period_end desc limit 1
    """)  # fmt: skip
    html = page("compute", language)
    lead = html[html.index('class="oc-lead"') : html.index("</ul>", html.index('class="oc-lead"'))]
    assert set(newest) <= linked(lead)
    every = column(con, "select figure_id from figures_current join metrics using (metric_id) where family = 'compute' and measure = 'compute' and entity_id in (select entity_id from entities where entity_kind <> 'facility')")  # fmt: skip
    assert set(every) <= linked(html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_forecast_stands_on_its_page(language, con, page):
    wanted = column(
        con, "select figure_id from forecast_path join metrics using (metric_id) where family in ('market', 'compute', 'capex', 'cash')"
    )
    assert wanted and set(wanted) <= linked(page("forecasts", language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_conflict_and_every_number_left_out_stands_among_the_disputed(language, con, page):
    html = page("disputed", language)
    assert set(column(con, "select rejected_id from rejected")) <= set(re.findall(r'id="(R\d+)"', html))
    both = column(con, "select unnest([figure_id, other_figure_id]) from conflicts")
    homeless = column(con, "select figure_id from figures join entities using (entity_id) where entity_kind in ('house', 'body', 'press')")
    assert set(both) - set(homeless) <= linked(html)


def test_microsofts_fiscal_year_is_told_from_the_calendar_year(con, page):
    gap = column(con, """
        select lower_gap_percent
        from differences
        where entity_id = 'microsoft' and set_apart_by = 'period'
        order by year desc limit 1
    """)  # fmt: skip
    assert f"{gap[0]:+.1f}%".replace("-", "−") in page("disputed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_total_with_a_member_missing_is_no_total(language, con, page):
    html = page("totals", language)
    for entity, metric, family, year, unit, missing in con.execute(
        "select entity_id, metric_or_purpose, status_family, year, unit, members_missing from group_totals where definition_basis = 'headline'"
    ).fetchall():
        row = re.search(rf"<tr>((?:(?!</tr>).)*?)#group_totals:{entity}/headline/{metric}/{family}/{year}/{unit}\"", html, re.DOTALL)
        assert row is None or ("<strong" in row[1]) is (missing is None), (entity, year)
