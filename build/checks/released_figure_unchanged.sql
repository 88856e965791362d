-- What a released figure says never changes; its place, address, evidence, links and labels may be improved.
-- zh: 已发布数字的内容不得更改；位置、网址、证据、关联与标签可以改进。
-- Fix: restore the row, retire it with a reason, and enter the correction as a new row that supersedes it
with said as (
    select figure_id, unnest([
        {'field': 'entity_id', 'says': entity_id},
        {'field': 'metric_id', 'says': metric_id},
        {'field': 'period_start', 'says': period_start::varchar},
        {'field': 'period_end', 'says': period_end::varchar},
        {'field': 'status', 'says': status},
        {'field': 'qualifier', 'says': qualifier},
        {'field': 'lower', 'says': lower::varchar},
        {'field': 'upper', 'says': upper::varchar},
        {'field': 'unit', 'says': unit},
        {'field': 'stated_by', 'says': stated_by},
        {'field': 'stated_on', 'says': stated_on::varchar}
    ], recursive := true)
    from figures
),

said_when_released as (
    select figure_id, unnest([
        {'field': 'entity_id', 'says': entity_id},
        {'field': 'metric_id', 'says': metric_id},
        {'field': 'period_start', 'says': period_start},
        {'field': 'period_end', 'says': period_end},
        {'field': 'status', 'says': status},
        {'field': 'qualifier', 'says': qualifier},
        {'field': 'lower', 'says': lower::decimal(38, 6)::varchar},
        {'field': 'upper', 'says': upper::decimal(38, 6)::varchar},
        {'field': 'unit', 'says': unit},
        {'field': 'stated_by', 'says': stated_by},
        {'field': 'stated_on', 'says': stated_on}
    ], recursive := true)
    from released_figures
)

select
    'figures' as table_name,
    said.figure_id as row_key,
    said.field,
    said.says as found,
    concat('was released as ', coalesce(said_when_released.says, 'empty')) as expected
from said
join said_when_released on said_when_released.figure_id = said.figure_id and said_when_released.field = said.field
where said.says is distinct from said_when_released.says
