-- The bounds are multiples of the printed step.
-- zh: 上下界是所印末位单位的整数倍。
-- Fix: give printed_step the value of one unit of the last digit printed, or correct the bound
with bounds as (
    select figure_id, 'lower' as field, lower as bound, printed_step from figures
    union all
    select figure_id, 'upper', upper, printed_step from figures
)

select
    'figures' as table_name,
    figure_id as row_key,
    field,
    bound::varchar as found,
    concat('is no multiple of printed_step ', printed_step) as expected
from bounds
where bound is not null and (printed_step <= 0 or bound % printed_step <> 0)
