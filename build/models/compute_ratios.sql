/*
title: Ratios of compute
title_zh: 算力比率
description: "Computing capacity per card, power per card and per H100 equivalent, and the share of a country in the world or of an entity in its country: read on the same dates, of the same kind of statement, capacities only of the same precision and scope. What is undefined is divided by nothing."
description_zh: 每卡算力、每卡功率、每块等效 H100 的功率，以及主体占其国家、国家占全球的份额：日期相同、陈述类别相同，算力还须精度与范围相同。口径未说明的，不作除法。
primaryKey: [figure_id, divisor_figure_id]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: divisor_figure_id
    type: string
    description: The figure that it is divided by.
    description_zh: 作为除数的数字。
    constraints: {required: true}
  - name: compute_ratio
    type: string
    description: What is divided by what.
    description_zh: 以何者除以何者。
    constraints: {required: true}
    categories:
      - {value: flops_per_card, label: FLOPS per card, label_zh: 每卡算力（FLOPS）}
      - {value: watts_per_card, label: watts per card, label_zh: 每卡功率（瓦）}
      - {value: watts_per_h100_equivalent, label: watts per H100 equivalent, label_zh: 每块等效 H100 功率（瓦）}
      - {value: share_of_country, label: share of the country in percent, label_zh: 占全国百分比}
      - {value: share_of_world, label: share of the world in percent, label_zh: 占全球百分比}
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: precision
  - name: scope
  - name: status_family
    constraints: {required: true}
  - name: period_start
    constraints: {required: true}
  - name: period_end
    constraints: {required: true}
  - name: ratio_value
    type: number
    decimals: 4
    description: "The ratio where both figures are points, in what the ratio names; empty otherwise."
    description_zh: 两个数字皆为点值时的比率，单位以比率名称所示为准，否则为空。
  - name: lower_ratio
    type: number
    decimals: 4
    description: Lower bound of the ratio; empty where open.
    description_zh: 比率下界；无下界则为空。
  - name: upper_ratio
    type: number
    decimals: 4
    description: Upper bound of the ratio; empty where open.
    description_zh: 比率上界；无上界则为空。
  - name: empty_reason
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with read as (
    select
        figures_current.*,
        metrics.measure,
        metrics.precision,
        metrics.scope,
        entities.entity_kind,
        entities.country
    from figures_current
    join metrics using (metric_id)
    join entities using (entity_id)
    where metrics.measure in ('compute', 'power', 'count') and metrics.time_kind = 'stock' and figures_current.period_end is not null
),

-- Of one entity: what its cards give, and what they draw. Of two: an entity in its country, a country in the world, on the
-- same metric or on another of the same precision and scope.
pairs as (
    select
        this.*,
        divisor.figure_id as divisor_figure_id,
        divisor.metric_id as divisor_metric_id,
        divisor.lower as divisor_lower,
        divisor.upper as divisor_upper,
        divisor.flags as divisor_flags,
        case
            when divisor.entity_id = this.entity_id then
                case
                    when this.metric_id like '%\_unspecified' escape '\' or this.precision = 'unspecified' then null
                    when this.measure = 'compute' and divisor.unit = 'accelerators' then 'flops_per_card'
                    when this.measure = 'power' and divisor.unit = 'accelerators' then 'watts_per_card'
                    when this.measure = 'power' and divisor.unit = 'H100_equivalents' then 'watts_per_h100_equivalent'
                end
            when
                this.measure = 'compute' and divisor.measure = 'compute'
                and (
                    divisor.metric_id = this.metric_id
                    or (this.precision <> 'unspecified' and divisor.precision = this.precision and divisor.scope = this.scope)
                ) then
                case
                    when divisor.entity_kind = 'country' and this.entity_kind <> 'country' and divisor.country = this.country
                        then 'share_of_country'
                    when divisor.entity_kind = 'world' and this.entity_kind = 'country' then 'share_of_world'
                end
        end as compute_ratio
    from read as this
    join read as divisor
        on divisor.period_start = this.period_start and divisor.period_end = this.period_end
        and divisor.status_family = this.status_family and divisor.figure_id <> this.figure_id
    where compute_ratio is not null
),

judged as (
    select
        *,
        case
            when divisor_lower <= 0 or divisor_upper <= 0 then 'base_not_positive'
            when coalesce(lower / divisor_upper, upper / divisor_lower) is null then 'unbounded'
        end as empty_reason,
        -- An exaFLOPS is 10^18 FLOPS.
        case
            when compute_ratio = 'flops_per_card' then 1000000000000000000
            when compute_ratio in ('share_of_country', 'share_of_world') then 100
            else 1
        end as factor
    from pairs
),

divided as (
    select
        *,
        case when lower = upper and divisor_lower = divisor_upper then lower * factor / nullif(divisor_lower, 0) end as point_ratio,
        lower * factor / nullif(divisor_upper, 0) as low_ratio,
        upper * factor / nullif(divisor_lower, 0) as high_ratio
    from judged
)

-- FLOPS are rounded to whole ones: a double holds no decimals of a number that large.
select
    figure_id,
    divisor_figure_id,
    compute_ratio,
    entity_id,
    metric_id,
    precision,
    scope,
    status_family,
    period_start,
    period_end,
    case
        when empty_reason is not null then null
        when compute_ratio = 'flops_per_card' then point_ratio::decimal(38, 0)::decimal(38, 4)
        else round(point_ratio, 4)::decimal(38, 4)
    end as ratio_value,
    case
        when empty_reason is not null then null
        when compute_ratio = 'flops_per_card' then low_ratio::decimal(38, 0)::decimal(38, 4)
        else round(low_ratio, 4)::decimal(38, 4)
    end as lower_ratio,
    case
        when empty_reason is not null then null
        when compute_ratio = 'flops_per_card' then high_ratio::decimal(38, 0)::decimal(38, 4)
        else round(high_ratio, 4)::decimal(38, 4)
    end as upper_ratio,
    empty_reason,
    array_to_string(list_sort(['figures_current:' || figure_id, 'figures_current:' || divisor_figure_id]), ' ') as inputs,
    nullif(
        array_to_string(
            list_sort(list_distinct(list_filter(
                string_split(
                    concat_ws(
                        ' ', flags, divisor_flags,
                        case when compute_ratio in ('share_of_country', 'share_of_world') and divisor_metric_id <> metric_id then 'mixed_definitions' end
                    ),
                    ' '
                ),
                lambda mark: mark <> ''
            ))),
            ' '
        ),
        ''
    ) as flags
from divided
order by figure_id, divisor_figure_id
