-- A reported year of a company ends with its fiscal year, and a label FY2025 with a period that ends in 2025.
-- zh: 公司的实际年度须与其财年同时结束；标签 FY2025 所对应的期间须结束于 2025 年。
-- A year that the source does not name as one, such as the last four quarters, may end with any quarter.
-- Fix: correct the period or its label, or fiscal_year_end of the entity
with years as (
    select
        figures.figure_id,
        figures.period_end,
        figures.period_label,
        entities.fiscal_year_end,
        entities.fiscal_weeks,
        -- The nearest fiscal year end, in the year before, the same year or the year after.
        list_min(
            list_transform(
                [-1, 0, 1],
                lambda years_on: abs(
                    figures.period_end
                    - least(
                        last_day(make_date(year(figures.period_end) + years_on, left(entities.fiscal_year_end, 2)::int, 1)),
                        make_date(year(figures.period_end) + years_on, left(entities.fiscal_year_end, 2)::int, 1)
                        + (right(entities.fiscal_year_end, 2)::int - 1)
                    )
                )
            )
        ) as days_off
    from figures
    join entities using (entity_id)
    where
        figures.status = 'actual' and entities.fiscal_year_end is not null
        and figures.period_end - figures.period_start between 349 and 379
        and (figures.period_label is null or regexp_full_match(figures.period_label, '(?i)(CY|FY|fiscal|fiscal year|year)? ?20[0-9]{2}(年|财年)?'))
)

select
    'figures' as table_name,
    figure_id as row_key,
    'period_end' as field,
    period_end::varchar as found,
    concat('is not near the end of the fiscal year, ', fiscal_year_end) as expected
from years
where days_off > case fiscal_weeks when '52_53' then 7 else 0 end
union all
select
    'figures',
    figure_id,
    'period_label',
    period_label,
    concat('does not name the year in which the period ends, ', period_end)
from figures
where
    regexp_matches(period_label, '^FY ?[0-9]{4}$') and period_end - period_start between 349 and 379
    and regexp_extract(period_label, '[0-9]{4}')::int <> year(period_end)
