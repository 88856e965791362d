-- The printed step is that of the number as printed: a whole number of 亿 or of billions is printed to 亿 or to a billion, 4.5 GW to 0.1 GW.
-- zh: 印刷精度须与原文所印一致：整数的亿以亿计，整数的 billion 以十亿计，4.5 GW 以 0.1 GW 计。
-- Fix: give printed_step the value of one unit of the last digit printed (3800亿 is 100000000, $380 billion is 1000000000), or say about where the number is round
with texts as (
    select
        figure_id,
        as_stated,
        printed_step,
        regexp_extract_all(
            as_stated,
            '(?:^|[^0-9,.])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?[ -]?(?:(?i:trillion|billion|million|bn)|万亿|亿|億|万|萬|GW|MW)'
        ) as numbers
    from figures
    where qualifier in ('exact', 'over', 'at_least', 'up_to', 'under') and unit <> 'EFLOPS' and retired_on is null
),

steps as (
    select
        figure_id,
        as_stated,
        printed_step,
        case lower(regexp_extract(numbers[1], '[ -]?([^0-9,. -]+)$', 1))
            when 'trillion' then 1000000000000
            when '万亿' then 1000000000000
            when 'billion' then 1000000000
            when 'bn' then 1000000000
            when 'gw' then 1000000000
            when '亿' then 100000000
            when '億' then 100000000
            when '万' then 10000
            when '萬' then 10000
            else 1000000
        end / pow(10, length(regexp_extract(numbers[1], '\.([0-9]+)', 1))) as step
    from texts
    where len(numbers) = 1
)

select
    'figures' as table_name,
    figure_id as row_key,
    'printed_step' as field,
    printed_step::varchar as found,
    concat('beside ', as_stated) as expected
from steps
where printed_step <> step
