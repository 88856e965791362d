/*
title: Amounts in dollars and yuan
title_zh: 美元与人民币金额
description: "Every amount of money in dollars and in yuan, by a declared method: what has been spent at the mean rate of its period, what is promised or guided at the rate of the day it was said, stocks at the rate of their date; yearly amounts also at 2024 prices. The original stands in figures and is never overwritten."
description_zh: 每笔金额按声明的方法折为美元与人民币：已发生的按期间均值，承诺或指引按陈述当日汇率，存量按其日期；年度金额另以 2024 年不变价表示。原始金额存于 figures，绝不改写。
primaryKey: [figure_id, currency, conversion_method]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: currency
    constraints: {required: true}
  - name: conversion_method
    type: string
    description: How the amount was converted.
    description_zh: 金额的换算方法。
    constraints: {required: true}
    categories:
      - {value: same_currency, label: as stated, label_zh: 原币}
      - {value: spot, label: rate of the day, label_zh: 当日汇率}
      - {value: period_mean, label: mean rate of the period, label_zh: 期间平均汇率}
      - {value: prices_2024, label: at 2024 prices, label_zh: 2024 年不变价}
  - name: lower_amount
    type: number
    decimals: 0
    unit: "column:currency"
    description: Lower bound in the currency of the row; empty where open.
    description_zh: 以本行货币计的下界；无下界则为空。
  - name: upper_amount
    type: number
    decimals: 0
    unit: "column:currency"
    description: Upper bound in the currency of the row; empty where open.
    description_zh: 以本行货币计的上界；无上界则为空。
  - name: applied_rate
    type: number
    decimals: 12
    unit: "column:currency"
    description: Rate that was applied.
    description_zh: 所用汇率。
  - name: rate_start
    type: date
    description: "Day of the rate, or first day of the period over which it is averaged."
    description_zh: 汇率日期，或求均值期间的首日。
  - name: rate_end
    type: date
    description: "Day of the rate, or last day of the period over which it is averaged."
    description_zh: 汇率日期，或求均值期间的末日。
  - name: empty_reason
    type: string
    description: Why the value is empty where one would be expected.
    description_zh: 应有数值而为空的原因。
    categories:
      - {value: no_rate, label: no exchange rate, label_zh: 无汇率}
      - {value: no_index, label: no price index, label_zh: 无物价指数}
      - {value: unbounded, label: nothing to compute from, label_zh: 无可计算的界限}
      - {value: base_not_positive, label: base is zero or negative, label_zh: 基数为零或负}
      - {value: break, label: series redrawn in between, label_zh: 其间口径重划}
      - {value: not_exact, label: a print is not exact, label_zh: 所印数字并非精确}
      - {value: quarters_do_not_align, label: fiscal quarters do not end with the calendar's, label_zh: 财季与日历季度不齐}
      - {value: missing_quarters, label: a quarter is missing, label_zh: 缺季度}
      - {value: missing_members, label: a member is missing, label_zh: 缺成员}
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with data_day as (
    select max(accessed_on) as data_date from sources
),

targets as (
    select distinct to_currency from fx_daily
),

money as (
    select
        figures.*,
        units.price_series_id,
        metrics.price_base_year,
        metrics.time_kind,
        metrics.time_kind = 'flow' and figures.status in ('actual', 'estimate')
        and figures.period_end <= data_day.data_date and metrics.price_base_year is null as is_ended_flow,
        -- The day whose rate applies where no mean does.
        case
            when metrics.time_kind = 'stock' and figures.status in ('actual', 'estimate')
                then coalesce(figures.period_end, figures.stated_on)
            else figures.stated_on
        end as rate_day,
        -- A stock that names its day is converted at that day's rate, however roughly it is known when it was said.
        figures.stated_precision in ('month', 'quarter', 'year')
        and not (metrics.time_kind = 'stock' and figures.status in ('actual', 'estimate') and figures.period_end is not null) as lacks_day
    from figures
    join units using (unit)
    join metrics using (metric_id)
    cross join data_day
    where units.measure = 'money' and figures.retired_on is null and figures.qualifier <> 'not_quantified'
),

-- Over which period a mean rate applies: the ended period itself, or the month, quarter or year of a statement without a day.
mean_period as (
    select
        figure_id,
        case when is_ended_flow then period_start else date_trunc(stated_precision, stated_on)::date end as mean_start,
        case
            when is_ended_flow then period_end
            when stated_precision = 'month' then (date_trunc('month', stated_on) + interval 1 month - interval 1 day)::date
            when stated_precision = 'quarter' then (date_trunc('quarter', stated_on) + interval 3 month - interval 1 day)::date
            else (date_trunc('year', stated_on) + interval 1 year - interval 1 day)::date
        end as mean_end
    from money
    where is_ended_flow or lacks_day
),

as_stated_rows as (
    select
        figure_id, unit as currency, 'same_currency' as conversion_method, lower, upper, 1::decimal(38, 12) as rate,
        null::date as rate_start, null::date as rate_end, 'figures:' || figure_id as inputs
    from money
    where unit in (select to_currency from targets)
),

mean_rows as (
    select
        money.figure_id,
        targets.to_currency as currency,
        'period_mean' as conversion_method,
        money.lower,
        money.upper,
        fx_average.rate,
        fx_average.period_start as rate_start,
        fx_average.period_end as rate_end,
        concat(
            'figures:', money.figure_id,
            ' fx_average:' || nullif(
                concat_ws('/', fx_average.from_currency, fx_average.to_currency, fx_average.period_start, fx_average.period_end), ''
            )
        ) as inputs
    from money
    join mean_period using (figure_id)
    join targets on targets.to_currency <> money.unit
    left join fx_average
        on fx_average.from_currency = money.unit and fx_average.to_currency = targets.to_currency
        and fx_average.period_start = mean_period.mean_start and fx_average.period_end = mean_period.mean_end
),

wants_spot as (
    select money.*, targets.to_currency
    from money
    join targets on targets.to_currency <> money.unit
    where money.figure_id not in (select figure_id from mean_period)
),

spot_rows as (
    select
        wants_spot.figure_id,
        wants_spot.to_currency as currency,
        'spot' as conversion_method,
        wants_spot.lower,
        wants_spot.upper,
        fx_daily.rate,
        fx_daily.rate_date as rate_start,
        fx_daily.rate_date as rate_end,
        concat(
            'figures:', wants_spot.figure_id,
            case when wants_spot.unit <> 'EUR' then ' fx_rates:' || fx_daily.rate_date || '/' || wants_spot.unit end,
            ' fx_rates:' || fx_daily.rate_date || '/' || wants_spot.to_currency
        ) as inputs
    from wants_spot
    asof left join fx_daily
        on fx_daily.from_currency = wants_spot.unit and fx_daily.to_currency = wants_spot.to_currency
        and fx_daily.rate_date <= wants_spot.rate_day
),

-- A rate older than seven days is no rate.
spot_rows_fresh as (
    select
        spot_rows.figure_id, spot_rows.currency, spot_rows.conversion_method, spot_rows.lower, spot_rows.upper,
        case when is_fresh then spot_rows.rate end as rate,
        case when is_fresh then spot_rows.rate_start end as rate_start,
        case when is_fresh then spot_rows.rate_end end as rate_end,
        case when is_fresh then spot_rows.inputs else 'figures:' || spot_rows.figure_id end as inputs
    from (
        select spot_rows.*, money.rate_day - spot_rows.rate_start <= 7 as is_fresh
        from spot_rows
        join money using (figure_id)
    ) as spot_rows
),

-- Real terms: deflated in the figure's own currency, then converted at the mean rate of the base year.
deflated as (
    select
        money.*,
        year(money.period_start + ((money.period_end - money.period_start) // 2)::integer) as price_year
    from money
    where is_ended_flow and period_end - period_start between 349 and 379
),

real_rows as (
    select
        deflated.figure_id,
        targets.to_currency as currency,
        'prices_2024' as conversion_method,
        (deflated.lower * base.index_value / this.index_value)::decimal(38, 6) as lower,
        (deflated.upper * base.index_value / this.index_value)::decimal(38, 6) as upper,
        this.index_value is null or base.index_value is null as lacks_index,
        case
            when lacks_index then null
            when targets.to_currency = deflated.unit then 1::decimal(38, 12)
            else fx_average.rate
        end as rate,
        case when not lacks_index then fx_average.period_start end as rate_start,
        case when not lacks_index then fx_average.period_end end as rate_end,
        concat(
            'figures:', deflated.figure_id,
            case
                when not lacks_index and (targets.to_currency = deflated.unit or fx_average.rate is not null) then concat(
                    ' fx_average:' || nullif(
                        concat_ws('/', fx_average.from_currency, fx_average.to_currency, fx_average.period_start, fx_average.period_end), ''
                    ),
                    ' price_index:' || concat_ws('/', base.series_id, base.year),
                    case when this.year <> base.year then ' price_index:' || concat_ws('/', this.series_id, this.year) end
                )
            end
        ) as inputs
    from deflated
    cross join targets
    left join price_index as this on this.series_id = deflated.price_series_id and this.year = deflated.price_year
    left join price_index as base on base.series_id = deflated.price_series_id and base.year = 2024
    left join fx_average
        on fx_average.from_currency = deflated.unit and fx_average.to_currency = targets.to_currency
        and fx_average.period_start = date '2024-01-01' and fx_average.period_end = date '2024-12-31'
),

rows_of_all_methods as (
    select figure_id, currency, conversion_method, lower, upper, rate, rate_start, rate_end, false as lacks_index, inputs from as_stated_rows
    union all
    select figure_id, currency, conversion_method, lower, upper, rate, rate_start, rate_end, false, inputs from mean_rows
    union all
    select figure_id, currency, conversion_method, lower, upper, rate, rate_start, rate_end, false, inputs from spot_rows_fresh
    union all
    select figure_id, currency, conversion_method, lower, upper, rate, rate_start, rate_end, lacks_index, inputs from real_rows
)

select
    rows_of_all_methods.figure_id,
    rows_of_all_methods.currency,
    rows_of_all_methods.conversion_method,
    round(rows_of_all_methods.lower * rows_of_all_methods.rate, 0)::decimal(38, 0) as lower_amount,
    round(rows_of_all_methods.upper * rows_of_all_methods.rate, 0)::decimal(38, 0) as upper_amount,
    rows_of_all_methods.rate as applied_rate,
    rows_of_all_methods.rate_start,
    rows_of_all_methods.rate_end,
    case when rows_of_all_methods.lacks_index then 'no_index' when rows_of_all_methods.rate is null then 'no_rate' end as empty_reason,
    array_to_string(list_sort(string_split(rows_of_all_methods.inputs, ' ')), ' ') as inputs,
    figure_flags.flags
from rows_of_all_methods
join figure_flags using (figure_id)
order by all
