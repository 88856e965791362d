-- A period does not end before it begins, and has both ends or none.
-- zh: 期间的末日不早于首日，且两端或全有或全无。
-- Fix: correct period_start and period_end, or leave both empty where the source names no date
select
    'figures' as table_name,
    figure_id as row_key,
    'period_end' as field,
    period_end::varchar as found,
    concat('does not go with period_start ', coalesce(period_start::varchar, 'empty')) as expected
from figures
where period_end < period_start or (period_start is null) <> (period_end is null)
