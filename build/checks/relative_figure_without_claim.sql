-- A stated growth rate, multiple, share or printed conversion is the subject of a claim, so that it is recomputed.
-- zh: 所述的增长率、倍数、占比及所印的换算须列为一条说法，以便复算。
-- Fix: add a claim on it, with its terms; a term that cannot be had says in words what is missing
with relative as (
    select figures.figure_id, 'has a base, ' || metrics.base_metric_id as expected
    from figures
    join metrics using (metric_id)
    where figures.repeats is null and metrics.base_metric_id is not null
    union all
    select figures.figure_id, 'is a conversion of ' || original.figure_id as expected
    from figures
    join figures as original on original.figure_id = figures.repeats and original.unit <> figures.unit
    join units on units.unit = figures.unit
    join units as original_unit on original_unit.unit = original.unit
    where units.measure = 'money' and original_unit.measure = 'money' and coalesce(original.lower, original.upper) is not null
)

select
    'figures' as table_name,
    figures.figure_id as row_key,
    'figure_id' as field,
    figures.figure_id as found,
    concat(relative.expected, ' and no claim') as expected
from relative
join figures using (figure_id)
where
    figures.retired_on is null
    and coalesce(figures.lower, figures.upper) is not null
    and figures.figure_id not in (select figure_id from claims where figure_id is not null)
