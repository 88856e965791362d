/*
title: "Forecasts, edition by edition"
title_zh: 预测逐版
description: "Each forecast that one speaker gave of one quantity, how it moved from the edition before and from the first, and last the speaker's own estimate once the period had ended. A changed definition or taxonomy is another metric, and no revision."
description_zh: 同一陈述者就同一数量先后给出的各版预测，较上一版与首版的变动；期间结束后，其自己的估计列为末版。定义或分类改变即为另一指标，不算修订。
primaryKey: [figure_id]
uniqueKeys: [[entity_id, stated_by, metric_id, unit, period_start, period_end, base_end, edition_number]]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: entity_id
    constraints: {required: true}
  - name: stated_by
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: period_start
  - name: period_end
    constraints: {required: true}
  - name: base_end
  - name: edition_number
    type: integer
    description: "Number of the edition among those of one speaker on one quantity, from 1."
    description_zh: 同一陈述者就同一数量所出各版的序号，自 1 起。
    constraints: {required: true}
  - name: stated_on
    constraints: {required: true}
  - name: status
    constraints: {required: true}
  - name: qualifier
    constraints: {required: true}
  - name: lower
  - name: upper
  - name: previous_figure_id
  - name: lower_revision
  - name: upper_revision
  - name: lower_since_first
  - name: upper_since_first
  - name: revision_percent
    type: number
    decimals: 4
    unit: percent
    description: "Change from the edition before in percent; empty where either is no point, and for what is itself a share or a growth."
    description_zh: 较上一版的百分比变动；任一版不是点值，或数字本身即为占比、增速，则为空。
  - name: empty_reason
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with editions as (
    select vintages.*, metrics.base_metric_id is null as is_level
    from vintages
    join metrics using (metric_id)
    where vintages.status in ('forecast', 'estimate') and vintages.period_end is not null
    -- An estimate ends a path; what was only estimated, and never forecast before, has none.
    qualify bool_or(vintages.status = 'forecast') over (
        partition by
            vintages.entity_id, vintages.stated_by, vintages.metric_id, vintages.unit, vintages.period_start, vintages.period_end,
            vintages.base_end
        order by vintages.known_from, vintages.figure_id
    )
),

stepped as (
    select
        *,
        row_number() over path as edition_number,
        lag(figure_id) over path as previous_figure_id,
        lag(lower) over path as previous_lower,
        lag(upper) over path as previous_upper,
        first_value(lower) over path as first_lower,
        first_value(upper) over path as first_upper
    from editions
    window path as (
        partition by entity_id, stated_by, metric_id, unit, period_start, period_end, base_end order by known_from, figure_id
    )
),

judged as (
    select
        *,
        is_level and lower = upper and previous_lower = previous_upper and previous_lower > 0 as has_percent,
        case when is_level and previous_lower = previous_upper and previous_lower <= 0 then 'base_not_positive' end as empty_reason
    from stepped
)

select
    figure_id,
    entity_id,
    stated_by,
    metric_id,
    unit,
    period_start,
    period_end,
    base_end,
    edition_number,
    known_from as stated_on,
    status,
    qualifier,
    lower,
    upper,
    previous_figure_id,
    (lower - previous_lower)::decimal(38, 6) as lower_revision,
    (upper - previous_upper)::decimal(38, 6) as upper_revision,
    (lower - first_lower)::decimal(38, 6) as lower_since_first,
    (upper - first_upper)::decimal(38, 6) as upper_since_first,
    case when has_percent then round((lower / nullif(previous_lower, 0) - 1) * 100, 4) end::decimal(38, 4) as revision_percent,
    empty_reason,
    array_to_string(
        list_sort(list_filter(['vintages:' || figure_id, 'vintages:' || previous_figure_id], lambda input: input is not null)), ' '
    ) as inputs,
    flags
from judged
order by figure_id
