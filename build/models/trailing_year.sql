/*
title: Trailing years
title_zh: 过去四个季度
description: The sum of four consecutive quarters up to each quarter's end.
description_zh: 截至每季末的连续四个季度之和。
primaryKey: [entity_id, metric_id, unit, period_end]
fields:
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: period_start
    constraints: {required: true}
  - name: period_end
    constraints: {required: true}
  - name: amount
    constraints: {required: true}
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with windows as (
    select
        entity_id, metric_id, unit, period_end,
        min(period_start) over four as period_start,
        sum(amount) over four as amount,
        count(amount) over four as quarters_held,
        string_agg(concat_ws('/', 'quarters:' || entity_id, metric_id, unit, period_end), ' ') over four as inputs,
        string_agg(flags, ' ') over four as flags
    from quarters
    window four as (
        partition by entity_id, metric_id, unit order by period_end rows between 3 preceding and current row
    )
)

select
    entity_id, metric_id, unit, period_start, period_end, amount::decimal(38, 6) as amount, inputs,
    nullif(
        array_to_string(list_sort(list_distinct(list_filter(string_split(coalesce(flags, ''), ' '), lambda mark: mark <> ''))), ' '), ''
    ) as flags
from windows
-- Four quarters that follow each other without a gap make a year.
where quarters_held = 4 and period_end - period_start between 349 and 379
order by all
