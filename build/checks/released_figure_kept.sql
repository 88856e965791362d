-- A released figure never disappears.
-- zh: 已发布的数字不得消失。
-- Fix: restore the row; if it is wrong, give it retired_on and retired_reason
select
    'figures' as table_name,
    figure_id as row_key,
    'figure_id' as field,
    figure_id as found,
    'was released and is gone' as expected
from released_figures
where figure_id not in (select figure_id from figures)
