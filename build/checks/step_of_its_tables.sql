-- The tables of one document are printed in one unit: what stands in them as a bare whole number has one printed step a currency.
-- zh: 同一文献各表的印刷单位相同：表中所印整数，同一币种的印刷精度须相同。
-- Fix: see whether the table is in thousands or millions and correct lower, upper and printed_step; if it is another table, add an exception
with bare as (
    select
        figures.figure_id,
        figures.source_id,
        figures.unit,
        figures.printed_step,
        figures.as_stated
    from figures
    join metrics using (metric_id)
    where
        figures.retired_on is null and figures.qualifier = 'exact' and metrics.measure = 'money'
        and regexp_full_match(figures.as_stated, '[^\p{L}0-9.%]*[0-9][0-9,]*[^\p{L}0-9.%]*')
        -- A number written out in full says nothing of a table.
        and abs(figures.lower) <> regexp_replace(figures.as_stated, '[^0-9]', '', 'g')::decimal(38, 0)
),

steps as (
    select
        source_id,
        unit,
        printed_step,
        count(*) as numbers,
        min(figure_id) as figure_id
    from bare
    group by source_id, unit, printed_step
)

select
    'figures' as table_name,
    figure_id as row_key,
    'printed_step' as field,
    printed_step::varchar as found,
    concat('differs from the other numbers of ', source_id, ', ', first_value(printed_step) over most) as expected
from steps
window most as (partition by source_id, unit order by numbers desc, figure_id)
qualify row_number() over most > 1
