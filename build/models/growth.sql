/*
title: Growth
title_zh: 增长
description: "Each current figure against the one a quarter, one, three or five years before it: same entity, metric and unit, spans of equal length, never across a break. A house is compared with itself or with what was reported."
description_zh: 每个现行数字与一季、一年、三年、五年前的数字相比：同一主体、指标与单位，期间等长，绝不跨越断点。研究机构的数字只与其自己的数字或实际值相比。
primaryKey: [figure_id, horizon, growth_kind]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: horizon
    type: string
    description: How far back the comparison goes.
    description_zh: 比较的跨度。
    constraints: {required: true}
    categories:
      - {value: qoq, label: on the quarter before, label_zh: 环比}
      - {value: yoy, label: on the year before, label_zh: 同比}
      - {value: 3y, label: on three years before, label_zh: 较三年前}
      - {value: 5y, label: on five years before, label_zh: 较五年前}
  - name: growth_kind
    type: string
    description: What is compared with what.
    description_zh: 以何者比何者。
    constraints: {required: true}
    categories:
      - {value: actual_on_actual, label: reported on reported, label_zh: 实际比实际}
      - {value: guidance_on_actual, label: guided on reported, label_zh: 指引比实际}
      - {value: forecast_on_actual, label: forecast on reported, label_zh: 预测比实际}
      - {value: forecast_on_forecast, label: forecast on forecast, label_zh: 预测比预测}
  - name: base_figure_id
    type: string
    description: The figure compared with.
    description_zh: 被比较的数字。
    constraints: {required: true}
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: period_start
  - name: period_end
    constraints: {required: true}
  - name: growth_percent
    type: number
    decimals: 4
    unit: percent
    description: Growth where both figures are points; empty otherwise.
    description_zh: 两个数字皆为点值时的增长率，否则为空。
  - name: lower_percent
    type: number
    decimals: 4
    unit: percent
    description: Lower bound of the growth; empty where open.
    description_zh: 增长率下界；无下界则为空。
  - name: upper_percent
    type: number
    decimals: 4
    unit: percent
    description: Upper bound of the growth; empty where open.
    description_zh: 增长率上界；无上界则为空。
  - name: change
    type: number
    decimals: 6
    unit: "column:unit"
    description: "The change itself, where both figures are points."
    description_zh: 两个数字皆为点值时的变动额。
  - name: empty_reason
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with comparable as (
    select
        figures_current.*,
        metrics.time_kind,
        coalesce(figures_current.period_end - figures_current.period_start, 0) as span_days
    from figures_current
    join metrics using (metric_id)
    where
        figures_current.period_end is not null
        and figures_current.status_family <> 'promised'
        and metrics.base_metric_id is null
        -- What a source leaves undefined is compared with nothing.
        and metrics.metric_id not like '%\_unspecified' escape '\'
),

horizons (horizon, months_back) as (values ('qoq', 3), ('yoy', 12), ('3y', 36), ('5y', 60)),

pairs as (
    select
        this.*,
        horizons.horizon,
        case
            when this.status_family = 'realised' and before.status_family = 'realised' then 'actual_on_actual'
            when this.status = 'guidance' and before.status_family = 'realised' then 'guidance_on_actual'
            when this.status = 'forecast' and before.status_family = 'realised' then 'forecast_on_actual'
            when this.status = 'forecast' and before.status = 'forecast' then 'forecast_on_forecast'
        end as growth_kind,
        before.figure_id as base_figure_id,
        coalesce(before.period_start, before.period_end) as base_period_start,
        before.lower as base_lower,
        before.upper as base_upper,
        before.flags as base_flags,
        case
            when horizons.horizon = 'qoq' and this.time_kind = 'flow' then this.period_start - before.period_end
            else abs(before.period_end - (this.period_end - to_months(horizons.months_back))::date)
        end as days_off
    from comparable as this
    cross join horizons
    join comparable as before
        on before.entity_id = this.entity_id and before.metric_id = this.metric_id and before.unit = this.unit
        and abs(before.span_days - this.span_days) <= 7
        -- A quarter of fourteen weeks ends more than three months after the one before: of flows the start decides.
        and case
            when horizons.horizon = 'qoq' and this.time_kind = 'flow'
                then this.span_days between 79 and 100 and this.period_start - before.period_end between 1 and 7
            else abs(before.period_end - (this.period_end - to_months(horizons.months_back))::date) <= 7
        end
    where
        before.status not in ('estimate', 'forecast') or before.stated_by = this.stated_by
),

nearest as (
    select *
    from pairs
    where growth_kind is not null
    qualify row_number() over (partition by figure_id, horizon, growth_kind order by days_off, base_figure_id) = 1
),

judged as (
    select
        nearest.*,
        lower = upper and base_lower = base_upper as is_point,
        -- Below zero the smaller base gives the lower end.
        lower / nullif(case when lower < 0 then base_lower else base_upper end, 0) as lower_ratio,
        upper / nullif(case when upper < 0 then base_upper else base_lower end, 0) as upper_ratio,
        case
            when exists (
                select 1
                from breaks
                where
                    breaks.entity_id = nearest.entity_id and breaks.metric_id = nearest.metric_id
                    -- A break that leads to another metric ends this one; what is still said on it compares with itself.
                    and coalesce(breaks.next_metric_id, breaks.metric_id) = breaks.metric_id
                    -- A base in whose midst the break lies is of both kinds.
                    and breaks.breaks_on > nearest.base_period_start and breaks.breaks_on <= nearest.period_end
            ) then 'break'
            when base_lower <= 0 or base_upper <= 0 then 'base_not_positive'
            when coalesce(lower_ratio, upper_ratio) is null then 'unbounded'
        end as empty_reason
    from nearest
)

select
    figure_id,
    horizon,
    growth_kind,
    base_figure_id,
    entity_id,
    metric_id,
    unit,
    period_start,
    period_end,
    case when empty_reason is null and is_point then round((lower / base_lower - 1) * 100, 4) end::decimal(38, 4) as growth_percent,
    case when empty_reason is null then round((lower_ratio - 1) * 100, 4) end::decimal(38, 4) as lower_percent,
    case when empty_reason is null then round((upper_ratio - 1) * 100, 4) end::decimal(38, 4) as upper_percent,
    case when is_point and coalesce(empty_reason, '') <> 'break' then lower - base_lower end::decimal(38, 6) as change,
    empty_reason,
    array_to_string(list_sort(['figures_current:' || figure_id, 'figures_current:' || base_figure_id]), ' ') as inputs,
    nullif(
        array_to_string(
            list_sort(list_distinct(list_filter(
                string_split(concat_ws(' ', flags, base_flags, case when empty_reason = 'break' then 'break' end), ' '),
                lambda mark: mark <> ''
            ))),
            ' '
        ),
        ''
    ) as flags
from judged
order by figure_id, horizon, growth_kind
