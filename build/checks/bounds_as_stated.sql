-- The bound is the number as printed: 380 billion is 380000000000, and 13,585 in a table of millions 13585 printed steps.
-- zh: 上下限须与原文所印数字一致：3800亿即380000000000；以百万计的表中13,585即13585个印刷单位。
-- Read are texts of one number with its scale or with no words at all; the digits that a column cannot keep are rounded off. Ranges are not read.
-- Fix: count the digits again; lower and upper are the number times its scale (million, 亿, MW), printed_step the value of its last digit
with texts as (
    select
        figure_id,
        as_stated,
        printed_step,
        abs(coalesce(lower, upper)) as bound,
        regexp_extract_all(as_stated, '[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?') as numbers,
        -- What stands behind the number; in a table nothing does.
        regexp_extract(
            as_stated,
            '[0-9][ -]?(万亿|萬億|亿|億|万|萬|(?i:trillion|billion|million|bn\b|percent|gigawatt|megawatt|kilowatt)|T\b|B\b|M\b|GW|MW|kW)',
            1
        ) as scale
    from figures
    where retired_on is null and qualifier not in ('range', 'about_range', 'not_quantified')
),

numbers as (
    select
        texts.figure_id,
        texts.as_stated,
        texts.printed_step,
        texts.bound,
        texts.scale,
        replace(texts.numbers[1], ',', '')::decimal(38, 9) as number,
        replace(replace(texts.numbers[1], ',', ''), '.', '')::decimal(38, 0) as digits
    from texts
    where
        len(texts.numbers) = 1 and len(texts.numbers[1]) <= 18
        and (texts.scale <> '' or not regexp_matches(texts.as_stated, '\p{L}'))
),

scaled as (
    select
        *,
        case
            when scale = '' or lower(scale) = 'percent' then 1
            when scale in ('万', '萬') then 10000
            when scale in ('亿', '億') then 100000000
            when scale in ('万亿', '萬億', 'T') or lower(scale) = 'trillion' then 1000000000000
            when scale in ('GW', 'B') or lower(scale) in ('billion', 'bn', 'gigawatt') then 1000000000
            when scale in ('MW', 'M') or lower(scale) in ('million', 'megawatt') then 1000000
            else 1000
        end as times
    from numbers
)

select
    'figures' as table_name,
    figure_id as row_key,
    'lower' as field,
    bound::varchar as found,
    concat('stands beside ', as_stated) as expected
from scaled
where abs(bound - number * times) > printed_step / 2 and (scale <> '' or bound <> digits * printed_step)
