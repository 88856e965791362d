-- A retired row has a day and a reason.
-- zh: 停用的行须有日期与原因。
-- Fix: give both retired_on and retired_reason, or neither
select
    'figures' as table_name,
    figure_id as row_key,
    'retired_reason' as field,
    retired_reason as found,
    concat('with retired_on ', coalesce(retired_on::varchar, 'empty')) as expected
from figures
where (retired_on is null) <> (retired_reason is null)
