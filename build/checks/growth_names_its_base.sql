-- A stated growth rate or multiple over time names the end of the period it is compared with.
-- zh: 所述增长率或倍数须注明比较基期的末日。
-- Fix: give base_end, or leave it empty where the metric has no base
select
    'figures' as table_name,
    figures.figure_id as row_key,
    'base_end' as field,
    figures.base_end::varchar as found,
    concat('for metric ', metrics.metric_id, coalesce(', which is based on ' || metrics.base_metric_id, ', which has no base')) as expected
from figures
join metrics using (metric_id)
where
    (metrics.base_metric_id is null and figures.base_end is not null)
    or (metrics.base_metric_id is not null and metrics.metric_id like '%\_growth' escape '\' and figures.base_end is null)
    or figures.base_end >= figures.period_end
