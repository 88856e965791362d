-- A number says how finely it was printed.
-- zh: 数字须注明其印刷精度。
-- Fix: give printed_step the value of one unit of the last digit printed (3800亿 is 100000000)
select
    'figures' as table_name,
    figure_id as row_key,
    'printed_step' as field,
    null::varchar as found,
    concat('beside ', as_stated) as expected
from figures
where printed_step is null and qualifier <> 'not_quantified'
