-- Only a flow of cash and a stated change may lie below zero.
-- zh: 唯有现金流与所述变动可以为负。
-- Fix: drop the sign (money spent is entered without one), or give the figure the metric that it belongs to
select
    'figures' as table_name,
    figures.figure_id as row_key,
    'lower' as field,
    coalesce(figures.lower, figures.upper)::varchar as found,
    'is below zero' as expected
from figures
join metrics using (metric_id)
where (figures.lower < 0 or figures.upper < 0) and metrics.family <> 'cash' and metrics.measure <> 'ratio'
