-- The lower bound is not above the upper.
-- zh: 下界不高于上界。
-- Fix: swap the bounds, or correct a digit
select
    'figures' as table_name,
    figure_id as row_key,
    'lower' as field,
    lower::varchar as found,
    concat('is above upper ', upper) as expected
from figures
where lower > upper
