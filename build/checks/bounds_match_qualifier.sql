-- The bounds are those that the qualifier calls for.
-- zh: 上下界与限定词相符。
-- exact, about and nearly: both, the same; over and at_least: lower only; up_to and under: upper only;
-- range and about_range: both, different; not_quantified: none.
-- Fix: correct lower and upper, or the qualifier
select
    'figures' as table_name,
    figure_id as row_key,
    'qualifier' as field,
    qualifier as found,
    concat('does not go with lower ', coalesce(lower::varchar, 'empty'), ' and upper ', coalesce(upper::varchar, 'empty')) as expected
from figures
where not case
    when qualifier in ('exact', 'about', 'nearly') then lower is not null and lower is not distinct from upper
    when qualifier in ('over', 'at_least') then lower is not null and upper is null
    when qualifier in ('up_to', 'under') then lower is null and upper is not null
    when qualifier in ('range', 'about_range') then lower is not null and upper is not null and lower <> upper
    else lower is null and upper is null
end
