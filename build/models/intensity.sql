/*
title: Capital intensity
title_zh: 资本密集度
description: "Capital expenditure, on the definition on which the entity speaks, as a share of revenue, of operating cash flow and of cloud revenue of the same period."
description_zh: 资本开支（按主体自己的口径）占同期收入、经营活动现金流与云收入的比重。
primaryKey: [entity_id, period_start, period_end, ratio]
fields:
  - name: entity_id
    constraints: {required: true}
  - name: period_start
    constraints: {required: true}
  - name: period_end
    constraints: {required: true}
  - name: ratio
    type: string
    description: What capital expenditure is divided by.
    description_zh: 资本开支除以何者。
    constraints: {required: true}
    categories:
      - {value: of_revenue, label: of revenue, label_zh: 占收入}
      - {value: of_operating_cash_flow, label: of operating cash flow, label_zh: 占经营活动现金流}
      - {value: of_cloud_revenue, label: of cloud revenue, label_zh: 占云收入}
  - name: share_percent
    type: number
    decimals: 4
    unit: percent
    description: Capital expenditure over the divisor, in percent.
    description_zh: 资本开支与除数之比，百分数。
    constraints: {required: true}
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with reported as (
    select figures_current.*, headline_metrics.purpose
    from figures_current
    join headline_metrics using (entity_id, metric_id)
    where
        figures_current.status = 'actual' and figures_current.lower = figures_current.upper and figures_current.lower > 0
        and headline_metrics.purpose = 'capex'
        and coalesce(headline_metrics.valid_from <= figures_current.period_end, true)
        and coalesce(headline_metrics.valid_to >= figures_current.period_end, true)
),

divisors as (
    select
        coalesce(relations.to_id, figures_current.entity_id) as entity_id,
        figures_current.figure_id, figures_current.unit, figures_current.period_start, figures_current.period_end, figures_current.lower,
        figures_current.flags,
        -- What a segment sells is set against what its whole group spends: more than the segment's own.
        case when relations.to_id is not null then 'group_over_segment' end as segment_mark,
        case
            when figures_current.metric_id = 'revenue' then 'of_revenue'
            when figures_current.metric_id = 'operating_cash_flow' then 'of_operating_cash_flow'
            else 'of_cloud_revenue'
        end as ratio
    from figures_current
    left join headline_metrics
        on headline_metrics.entity_id = figures_current.entity_id and headline_metrics.metric_id = figures_current.metric_id
        and headline_metrics.purpose = 'cloud_revenue'
        and coalesce(headline_metrics.valid_from <= figures_current.period_end, true)
        and coalesce(headline_metrics.valid_to >= figures_current.period_end, true)
    left join relations
        on relations.from_id = figures_current.entity_id and relations.role = 'part_of'
        and coalesce(relations.valid_from <= figures_current.period_end, true)
        and coalesce(relations.valid_to >= figures_current.period_end, true)
    where
        figures_current.status = 'actual' and figures_current.lower = figures_current.upper and figures_current.lower > 0
        and (
            headline_metrics.purpose is not null
            or (figures_current.metric_id in ('revenue', 'operating_cash_flow') and relations.to_id is null)
        )
)

select
    reported.entity_id,
    reported.period_start,
    reported.period_end,
    divisors.ratio,
    round(reported.lower / nullif(divisors.lower, 0) * 100, 4)::decimal(38, 4) as share_percent,
    array_to_string(list_sort(['figures_current:' || reported.figure_id, 'figures_current:' || divisors.figure_id]), ' ') as inputs,
    nullif(
        array_to_string(
            list_sort(list_distinct(list_filter(
                string_split(concat_ws(' ', reported.flags, divisors.flags, divisors.segment_mark), ' '), lambda mark: mark <> ''
            ))),
            ' '
        ),
        ''
    ) as flags
from reported
join divisors
    on divisors.entity_id = reported.entity_id and divisors.unit = reported.unit
    and divisors.period_start = reported.period_start and divisors.period_end = reported.period_end
order by reported.entity_id, reported.period_end, reported.period_start, divisors.ratio
