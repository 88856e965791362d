/*
title: Why numbers differ
title_zh: 数字为何不同
description: "Beside a company’s capital expenditure of a year, on the definition on which it speaks, the other numbers held for that year: another definition, the calendar year instead of the fiscal one, another speaker, an earlier print, a report that rounds or says another value. Other definitions count from what was said first and still stands; of the same definition and year every report that differs is listed."
description_zh: 在公司按自己口径的年度资本开支旁，列出本库所收同一年的其他数字：另一口径、以日历年代替财年、另一陈述者、重述前的数、取整的转述或数值不同的转述。其他口径只取首次说出且仍有效者；同口径同年度的，凡不同的转述一概列出。
primaryKey: [entity_id, year, metric_id, unit, other_metric_id, other_end, other_number]
fields:
  - name: entity_id
    constraints: {required: true}
  - name: year
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: fiscal_start
    constraints: {required: true}
  - name: fiscal_end
    constraints: {required: true}
  - name: fiscal_amount
    constraints: {required: true}
  - name: other_metric_id
    type: string
    description: Metric of the other number.
    description_zh: 另一数字的指标。
    constraints: {required: true}
  - name: other_start
    type: date
    description: First day of the period of the other number.
    description_zh: 另一数字的期间首日。
    constraints: {required: true}
  - name: other_end
    type: date
    description: Last day of the period of the other number.
    description_zh: 另一数字的期间末日。
    constraints: {required: true}
  - name: other_number
    type: string
    description: "Figure that states the other number, or four_quarters where it is their sum."
    description_zh: 给出另一数字的 figure；若为四个季度之和，则写 four_quarters。
    constraints: {required: true}
  - name: other_lower
    type: number
    decimals: 6
    unit: "column:unit"
    description: Lower bound of the other number; empty where open.
    description_zh: 另一数字的下界；无下界则为空。
  - name: other_upper
    type: number
    decimals: 6
    unit: "column:unit"
    description: Upper bound of the other number; empty where open.
    description_zh: 另一数字的上界；无上界则为空。
  - name: set_apart_by
    type: string
    description: "What sets the two apart, space-separated: definition, period, speaker, restated, rounding, qualifier (a bound or range that holds it) or value."
    description_zh: 两者不同之处，以空格分隔：definition 口径、period 期间、speaker 陈述者、restated 重述、rounding 取整、qualifier 限定词（包含该数的界限或区间）、value 数值。
    constraints: {required: true}
  - name: lower_gap_percent
    type: number
    decimals: 4
    unit: percent
    description: Lower bound of the other number over the company’s, less one; empty where open.
    description_zh: 另一数字的下界除以公司数字减一；无下界则为空。
  - name: upper_gap_percent
    type: number
    decimals: 4
    unit: percent
    description: Upper bound of the other number over the company’s, less one; empty where open.
    description_zh: 另一数字的上界除以公司数字减一；无上界则为空。
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with definitions as (
    select metric_id
    from metrics
    where family = 'capex' and measure = 'money' and time_kind = 'flow' and base_metric_id is null
),

-- What was said of a year, reports included, and whether the statement still stands.
said as (
    select
        figures.entity_id, figures.metric_id, figures.unit, figures.period_start, figures.period_end, figures.lower, figures.upper,
        stated_intervals.stated_lower, stated_intervals.stated_upper,
        figures.figure_id as number,
        'figures:' || figures.figure_id as input,
        figures.status = 'estimate' as is_estimate,
        figures.repeats is not null as is_report,
        vintages.known_until is not null as is_superseded,
        figure_flags.flags
    from figures
    join definitions using (metric_id)
    join stated_intervals using (figure_id)
    join figure_flags using (figure_id)
    left join vintages on vintages.figure_id = coalesce(figures.repeats, figures.figure_id)
    where
        figures.retired_on is null and figures.status in ('actual', 'estimate')
        and (figures.lower is not null or figures.upper is not null)
        and figures.period_end - figures.period_start between 349 and 379
),

-- What four quarters make where no one states the year.
added_up as (
    select
        trailing_year.entity_id, trailing_year.metric_id, trailing_year.unit, trailing_year.period_start, trailing_year.period_end,
        trailing_year.amount as lower, trailing_year.amount as upper, trailing_year.amount as stated_lower, trailing_year.amount as stated_upper,
        'four_quarters' as number,
        'trailing_year:' || concat_ws('/', trailing_year.entity_id, trailing_year.metric_id, trailing_year.unit, trailing_year.period_end) as input,
        false as is_estimate, false as is_report, false as is_superseded,
        trailing_year.flags
    from trailing_year
    join definitions using (metric_id)
    where not exists (
        select 1
        from said
        where
            said.entity_id = trailing_year.entity_id and said.metric_id = trailing_year.metric_id and said.unit = trailing_year.unit
            and abs(said.period_end - trailing_year.period_end) <= 7 and not said.is_superseded
    )
),

paired as (
    select
        years.entity_id, years.year, years.metric_id, years.unit, years.fiscal_start, years.fiscal_end, years.fiscal_amount,
        others.metric_id as other_metric_id,
        others.* exclude (entity_id, metric_id, unit),
        others.metric_id <> years.metric_id as is_other_definition,
        abs(others.period_end - years.fiscal_end) > 7 as is_other_period
    from capex_annual as years
    join (select said.* from said union all select added_up.* from added_up) as others
        on others.entity_id = years.entity_id and others.unit = years.unit
        and (
            abs(others.period_end - years.fiscal_end) <= 7
            or (others.period_start = make_date(years.year, 1, 1) and others.period_end = make_date(years.year, 12, 31))
        )
    where years.fiscal_amount > 0
)

select
    entity_id,
    year,
    metric_id,
    unit,
    fiscal_start,
    fiscal_end,
    fiscal_amount,
    other_metric_id,
    period_start as other_start,
    period_end as other_end,
    number as other_number,
    lower as other_lower,
    upper as other_upper,
    concat_ws(
        ' ',
        case when is_other_definition then 'definition' end,
        case when is_other_period then 'period' end,
        case when is_estimate then 'speaker' end,
        case
            when is_other_definition or is_other_period then null
            when is_superseded then 'restated'
            when coalesce(fiscal_amount >= stated_lower, true) and coalesce(fiscal_amount <= stated_upper, true)
                then case when lower is distinct from upper then 'qualifier' else 'rounding' end
            else 'value'
        end
    ) as set_apart_by,
    round((lower / nullif(fiscal_amount, 0) - 1) * 100, 4)::decimal(38, 4) as lower_gap_percent,
    round((upper / nullif(fiscal_amount, 0) - 1) * 100, 4)::decimal(38, 4) as upper_gap_percent,
    array_to_string(list_sort(['capex_annual:' || concat_ws('/', entity_id, year, metric_id, unit), input]), ' ') as inputs,
    -- Those of the other number; the year's stand in capex_annual.
    flags
from paired
where
    case
        when is_other_definition or is_other_period then not is_report and not is_superseded
        else lower is distinct from fiscal_amount or upper is distinct from fiscal_amount
    end
order by entity_id, year, metric_id, unit, other_metric_id, other_end, other_number
