"""A valid package of any number of figures, for ./run bench: generate(folder, 100_000).

Companies of 25 years: quarters, years, guidance in three vintages and press reports of it, in thirty currencies with a rate for every
weekday from 1999 on. The numbers are arithmetic, the same every time; metrics, units, schemas, models and rules are the project's own.
"""

import json
import re
import shutil
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
A_COMPANY = 500  # figures: 25 years of 3 metrics, each 4 quarters and the year, 3 vintages of guidance and 2 reports
CURRENCIES = "USD CNY JPY GBP HKD INR KRW TWD CHF SEK NOK DKK PLN CZK HUF RON BGN ISK TRY AUD BRL CAD IDR ILS MXN MYR NZD PHP SGD THB"

TABLES = f"""
create macro company(e) as 'company-' || lpad(e::varchar, 5, '0');
create macro currency(e) as (string_split('{CURRENCIES}', ' '))[1 + e % 30];
create table companies as select unnest(range(getvariable('companies'))) as e;
create table years as select unnest(range(2000, 2025)) as y;

-- Millions; a quarter grows by half a percent to four percent on the one before.
create table quarters as
select
    e, y, q, metric,
    make_date(y, 3 * q + 1, 1) as starts,
    (make_date(y, 3 * q + 1, 1) + interval 3 month - interval 1 day)::date as ends,
    ((400 + 37 * (e % 97)) * share * pow(1 + (5 + e % 36) / 1000, 4 * (y - 2000) + q))::bigint as millions
from companies, years, range(4) as quarters (q),
    (values ('revenue', 10), ('operating_cash_flow', 4), ('capex_cash', 3)) as metrics (metric, share);

create table annual as
select e, y, metric, make_date(y, 1, 1) as starts, make_date(y, 12, 31) as ends, sum(millions)::bigint as millions
from quarters
group by all;

create table said as
select e, y, metric, starts, ends, strftime(starts, '%B') || ' quarter ' || y as label, 'actual' as status, millions, millions as upper_millions,
    ends + 30 as stated_on, 'release' as document, 1 as report, q as part from quarters
union all
select e, y, metric, starts, ends, y::varchar, 'actual', millions, millions, ends + 30, 'release', 1, 4 from annual
union all
select e, y, metric, starts, ends, y::varchar, 'guidance', (millions * (80 + 5 * v)) // 100, (millions * (95 + 5 * v)) // 100,
    starts + 29 + 91 * v::integer, 'release', 1, 5 + v
from annual, range(3) as vintages (v) where metric = 'capex_cash'
union all
select e, y, metric, starts, ends, y || '年', 'actual', millions, millions, ends + 30, 'press', 2, 4
from annual where metric <> 'operating_cash_flow';

create table numbered as
select *, 'F' || lpad(row_number() over (order by e, y, metric, part, report)::varchar, 7, '0') as id from said;

create table figures as
select
    this.id as figure_id, company(this.e) as entity_id, this.metric as metric_id, this.starts as period_start, this.ends as period_end,
    this.label as period_label, null as base_end, this.status as status, case this.status when 'guidance' then 'range' else 'exact' end as qualifier,
    this.millions * 1000000 as lower, this.upper_millions * 1000000 as upper, currency(this.e) as unit, 1000000 as printed_step,
    company(this.e) as stated_by, this.stated_on, 'day' as stated_precision,
    case this.document when 'press' then 'gazette-' || this.stated_on || '-' || lpad(this.e::varchar, 5, '0')
        else company(this.e) || '-' || this.stated_on end as source_id,
    case this.document when 'press' then '第 ' || (1 + this.part) || ' 段'
        else 'page ' || (1 + this.part) || ', table of results, row ' || this.metric || ', column ' || this.label end as locator,
    format('{{:,}}', this.millions) || case when this.status = 'guidance' then format(' to {{:,}}', this.upper_millions) else '' end as as_stated,
    case this.document when 'press' then 'secondary' else 'primary' end as evidence,
    first.id as repeats, null as supersedes, null as supersedes_reason, null as retired_on, null as retired_reason, null as note
from numbered as this
left join numbered as first
    on this.report = 2 and first.report = 1
    and first.e = this.e and first.y = this.y and first.metric = this.metric and first.part = this.part
order by figure_id;

create table sources as
select distinct
    source_id, case evidence when 'primary' then 'company_release' else 'press' end as source_kind,
    case evidence when 'primary' then entity_id else 'Gazette' end as publisher,
    case evidence when 'primary' then 'Results, ' || stated_on else '业绩报道（' || stated_on || '）' end as title,
    stated_on as published_on, 'day' as published_precision, case evidence when 'primary' then 'en' else 'zh' end as language,
    'https://example.org/' || source_id as url, null as seen_url, date '2026-01-05' as accessed_on
from figures
order by source_id;

create table entities as
select company(e) as entity_id, 'company' as entity_kind, 'Company ' || e as name_en, '公司 ' || e as name_zh, 'USA' as country,
    '12-31' as fiscal_year_end, 'month_end' as fiscal_weeks, currency(e) as reporting_currency,
    null as ticker, null as cik, null as wikidata, null as note
from companies
order by entity_id;

create table fx_rates as
select day::date as rate_date, currency(e) as currency, (1.00001 + 0.3 * e + round(0.2 * sin(epoch(day) / 1e7), 4))::decimal(9, 5) as units_per_eur
from generate_series(date '1999-01-04', date '2026-11-20', interval 1 day) as days (day), range(30) as currencies (e)
where dayofweek(day) between 1 and 5
order by rate_date, currency;
"""
MADE = ("figures", "sources", "entities", "fx_rates")
KEPT = ("metrics", "flags")


