-- The printed step is that of the number as printed: a whole number of 亿 or of billions is printed to 亿 or to a billion.
-- zh: 印刷精度须与原文所印一致：整数的亿以亿计，整数的 billion 以十亿计。
-- Fix: give printed_step the value of one unit of the last digit printed (3800亿 is 100000000, $380 billion is 1000000000), or say about where the number is round
with read_out as (
    select
        figure_id,
        as_stated,
        printed_step,
        regexp_extract(as_stated, '^[^0-9]*[0-9][0-9,]* ?(亿|億|[Bb]illion)', 1) as scale
    from figures
    where qualifier not in ('about', 'about_range', 'range', 'not_quantified') and retired_on is null
)

select
    'figures' as table_name,
    figure_id as row_key,
    'printed_step' as field,
    printed_step::varchar as found,
    concat('beside ', as_stated) as expected
from read_out
where scale <> '' and printed_step <> case when lower(scale) = 'billion' then 1000000000 else 100000000 end
