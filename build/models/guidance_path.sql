/*
title: Guidance, step by step
title_zh: 指引逐次
description: "Each guidance an entity gave for one period, how it moved from the one before and from the first, and what growth it meant on the base that was known that day, never across a break. A changed definition is no revision."
description_zh: 主体就某一期间给出的每次指引：较上次与首次的变动，以及按当日所知基数所隐含的增长，不跨越断点。口径变更不算修订。
primaryKey: [figure_id]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: period_start
  - name: period_end
  - name: stated_on
    constraints: {required: true}
  - name: vintage_number
    constraints: {required: true}
  - name: qualifier
    constraints: {required: true}
  - name: lower
  - name: upper
  - name: previous_figure_id
    type: string
    description: The statement before it on the same quantity.
    description_zh: 就同一数量的上一次说法。
  - name: lower_revision
    type: number
    decimals: 6
    unit: "column:unit"
    description: Change of the lower bound from the statement before.
    description_zh: 下界较上次的变动。
  - name: upper_revision
    type: number
    decimals: 6
    unit: "column:unit"
    description: Change of the upper bound from the statement before.
    description_zh: 上界较上次的变动。
  - name: lower_since_first
    type: number
    decimals: 6
    unit: "column:unit"
    description: Change of the lower bound from the first statement.
    description_zh: 下界较首次的变动。
  - name: upper_since_first
    type: number
    decimals: 6
    unit: "column:unit"
    description: Change of the upper bound from the first statement.
    description_zh: 上界较首次的变动。
  - name: base_figure_id
  - name: lower_percent
  - name: upper_percent
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with guided as (
    select *
    from vintages
    where status = 'guidance' and period_end is not null
),

stepped as (
    select
        *,
        lag(figure_id) over path as previous_figure_id,
        lag(lower) over path as previous_lower,
        lag(upper) over path as previous_upper,
        first_value(lower) over path as first_lower,
        first_value(upper) over path as first_upper
    from guided
    window path as (partition by series_key order by vintage_number)
),

-- The year or quarter before, as it was known on the day of the guidance.
bases as (
    select
        stepped.figure_id,
        base.figure_id as base_figure_id,
        base.lower as base_lower,
        base.upper as base_upper,
        -- As in growth, a break that leads to another metric ends this one; what is still said on it compares with itself.
        exists (
            select 1
            from breaks
            where
                breaks.entity_id = stepped.entity_id and breaks.metric_id = stepped.metric_id
                and coalesce(breaks.next_metric_id, breaks.metric_id) = breaks.metric_id
                and breaks.breaks_on > base.period_end and breaks.breaks_on <= stepped.period_end
        ) as is_across_break
    from stepped
    join vintages as base
        on base.entity_id = stepped.entity_id and base.metric_id = stepped.metric_id and base.unit = stepped.unit
        and base.status = 'actual'
        and base.known_from <= stepped.known_from and (base.known_until is null or stepped.known_from < base.known_until)
        and abs((base.period_end - base.period_start) - (stepped.period_end - stepped.period_start)) <= 7
        and abs(base.period_end - (stepped.period_end - interval 1 year)::date) <= 7
    where base.lower > 0
    qualify row_number() over (partition by stepped.figure_id order by base.figure_id) = 1
)

select
    stepped.figure_id,
    stepped.entity_id,
    stepped.metric_id,
    stepped.unit,
    stepped.period_start,
    stepped.period_end,
    stepped.known_from as stated_on,
    stepped.vintage_number,
    stepped.qualifier,
    stepped.lower,
    stepped.upper,
    stepped.previous_figure_id,
    (stepped.lower - stepped.previous_lower)::decimal(38, 6) as lower_revision,
    (stepped.upper - stepped.previous_upper)::decimal(38, 6) as upper_revision,
    (stepped.lower - stepped.first_lower)::decimal(38, 6) as lower_since_first,
    (stepped.upper - stepped.first_upper)::decimal(38, 6) as upper_since_first,
    bases.base_figure_id,
    case when not is_across_break then round((stepped.lower / nullif(bases.base_upper, 0) - 1) * 100, 4) end::decimal(38, 4) as lower_percent,
    case when not is_across_break then round((stepped.upper / nullif(bases.base_lower, 0) - 1) * 100, 4) end::decimal(38, 4) as upper_percent,
    array_to_string(
        list_sort(list_filter(
            ['vintages:' || stepped.figure_id, 'vintages:' || stepped.previous_figure_id, 'vintages:' || bases.base_figure_id],
            lambda input: input is not null
        )),
        ' '
    ) as inputs,
    nullif(concat_ws(' ', stepped.flags, case when is_across_break then 'break' end), '') as flags
from stepped
left join bases using (figure_id)
order by stepped.figure_id
