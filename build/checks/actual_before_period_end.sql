-- What is reported or estimated of a period is stated after the period has ended.
-- zh: 对期间的实际或估计陈述，须在该期间结束之后作出。
-- Fix: correct stated_on or the period, or make the status guidance or forecast
select
    'figures' as table_name,
    figure_id as row_key,
    'stated_on' as field,
    stated_on::varchar as found,
    concat('is before the end of the period, ', period_end, ', although the status is ', status) as expected
from figures
where status in ('actual', 'estimate') and stated_on < period_end
