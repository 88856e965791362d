/*
title: Average exchange rates
title_zh: 平均汇率
description: "Mean of the daily crosses over a period: every calendar quarter and year, every ended period of an amount, and every month, quarter or year in which an amount was stated without a day."
description_zh: 一段期间内每日交叉汇率的均值：各日历季度与年度、各金额已结束的期间，以及只知年月季的陈述日所在期间。
primaryKey: [from_currency, to_currency, period_start, period_end]
fields:
  - name: from_currency
    constraints: {required: true}
  - name: to_currency
    constraints: {required: true}
  - name: period_start
    constraints: {required: true}
  - name: period_end
    constraints: {required: true}
  - name: rate
    constraints: {required: true}
  - name: rate_days
    type: integer
    description: Number of days with a rate in the period.
    description_zh: 期间内有汇率的天数。
    constraints: {required: true}
*/
with data_day as (
    select max(accessed_on) as data_date from sources
),

quarters as (
    select
        unnest(generate_series(date_trunc('quarter', min(rate_date)), max(rate_date), interval 3 month))::date as starts
    from fx_rates
),

periods as (
    select starts as period_start, (starts + interval 3 month - interval 1 day)::date as period_end from quarters
    union
    select starts, (starts + interval 1 year - interval 1 day)::date from quarters where month(starts) = 1
    union
    select figures.period_start, figures.period_end
    from figures
    join metrics using (metric_id)
    where metrics.measure = 'money' and metrics.time_kind = 'flow' and figures.status in ('actual', 'estimate')
    union
    select
        date_trunc(stated_precision, stated_on)::date,
        (date_trunc(stated_precision, stated_on)
            + case stated_precision when 'month' then interval 1 month when 'quarter' then interval 3 month else interval 1 year end
            - interval 1 day)::date
    from figures
    where stated_precision in ('month', 'quarter', 'year')
)

-- A mean is given only where the rates reach both ends of the period, within a long weekend.
select
    fx_daily.from_currency,
    fx_daily.to_currency,
    periods.period_start,
    periods.period_end,
    (sum(fx_daily.rate) / count(*))::decimal(38, 12) as rate,
    count(*) as rate_days
from periods
cross join data_day
join fx_daily on fx_daily.rate_date between periods.period_start and periods.period_end
where periods.period_end <= data_day.data_date
group by all
having min(fx_daily.rate_date) <= periods.period_start + 7 and max(fx_daily.rate_date) >= periods.period_end - 7
order by all
