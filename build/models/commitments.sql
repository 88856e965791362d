/*
title: Commitments
title_zh: 承诺
description: "What was promised, spread evenly over its own dates, and how much of that time has passed; beside it the trailing year of capital expenditure that was known when it was said. Promises nest and are never added up. A later statement in words alone leaves the amount standing."
description_zh: 各项承诺按其自身起止日均摊到每年、已过去的时间占比，以及说出之时所知的过去一年资本开支。承诺互有包含，从不相加。此后仅有文字的说法不取代已说出的金额。
primaryKey: [figure_id]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: stated_on
    constraints: {required: true}
  - name: period_start
  - name: period_end
  - name: qualifier
    constraints: {required: true}
  - name: lower
  - name: upper
  - name: lower_per_year
    type: number
    decimals: 6
    unit: "column:unit"
    description: Lower bound divided by the years between the dates; empty without both dates.
    description_zh: 下界除以起止日之间的年数；缺日期则为空。
  - name: upper_per_year
    type: number
    decimals: 6
    unit: "column:unit"
    description: Upper bound divided by the years between the dates; empty without both dates.
    description_zh: 上界除以起止日之间的年数；缺日期则为空。
  - name: elapsed_percent
    type: number
    decimals: 4
    unit: percent
    description: Share of the time between the dates that has passed at the day the sources were last read.
    description_zh: 至来源最近查阅日，起止日之间已过去的时间占比。
  - name: trailing_year_end
    type: date
    description: End of the latest year of capital expenditure known when the promise was made.
    description_zh: 承诺作出时所知的最近一年资本开支的末日。
  - name: trailing_multiple
    type: number
    decimals: 4
    unit: times
    description: Lower bound per year over that year's capital expenditure.
    description_zh: 每年下界与该年资本开支之比。
  - name: inputs
    constraints: {required: true}
  - name: flags
  - name: words_figure_id
    type: string
    description: The latest statement where it was made in words alone; the amount is the last one before it.
    description_zh: 若最新说法仅有文字，即为该说法；金额取其之前最后一次。
*/
with data_day as (
    select max(accessed_on) as data_date from sources
),

-- The headline among the speakers, and the last amount of its series.
promised as (
    select
        amount.*,
        amount.known_from as stated_on,
        figures_current.figure_id as current_figure_id,
        (amount.period_end - amount.period_start + 1) / 365.25 as years
    from figures_current
    join metrics using (metric_id)
    join vintages as standing using (figure_id)
    join vintages as amount on amount.series_key = standing.series_key
    where
        (figures_current.status_family = 'promised' or (figures_current.status = 'forecast' and metrics.family = 'commitment'))
        and metrics.measure in ('money', 'power', 'compute', 'count')
        and (amount.lower is not null or amount.upper is not null)
    qualify row_number() over (partition by figures_current.figure_id order by amount.vintage_number desc) = 1
),

-- The last reported year on the entity's own definition that was known on the day.
known_years as (
    select
        promised.figure_id,
        year_figure.figure_id as year_figure_id,
        year_figure.period_end as trailing_year_end,
        year_figure.lower as year_amount
    from promised
    join headline_metrics on headline_metrics.entity_id = promised.entity_id and headline_metrics.purpose = 'capex'
    join vintages as year_figure
        on year_figure.entity_id = promised.entity_id and year_figure.metric_id = headline_metrics.metric_id
        and year_figure.unit = promised.unit and year_figure.status = 'actual'
        and year_figure.known_from <= promised.stated_on
        and (year_figure.known_until is null or promised.stated_on < year_figure.known_until)
        and year_figure.period_end - year_figure.period_start between 349 and 379
    where year_figure.lower = year_figure.upper
    qualify row_number() over (partition by promised.figure_id order by year_figure.period_end desc, year_figure.figure_id) = 1
)

select
    promised.figure_id,
    promised.entity_id,
    promised.metric_id,
    promised.unit,
    promised.stated_on,
    promised.period_start,
    promised.period_end,
    promised.qualifier,
    promised.lower,
    promised.upper,
    -- Money in whole units.
    case when is_spread then round(promised.lower / nullif(promised.years, 0), 0) end::decimal(38, 6) as lower_per_year,
    case when is_spread then round(promised.upper / nullif(promised.years, 0), 0) end::decimal(38, 6) as upper_per_year,
    case
        when is_spread then round(
            100.0 * least(greatest(data_day.data_date - promised.period_start + 1, 0), promised.period_end - promised.period_start + 1)
            / (promised.period_end - promised.period_start + 1), 4
        )
    end::decimal(38, 4) as elapsed_percent,
    known_years.trailing_year_end,
    case
        when is_spread then round(promised.lower / nullif(promised.years, 0) / nullif(known_years.year_amount, 0), 4)
    end::decimal(38, 4) as trailing_multiple,
    array_to_string(
        list_sort(list_filter(
            [
                'figures_current:' || promised.current_figure_id,
                case when promised.figure_id <> promised.current_figure_id then 'vintages:' || promised.figure_id end,
                'vintages:' || known_years.year_figure_id
            ],
            lambda input: input is not null
        )),
        ' '
    ) as inputs,
    promised.flags,
    nullif(promised.current_figure_id, promised.figure_id) as words_figure_id
from (
    select promised.*, metrics.time_kind = 'flow' and metrics.measure = 'money' and years > 0.25 as is_spread
    from promised
    join metrics using (metric_id)
) as promised
cross join data_day
left join known_years using (figure_id)
order by promised.figure_id
