-- A stock is read on a day, or within a window of a quarter at most.
-- zh: 存量读于一日，或读于不超过一季度的窗口。
-- Fix: narrow the window; a bare year means its last day
select
    'figures' as table_name,
    figures.figure_id as row_key,
    'period_start' as field,
    figures.period_start::varchar as found,
    concat('to ', figures.period_end, ' is longer than a quarter for the stock ', figures.metric_id) as expected
from figures
join metrics using (metric_id)
where metrics.time_kind = 'stock' and figures.period_end - figures.period_start > 92
