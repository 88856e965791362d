-- A reported figure is not ten times, or a tenth of, both its neighbours in the series.
-- zh: 实际数字不得同时约为序列中前后相邻数字的十倍或十分之一。
-- Fix: count the zeros again; if the figure is right, add an exception with the reason
with series as (
    select
        figures_current.figure_id,
        figures_current.lower,
        lag(figures_current.lower) over neighbours as before,
        lead(figures_current.lower) over neighbours as after
    from figures_current
    join metrics using (metric_id)
    where
        figures_current.status_family = 'realised' and figures_current.lower > 0 and figures_current.period_end is not null
        and metrics.measure <> 'ratio'
    window neighbours as (
        partition by
            figures_current.entity_id, figures_current.metric_id, figures_current.unit,
            round((figures_current.period_end - figures_current.period_start) / 30.0)
        order by figures_current.period_end
    )
)

select
    'figures' as table_name,
    figure_id as row_key,
    'lower' as field,
    lower::varchar as found,
    concat('is about ten times, or a tenth of, its neighbours ', before, ' and ', after) as expected
from series
where
    (lower / before between 8 and 12.5 and lower / after between 8 and 12.5)
    or (before / lower between 8 and 12.5 and after / lower between 8 and 12.5)
