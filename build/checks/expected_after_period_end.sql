-- Guidance, forecasts, targets and commitments are stated before the period has ended.
-- zh: 指引、预测、目标与承诺须在期间结束之前作出。
-- Fix: correct stated_on or the period, or make the status actual or estimate
select
    'figures' as table_name,
    figure_id as row_key,
    'stated_on' as field,
    stated_on::varchar as found,
    concat('is after the end of the period, ', period_end, ', although the status is ', status) as expected
from figures
where status in ('guidance', 'forecast', 'target', 'commitment') and stated_on > period_end
