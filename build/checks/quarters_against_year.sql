-- Four reported quarters add up to the reported year on the same definition.
-- zh: 同一口径下，四个实际季度之和等于实际年度。
-- Fix: read the five figures again; one has a slipped digit, another period or another definition
with spans as (
    select
        figures_current.*,
        period_end - period_start between 349 and 379 as is_year,
        period_end - period_start between 79 and 100 as is_quarter
    from figures_current
    join metrics using (metric_id)
    where metrics.time_kind = 'flow' and metrics.measure = 'money' and status = 'actual' and qualifier = 'exact'
),

added as (
    select
        years.figure_id,
        years.lower as year_amount,
        sum(quarters.lower) as quarters_amount,
        count(*) as quarters
    from spans as years
    join spans as quarters
        on quarters.entity_id = years.entity_id and quarters.metric_id = years.metric_id and quarters.unit = years.unit
        and quarters.period_start >= years.period_start and quarters.period_end <= years.period_end
    where years.is_year and quarters.is_quarter
    group by all
)

select
    'figures' as table_name,
    figure_id as row_key,
    'lower' as field,
    year_amount::varchar as found,
    concat('is not the sum of its four quarters, ', quarters_amount) as expected
from added
where quarters = 4 and abs(quarters_amount - year_amount) > 0.005 * abs(year_amount)
