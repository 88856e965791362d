/*
title: Quarters
title_zh: 季度
description: "Every quarter of a flow: as the source states it, else the exact difference of two cumulative prints of one fiscal year, the earlier as it was known when the later was stated. The difference also stands where it is printed to finer digits than a quarter stated in round words."
description_zh: 流量的每个季度：来源有陈述则用之，否则取同一财年两个累计数之差，且较早者按较晚者陈述之时所知；若差额的印刷位数细于口头取整的季度数，亦取差额。
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
    type: number
    decimals: 6
    unit: "column:unit"
    description: The amount of the period; empty where it cannot be derived exactly.
    description_zh: 该期间的数额；不能精确得出则为空。
  - name: amount_source
    type: string
    description: How the amount of the period came about.
    description_zh: 该期间数额的由来。
    constraints: {required: true}
    categories:
      - {value: stated, label: stated, label_zh: 来源陈述}
      - {value: difference, label: difference of cumulative prints, label_zh: 累计数之差}
      - {value: four_quarters, label: sum of four quarters, label_zh: 四季之和}
  - name: empty_reason
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with prints as (
    select vintages.*, metrics.measure
    from vintages
    join metrics using (metric_id)
    where
        vintages.status = 'actual' and metrics.time_kind = 'flow' and metrics.base_metric_id is null
        and vintages.period_end is not null
),

stated as (
    select
        figures_current.entity_id, figures_current.metric_id, figures_current.unit,
        figures_current.period_start, figures_current.period_end,
        case when figures_current.lower = figures_current.upper then figures_current.lower end as amount,
        'stated' as amount_source,
        case when figures_current.lower = figures_current.upper then null else 'not_exact' end as empty_reason,
        'figures_current:' || figures_current.figure_id as inputs,
        figures_current.flags,
        figures.printed_step
    from figures_current
    join metrics using (metric_id)
    join figures using (figure_id)
    where
        figures_current.status = 'actual' and metrics.time_kind = 'flow' and metrics.base_metric_id is null
        and figures_current.period_end - figures_current.period_start between 79 and 100
),

-- Two quarters of one series that end within a week are the same quarter said twice: the first entered stands.
stated_once as (
    select stated.*
    from stated
    where not exists (
        select 1
        from stated as other
        where
            other.entity_id = stated.entity_id and other.metric_id = stated.metric_id and other.unit = stated.unit
            and abs(other.period_end - stated.period_end) <= 7 and other.inputs < stated.inputs
    )
),

differences as (
    select
        later.entity_id, later.metric_id, later.unit,
        earlier.period_end + 1 as period_start,
        later.period_end,
        case when later.qualifier = 'exact' and earlier.qualifier = 'exact' then later.lower - earlier.lower end as amount,
        'difference' as amount_source,
        case when later.qualifier <> 'exact' or earlier.qualifier <> 'exact' then 'not_exact' end as empty_reason,
        array_to_string(list_sort(['figures:' || later.figure_id, 'figures:' || earlier.figure_id]), ' ') as inputs,
        nullif(
            array_to_string(
                list_sort(list_distinct(list_filter(
                    string_split(concat_ws(' ', later.flags, earlier.flags), ' '), lambda mark: mark <> ''
                ))),
                ' '
            ),
            ''
        ) as flags,
        greatest(later_figure.printed_step, earlier_figure.printed_step) as printed_step
    from prints as later
    join prints as earlier
        on earlier.entity_id = later.entity_id and earlier.metric_id = later.metric_id and earlier.unit = later.unit
        and earlier.stated_by = later.stated_by
        and earlier.period_start = later.period_start
        and later.period_end - earlier.period_end between 80 and 101
        -- The earlier print as it was known when the later one was first stated.
        and earlier.known_from <= later.known_from
        and (earlier.known_until is null or later.known_from < earlier.known_until)
    join figures as later_figure on later_figure.figure_id = later.figure_id
    join figures as earlier_figure on earlier_figure.figure_id = earlier.figure_id
    where later.known_until is null and later.period_end - later.period_start between 170 and 379
    qualify row_number() over (
        partition by later.entity_id, later.metric_id, later.unit, later.period_end order by later.figure_id, earlier.known_from desc
    ) = 1
),

-- Both accounts of one quarter, where there are two: the one that is a number stands, of two numbers the finer, the stated one when equally fine.
paired as (
    select
        stated.inputs as stated_inputs,
        differences.inputs as difference_inputs,
        differences.amount is not null
        and (stated.amount is null or coalesce(differences.printed_step < stated.printed_step, false)) as difference_is_finer
    from stated_once as stated
    join differences
        on differences.entity_id = stated.entity_id and differences.metric_id = stated.metric_id and differences.unit = stated.unit
        and abs(stated.period_end - differences.period_end) <= 7
)

select entity_id, metric_id, unit, period_start, period_end, amount::decimal(38, 6) as amount, amount_source, empty_reason, inputs, flags
from stated_once
where inputs not in (select stated_inputs from paired where difference_is_finer)
union all
select entity_id, metric_id, unit, period_start, period_end, amount::decimal(38, 6), amount_source, empty_reason, inputs, flags
from differences
where inputs not in (select difference_inputs from paired where not difference_is_finer)
order by all
