-- A year that the label names is one in which the period lies; a fiscal year may be named by the next.
-- zh: 期间标签所写年份须为该期间所在年份；财年可按次年命名。
-- Fix: correct the period, or write the label as the source has it
with labels as (
    select
        figure_id,
        period_label,
        period_start,
        period_end,
        regexp_extract_all(period_label, '(?:19|20)[0-9]{2}')::bigint[] as years,
        regexp_matches(period_label, '(?i)FY|fiscal|财年|財年') as is_fiscal
    from figures
    where retired_on is null and period_start is not null and period_end is not null
)

select
    'figures' as table_name,
    figure_id as row_key,
    'period_label' as field,
    period_label as found,
    concat('names no year of the period, ', period_start, ' to ', period_end) as expected
from labels
where
    len(years) > 0
    and not list_has_any(
        years, [
            year(period_start), year(period_end),
            case when is_fiscal then year(period_start) + 1 end, case when is_fiscal then year(period_end) + 1 end
        ]
    )
