-- The unit is the metric's: a currency where it measures money.
-- zh: 单位须为该指标的单位；金额类须为货币。
-- Fix: correct the unit, or choose the metric with that unit
select
    'figures' as table_name,
    figures.figure_id as row_key,
    'unit' as field,
    figures.unit as found,
    concat('does not go with metric ', metrics.metric_id, ', which is in ', metrics.unit) as expected
from figures
join metrics using (metric_id)
join units on units.unit = figures.unit
where case when metrics.unit = 'currency' then units.measure <> 'money' else figures.unit <> metrics.unit end
union all
select
    'metrics',
    metrics.metric_id,
    'unit',
    metrics.unit,
    concat('is not a unit of ', metrics.measure)
from metrics
left join units on units.unit = metrics.unit
where case when metrics.unit = 'currency' then metrics.measure <> 'money' else units.measure is distinct from metrics.measure end
