/*
title: Guidance scored
title_zh: 指引得分
description: "Each guidance against what was first reported for its period: how far off, inside the range or not, met or missed, and how many days ahead it was said. Scores on another definition than the guided one are rows of their own, marked."
description_zh: 每次指引对照该期间首次公布的实际值：偏差多少、是否落在区间内、是否达到、提前多少天说出。口径与指引不同的对照另立一行并加标记。
primaryKey: [figure_id, actual_figure_id]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: actual_figure_id
    type: string
    description: First report of the actual amount of the period.
    description_zh: 该期间实际值的首次公布。
    constraints: {required: true}
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: period_start
  - name: period_end
  - name: qualifier
    constraints: {required: true}
  - name: lower
  - name: upper
  - name: actual
    type: number
    decimals: 6
    unit: "column:unit"
    description: Amount that was first reported.
    description_zh: 首次公布的数额。
    constraints: {required: true}
  - name: error_percent
    type: number
    decimals: 4
    unit: percent
    description: "Guided over actual less one; 0 inside a range, else from the nearest bound; empty for an open bound."
    description_zh: 指引除以实际减一；落在区间内为 0，否则按最近的界限；单侧界限则为空。
  - name: position
    type: number
    decimals: 4
    description: "Where in the guided range the actual lies, 0 at its low and 1 at its high end; below 0 or above 1 outside."
    description_zh: 实际值在指引区间中的位置，低端为 0，高端为 1；区间外小于 0 或大于 1。
  - name: guidance_result
    type: string
    description: What became of the guidance.
    description_zh: 指引的结果。
    constraints: {required: true}
    categories:
      - {value: point, label: point, label_zh: 点值}
      - {value: inside, label: inside the range, label_zh: 区间内}
      - {value: above, label: above the range, label_zh: 高于区间}
      - {value: below, label: below the range, label_zh: 低于区间}
      - {value: met, label: met, label_zh: 达到}
      - {value: missed, label: missed, label_zh: 未达到}
  - name: horizon_days
    type: integer
    description: Days from the statement to the end of the period.
    description_zh: 自陈述日至期末的天数。
    constraints: {required: true}
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with guided as (
    select vintages.*
    from vintages
    join metrics using (metric_id)
    where
        vintages.status = 'guidance' and vintages.period_end is not null and (vintages.lower is not null or vintages.upper is not null)
        and metrics.time_kind = 'flow' and metrics.base_metric_id is null
),

first_prints as (
    select prints.*
    from (
        -- Whoever speaks for the entity: a segment through the whole, a carrier through its regulator.
        select vintages.*
        from vintages
        where vintages.status = 'actual'
        qualify row_number() over (
            partition by entity_id, metric_id, unit, period_start, period_end order by known_from, figure_id
        ) = 1
    ) as prints
    -- Nothing is measured in percent of zero or less.
    where prints.lower = prints.upper and prints.lower > 0
),

-- The metrics that an entity itself put in one another's place: a break leads from one to the next, or both were its headline.
kin as (
    select entity_id, metric_id, next_metric_id as other_metric_id from breaks where next_entity_id = entity_id
    union
    select entity_id, next_metric_id, metric_id from breaks where next_entity_id = entity_id
    union
    select before.entity_id, before.metric_id, this.metric_id
    from headline_metrics as before
    join headline_metrics as this using (entity_id, purpose)
    union
    select distinct entity_id, metric_id, metric_id from guided
),

matched as (
    select
        guided.*,
        first_prints.figure_id as actual_figure_id,
        first_prints.lower as actual,
        first_prints.flags as actual_flags,
        first_prints.metric_id <> guided.metric_id as is_other_definition
    from guided
    join kin using (entity_id, metric_id)
    join first_prints
        on first_prints.entity_id = guided.entity_id and first_prints.unit = guided.unit and first_prints.metric_id = kin.other_metric_id
        and first_prints.period_start = guided.period_start and first_prints.period_end = guided.period_end
)

select
    figure_id,
    actual_figure_id,
    entity_id,
    metric_id,
    unit,
    period_start,
    period_end,
    qualifier,
    lower,
    upper,
    actual,
    case
        when lower is null or upper is null then null
        when actual between lower and upper then 0
        when actual > upper then round((upper / actual - 1) * 100, 4)
        else round((lower / actual - 1) * 100, 4)
    end::decimal(38, 4) as error_percent,
    case when lower < upper then round((actual - lower) / (upper - lower), 4) end::decimal(38, 4) as position,
    case
        when lower = upper then 'point'
        when lower is not null and upper is not null then case when actual > upper then 'above' when actual < lower then 'below' else 'inside' end
        when upper is null then case when actual >= lower then 'met' else 'missed' end
        else case when actual <= upper then 'met' else 'missed' end
    end as guidance_result,
    period_end - known_from as horizon_days,
    array_to_string(list_sort(['vintages:' || figure_id, 'vintages:' || actual_figure_id]), ' ') as inputs,
    -- That the source restated its first print later is no mark of the score.
    nullif(
        array_to_string(
            list_sort(list_distinct(list_filter(
                string_split(concat_ws(' ', flags, actual_flags, case when is_other_definition then 'mixed_definitions' end), ' '),
                lambda mark: mark not in ('', 'restated')
            ))),
            ' '
        ),
        ''
    ) as flags
from matched
order by figure_id, actual_figure_id
