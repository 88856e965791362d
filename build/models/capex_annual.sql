/*
title: Capital expenditure by year
title_zh: 各年资本开支
description: "For a spreadsheet: a row for each company and year, on the definition on which the company speaks. Its fiscal year as reported and the calendar year stand side by side, with dollars, growth of the fiscal year and the latest guidance. A fiscal year belongs to the calendar year in which it ends. empty_reason speaks of the calendar year."
description_zh: 供电子表格使用：每家公司每年一行，采用公司自己对外的口径；财年的公布值与日历年数额并列，附美元金额、财年增长率与最新指引。财年归入其结束所在的日历年。empty_reason 一列说的是日历年。
primaryKey: [entity_id, year, metric_id, unit]
fields:
  - name: entity_id
    constraints: {required: true}
  - name: entity_en
    constraints: {required: true}
  - name: entity_zh
    constraints: {required: true}
  - name: year
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: fiscal_start
    type: date
    description: "First day of the fiscal year, where it is held."
    description_zh: 财年首日；未收录则为空。
  - name: fiscal_end
    type: date
    description: "Last day of the fiscal year, where it is held."
    description_zh: 财年末日；未收录则为空。
  - name: fiscal_amount
    type: number
    decimals: 0
    unit: "column:unit"
    description: Capital expenditure of the fiscal year that ends in the year; empty where it is not held or not a point.
    description_zh: 在该年内结束的财年的资本开支；未收录或不是点值则为空。
  - name: fiscal_usd
    type: number
    decimals: 0
    unit: USD
    description: The same in US dollars at the mean rate of the fiscal year.
    description_zh: 同上，按该财年平均汇率折合美元。
  - name: fiscal_source
    type: string
    description: How the amount of the fiscal year came about.
    description_zh: 财年数额的由来。
    categories:
      - {value: stated, label: stated, label_zh: 来源陈述}
      - {value: four_quarters, label: sum of four quarters, label_zh: 四季之和}
  - name: growth_percent
  - name: calendar_amount
    type: number
    decimals: 0
    unit: "column:unit"
    description: Capital expenditure of the calendar year; empty where it cannot be derived.
    description_zh: 日历年的资本开支；无法得出则为空。
  - name: calendar_usd
    type: number
    decimals: 0
    unit: USD
    description: The same in US dollars at the mean rate of the calendar year.
    description_zh: 同上，按该日历年平均汇率折合美元。
  - name: calendar_source
    type: string
    description: How the amount of the calendar year came about.
    description_zh: 日历年数额的由来。
    categories:
      - {value: stated, label: stated, label_zh: 来源陈述}
      - {value: four_quarters, label: sum of four quarters, label_zh: 四季之和}
  - name: empty_reason
  - name: lower_guided
    type: number
    decimals: 0
    unit: "column:unit"
    description: Lower bound of the latest guidance; empty where open or where none is held.
    description_zh: 最新指引的下界；无下界或未收录则为空。
  - name: upper_guided
    type: number
    decimals: 0
    unit: "column:unit"
    description: Upper bound of the latest guidance; empty where open or where none is held.
    description_zh: 最新指引的上界；无上界或未收录则为空。
  - name: guided_on
    type: date
    description: Day of the latest guidance.
    description_zh: 最新指引的日期。
  - name: guided_end
    type: date
    description: "Last day of the year that is guided, fiscal or calendar."
    description_zh: 所指引年度（财年或日历年）的末日。
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with headline as (
    select
        headline_metrics.entity_id,
        headline_metrics.metric_id,
        headline_metrics.valid_from,
        headline_metrics.valid_to,
        'headline_metrics:' || concat_ws('/', headline_metrics.entity_id, headline_metrics.purpose, headline_metrics.metric_id) as input,
        left(entities.fiscal_year_end, 2)::integer as end_month,
        right(entities.fiscal_year_end, 2)::integer as end_day
    from headline_metrics
    join entities using (entity_id)
    where headline_metrics.purpose = 'capex'
),

-- Years as they stand in the other tables. A year that ends in the first days of January is the year before.
reported as (
    select
        figures_current.entity_id, figures_current.metric_id, figures_current.unit,
        year(figures_current.period_end - 10) as year,
        figures_current.period_start, figures_current.period_end, figures_current.figure_id,
        case when figures_current.lower = figures_current.upper then figures_current.lower end as amount,
        amounts.applied_rate as rate,
        'stated' as fiscal_source,
        concat_ws(
            ' ', 'figures_current:' || figures_current.figure_id,
            'amounts:' || nullif(concat_ws('/', amounts.figure_id, amounts.currency, amounts.conversion_method), '')
        ) as input,
        figures_current.flags
    from figures_current
    left join amounts
        on amounts.figure_id = figures_current.figure_id and amounts.currency = 'USD'
        and amounts.conversion_method in ('spot', 'period_mean')
    where figures_current.status = 'actual' and figures_current.period_end - figures_current.period_start between 349 and 379
),

added_up as (
    select
        trailing_year.entity_id, trailing_year.metric_id, trailing_year.unit,
        year(trailing_year.period_end - 10) as year,
        trailing_year.period_start, trailing_year.period_end, null::varchar as figure_id, trailing_year.amount,
        fx_average.rate,
        'four_quarters' as fiscal_source,
        concat_ws(
            ' ',
            'trailing_year:'
            || concat_ws('/', trailing_year.entity_id, trailing_year.metric_id, trailing_year.unit, trailing_year.period_end),
            'fx_average:' || nullif(
                concat_ws('/', fx_average.from_currency, fx_average.to_currency, fx_average.period_start, fx_average.period_end), ''
            )
        ) as input,
        trailing_year.flags
    from trailing_year
    left join fx_average
        on fx_average.from_currency = trailing_year.unit and fx_average.to_currency = 'USD'
        and fx_average.period_start = trailing_year.period_start and fx_average.period_end = trailing_year.period_end
),

-- Of all years of twelve months those that end with the company's own; a point that it states goes before what adds up.
fiscal as (
    select years.*
    from (select reported.* from reported union all select added_up.* from added_up) as years
    join headline
        on headline.entity_id = years.entity_id and headline.metric_id = years.metric_id
        and coalesce(headline.valid_from <= years.period_end, true) and coalesce(headline.valid_to >= years.period_end, true)
        and abs(
            years.period_end - least(
                last_day(make_date(years.year, headline.end_month, 1)), make_date(years.year, headline.end_month, 1) + (headline.end_day - 1)
            )
        ) <= 7
    qualify row_number() over (
        partition by years.entity_id, years.metric_id, years.unit, years.year
        order by (years.amount is null)::integer, years.fiscal_source desc, years.period_end desc, years.figure_id
    ) = 1
),

calendar as (
    select calendar_years.*, fx_average.rate,
        concat_ws(
            ' ',
            'calendar_years:'
            || concat_ws('/', calendar_years.entity_id, calendar_years.metric_id, calendar_years.unit, calendar_years.year),
            'fx_average:' || nullif(
                concat_ws('/', fx_average.from_currency, fx_average.to_currency, fx_average.period_start, fx_average.period_end), ''
            )
        ) as input
    from calendar_years
    join headline
        on headline.entity_id = calendar_years.entity_id and headline.metric_id = calendar_years.metric_id
        and coalesce(headline.valid_from <= make_date(calendar_years.year, 12, 31), true)
        and coalesce(headline.valid_to >= make_date(calendar_years.year, 12, 31), true)
    left join fx_average
        on calendar_years.amount is not null and fx_average.from_currency = calendar_years.unit and fx_average.to_currency = 'USD'
        and fx_average.period_start = make_date(calendar_years.year, 1, 1) and fx_average.period_end = make_date(calendar_years.year, 12, 31)
),

-- The fiscal year's guidance, else the calendar year's.
guided as (
    select
        figures_current.*,
        year(figures_current.period_end - 10) as year,
        abs(
            figures_current.period_end - least(
                last_day(make_date(year(figures_current.period_end - 10), headline.end_month, 1)),
                make_date(year(figures_current.period_end - 10), headline.end_month, 1) + (headline.end_day - 1)
            )
        ) <= 7 as is_fiscal
    from figures_current
    join headline
        on headline.entity_id = figures_current.entity_id and headline.metric_id = figures_current.metric_id
        and coalesce(headline.valid_from <= figures_current.period_end, true)
        and coalesce(headline.valid_to >= figures_current.period_end, true)
    where
        figures_current.status = 'guidance' and figures_current.period_end - figures_current.period_start between 349 and 379
        and (is_fiscal or strftime(figures_current.period_end, '%m-%d') = '12-31')
    qualify row_number() over (
        partition by figures_current.entity_id, figures_current.metric_id, figures_current.unit, year(figures_current.period_end - 10)
        order by is_fiscal::integer desc, figures_current.figure_id
    ) = 1
),

cells as (
    select entity_id, metric_id, unit, year from fiscal
    union
    select entity_id, metric_id, unit, year from calendar where amount is not null
    union
    select entity_id, metric_id, unit, year from guided
)

select
    cells.entity_id,
    entities.name_en as entity_en,
    entities.name_zh as entity_zh,
    cells.year::integer as year,
    cells.metric_id,
    cells.unit,
    fiscal.period_start as fiscal_start,
    fiscal.period_end as fiscal_end,
    round(fiscal.amount, 0)::decimal(38, 0) as fiscal_amount,
    round(fiscal.amount * case when cells.unit = 'USD' then 1 else fiscal.rate end, 0)::decimal(38, 0) as fiscal_usd,
    fiscal.fiscal_source,
    growth.growth_percent,
    round(calendar.amount, 0)::decimal(38, 0) as calendar_amount,
    round(calendar.amount * case when cells.unit = 'USD' then 1 else calendar.rate end, 0)::decimal(38, 0) as calendar_usd,
    case when calendar.amount is not null then calendar.amount_source end as calendar_source,
    case when calendar.amount is null then coalesce(calendar.empty_reason, 'missing_quarters') end as empty_reason,
    round(guided.lower, 0)::decimal(38, 0) as lower_guided,
    round(guided.upper, 0)::decimal(38, 0) as upper_guided,
    guided.stated_on as guided_on,
    guided.period_end as guided_end,
    array_to_string(
        list_sort(list_distinct(string_split(
            concat_ws(
                ' ',
                headline.input,
                fiscal.input,
                'growth:' || nullif(concat_ws('/', growth.figure_id, growth.horizon, growth.growth_kind), ''),
                calendar.input,
                'figures_current:' || guided.figure_id
            ),
            ' '
        ))),
        ' '
    ) as inputs,
    nullif(
        array_to_string(
            list_sort(list_distinct(list_filter(
                string_split(concat_ws(' ', fiscal.flags, growth.flags, calendar.flags, guided.flags), ' '), lambda mark: mark <> ''
            ))),
            ' '
        ),
        ''
    ) as flags
from cells
join entities using (entity_id)
join headline on headline.entity_id = cells.entity_id and headline.metric_id = cells.metric_id
left join fiscal
    on fiscal.entity_id = cells.entity_id and fiscal.metric_id = cells.metric_id and fiscal.unit = cells.unit and fiscal.year = cells.year
left join calendar
    on calendar.entity_id = cells.entity_id and calendar.metric_id = cells.metric_id and calendar.unit = cells.unit
    and calendar.year = cells.year
left join guided
    on guided.entity_id = cells.entity_id and guided.metric_id = cells.metric_id and guided.unit = cells.unit and guided.year = cells.year
left join growth
    on growth.figure_id = fiscal.figure_id and growth.horizon = 'yoy' and growth.growth_kind = 'actual_on_actual'
order by cells.entity_id, cells.year, cells.metric_id, cells.unit