def generate(folder: Path, figures: int) -> Path:
    """A project in the new `folder` whose package is valid and holds `figures` figures, a multiple of 500."""
    if figures % A_COMPANY:
        raise ValueError(f"{figures} is not a multiple of {A_COMPANY}")
    data = folder / "datapackage/data"
    data.mkdir(parents=True)
    shutil.copytree(ROOT / "datapackage/schemas", folder / "datapackage/schemas")
    shutil.copy(ROOT / "datapackage/datapackage.json", folder / "datapackage")
    for name in ("build", "docs", "mkdocs.yml", "CITATION.cff"):
        (folder / name).symlink_to(ROOT / name)
    _with_longer_ids(folder / "datapackage/schemas")
    for resource in json.loads((ROOT / "datapackage/datapackage.json").read_text(encoding="utf-8"))["resources"]:
        _without_rows(ROOT / "datapackage" / resource["path"], folder / "datapackage" / resource["path"])
    for name in KEPT:
        shutil.copy(ROOT / f"datapackage/data/{name}.csv", data)
    con = duckdb.connect()
    con.execute("set variable companies = ?", [figures // A_COMPANY])
    con.execute(TABLES)
    for name in MADE:
        con.execute(f"copy {name} to '{data / name}.csv' (format csv, header true)")
    _with_every_currency(data / "units.csv")
    return folder


def _with_longer_ids(schemas: Path) -> None:
    """F and seven digits: five hold no million."""
    for path in schemas.glob("*.yaml"):
        path.write_text(re.sub(r"F\[0-9\]\{5\}", "F[0-9]{7}", path.read_text(encoding="utf-8")), encoding="utf-8")


def _without_rows(path: Path, copy: Path) -> None:
    copy.parent.mkdir(exist_ok=True)
    with path.open(encoding="utf-8") as lines:
        copy.write_text(next(lines), encoding="utf-8")


def _with_every_currency(units: Path) -> None:
    """The project's units and every currency, none with a price index."""
    header, *rows = (ROOT / "datapackage/data/units.csv").read_text(encoding="utf-8").splitlines()
    rows = [row.rpartition(",")[0] + "," for row in rows]
    known = {row.split(",")[0] for row in rows}
    rows += [f"{code},money,{code},{code},{code},{code}," for code in CURRENCIES.split() if code not in known]
    units.write_text("\n".join([header, *sorted(rows)]) + "\n", encoding="utf-8")
