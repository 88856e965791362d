-- The meaning of a released metric never changes, and the metric stays.
-- zh: 已发布指标的含义不得更改，指标不得消失。
-- Fix: restore it; a changed meaning is a new metric and a row in breaks
select
    'metrics' as table_name,
    released_metrics.metric_id as row_key,
    'metric_id' as field,
    released_metrics.metric_id as found,
    concat_ws(
        ', ',
        case when metrics.metric_id is null then 'was released and is gone' end,
        case when metrics.measure <> released_metrics.measure then 'was released with measure ' || released_metrics.measure end,
        case when metrics.unit <> released_metrics.unit then 'was released with unit ' || released_metrics.unit end,
        case when metrics.time_kind <> released_metrics.time_kind then 'was released with time_kind ' || released_metrics.time_kind end,
        case
            when metrics.precision is distinct from released_metrics.precision
                then 'was released with precision ' || coalesce(released_metrics.precision, 'empty')
        end,
        case
            when metrics.scope is distinct from released_metrics.scope
                then 'was released with scope ' || coalesce(released_metrics.scope, 'empty')
        end
    ) as expected
from released_metrics
left join metrics using (metric_id)
where
    (metrics.measure, metrics.unit, metrics.time_kind, metrics.precision, metrics.scope)
    is distinct from (
        released_metrics.measure, released_metrics.unit, released_metrics.time_kind, released_metrics.precision, released_metrics.scope
    )
