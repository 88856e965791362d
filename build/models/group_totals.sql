/*
title: Group totals
title_zh: 组合合计
description: "What the members of a group spent or expect together in a calendar year: on one definition, or each on the definition on which it speaks. In dollars, and unconverted where all report in one other currency. If a member is missing there is no total, only the sum of the others and who is missing. A fiscal year's guidance is missing from a calendar year."
description_zh: 组合各成员某日历年已支出或预期的合计：同一口径相加，或各按自己对外的口径相加。以美元计；若各成员同以另一货币列报，另给不经换算的合计。缺任何成员即无合计，只列其余成员之和及所缺者；只有财年指引的成员，在日历年合计中视为缺失。
primaryKey: [entity_id, definition_basis, metric_or_purpose, status_family, year, unit]
fields:
  - name: entity_id
    constraints: {required: true}
  - name: definition_basis
    type: string
    description: Whether the members are added on one definition or each on its own.
    description_zh: 成员按同一口径相加，还是各按自己的口径相加。
    constraints: {required: true}
    categories:
      - {value: one_definition, label: one definition, label_zh: 同一口径}
      - {value: headline, label: each on its own, label_zh: 各按其口径}
  - name: metric_or_purpose
    type: string
    description: "Metric that is added up, or the purpose whose headline metrics are."
    description_zh: 相加的指标，或其主指标被相加的用途。
    constraints: {required: true}
  - name: status_family
    constraints: {required: true}
  - name: year
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: total
    type: number
    decimals: 0
    unit: "column:unit"
    description: "Sum of all members; empty where one is missing, a range or open."
    description_zh: 全体成员之和；有成员缺失、为区间或单侧开放则为空。
  - name: lower_total
    type: number
    decimals: 0
    unit: "column:unit"
    description: "Sum of all members' lower bounds; empty where a member is missing or open below."
    description_zh: 全体成员下界之和；有成员缺失或无下界则为空。
  - name: upper_total
    type: number
    decimals: 0
    unit: "column:unit"
    description: "Sum of all members' upper bounds; empty where a member is missing or open above."
    description_zh: 全体成员上界之和；有成员缺失或无上界则为空。
  - name: partial_sum
    type: number
    decimals: 0
    unit: "column:unit"
    description: "Sum of the members held, whether or not all are; empty where one of them is a range or open."
    description_zh: 已有成员之和，不论是否齐全；其中有区间或单侧开放则为空。
  - name: lower_partial
    type: number
    decimals: 0
    unit: "column:unit"
    description: Sum of the lower bounds of the members held; empty where one of them is open below.
    description_zh: 已有成员下界之和；其中有成员无下界则为空。
  - name: upper_partial
    type: number
    decimals: 0
    unit: "column:unit"
    description: Sum of the upper bounds of the members held; empty where one of them is open above.
    description_zh: 已有成员上界之和；其中有成员无上界则为空。
  - name: members_held
    type: string
    description: "Members whose figure is added, space-separated."
    description_zh: 计入合计的成员，以空格分隔。
  - name: members_missing
    type: string
    description: "Members of that year without a figure that could be added, space-separated; empty where none is missing."
    description_zh: 当年没有可相加数字的成员，以空格分隔；无缺则为空。
  - name: metric_ids
    type: string
    description: "Metrics of the figures that are added, space-separated."
    description_zh: 所加数字的指标，以空格分隔。
  - name: empty_reason
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with realised as (
    select
        calendar_years.entity_id as member_id,
        calendar_years.metric_id,
        calendar_years.unit,
        calendar_years.year,
        'realised' as status_family,
        calendar_years.amount as lower,
        calendar_years.amount as upper,
        case when calendar_years.unit = 'USD' then 1 else fx_average.rate end as usd_rate,
        concat_ws('/', 'calendar_years:' || calendar_years.entity_id, calendar_years.metric_id, calendar_years.unit, calendar_years.year)
            as amount_input,
        'fx_average:' || nullif(
            concat_ws('/', fx_average.from_currency, fx_average.to_currency, fx_average.period_start, fx_average.period_end), ''
        ) as rate_input,
        calendar_years.flags
    from calendar_years
    left join fx_average
        on fx_average.from_currency = calendar_years.unit and fx_average.to_currency = 'USD'
        and fx_average.period_start = make_date(calendar_years.year, 1, 1) and fx_average.period_end = make_date(calendar_years.year, 12, 31)
    where calendar_years.amount is not null
),

expected as (
    select
        figures_current.entity_id as member_id,
        figures_current.metric_id,
        figures_current.unit,
        year(figures_current.period_end)::integer as year,
        'expected' as status_family,
        figures_current.lower,
        figures_current.upper,
        case when figures_current.unit = 'USD' then 1 else amounts.applied_rate end as usd_rate,
        'figures_current:' || figures_current.figure_id as amount_input,
        'amounts:' || nullif(concat_ws('/', amounts.figure_id, amounts.currency, amounts.conversion_method), '') as rate_input,
        figures_current.flags
    from figures_current
    left join amounts
        on amounts.figure_id = figures_current.figure_id and amounts.currency = 'USD' and amounts.conversion_method in ('spot', 'period_mean')
    where
        figures_current.status_family = 'expected' and figures_current.qualifier <> 'not_quantified'
        and figures_current.period_start = make_date(year(figures_current.period_end), 1, 1)
        and figures_current.period_end = make_date(year(figures_current.period_end), 12, 31)
),

yearly as (
    select yearly.*, metrics.adds_across_entities
    from (select realised.* from realised union all select expected.* from expected) as yearly
    join metrics using (metric_id)
    where metrics.measure = 'money' and metrics.time_kind = 'flow' and metrics.base_metric_id is null
),

members as (
    select from_id as member_id, to_id as entity_id, 'relations:' || concat_ws('/', from_id, role, to_id) as input, valid_from, valid_to
    from relations
    where role = 'member_of'
),

one_definition as (
    select
        members.entity_id, 'one_definition' as definition_basis, yearly.metric_id as metric_or_purpose, null::varchar as headline_input,
        yearly.*
    from yearly
    join members
        on members.member_id = yearly.member_id
        and coalesce(members.valid_from <= make_date(yearly.year, 12, 31), true)
        and coalesce(members.valid_to >= make_date(yearly.year, 12, 31), true)
    -- What a source leaves undefined is added to nothing.
    where yearly.adds_across_entities and yearly.metric_id not like '%\_unspecified' escape '\'
),

headline as (
    select
        members.entity_id, 'headline' as definition_basis, headline_metrics.purpose as metric_or_purpose,
        'headline_metrics:' || concat_ws('/', headline_metrics.entity_id, headline_metrics.purpose, headline_metrics.metric_id)
            as headline_input,
        yearly.*
    from yearly
    join members
        on members.member_id = yearly.member_id
        and coalesce(members.valid_from <= make_date(yearly.year, 12, 31), true)
        and coalesce(members.valid_to >= make_date(yearly.year, 12, 31), true)
    join headline_metrics
        on headline_metrics.entity_id = yearly.member_id and headline_metrics.metric_id = yearly.metric_id
        and coalesce(headline_metrics.valid_from <= make_date(yearly.year, 12, 31), true)
        and coalesce(headline_metrics.valid_to >= make_date(yearly.year, 12, 31), true)
),

-- A member counts once, although it may speak in two currencies.
cells as (
    select cells.*
    from (select one_definition.* from one_definition union all select headline.* from headline) as cells
    qualify row_number() over (
        partition by entity_id, definition_basis, metric_or_purpose, status_family, year, member_id
        order by (unit <> 'USD')::integer, unit, metric_id
    ) = 1
),

-- Once in dollars, and once more as reported where all report in one other currency.
in_one_unit as (
    select
        entity_id, definition_basis, metric_or_purpose, status_family, year, 'USD' as total_unit, member_id, metric_id,
        (lower * usd_rate)::decimal(38, 12) as lower, (upper * usd_rate)::decimal(38, 12) as upper, usd_rate is not null as is_held,
        concat_ws(' ', amount_input, rate_input, headline_input) as input, flags
    from cells
    union all
    select
        entity_id, definition_basis, metric_or_purpose, status_family, year, unit, member_id, metric_id,
        lower::decimal(38, 12), upper::decimal(38, 12), true, concat_ws(' ', amount_input, headline_input), flags
    from cells
    window same_total as (partition by entity_id, definition_basis, metric_or_purpose, status_family, year)
    qualify unit <> 'USD' and min(unit) over same_total = max(unit) over same_total
),

added as (
    select
        entity_id, definition_basis, metric_or_purpose, status_family, year, total_unit as unit,
        list_sort(list(member_id) filter (is_held)) as held,
        bool_or(not is_held) as lacks_rate,
        count(distinct metric_id) filter (is_held) > 1 as is_mixed,
        bool_and(coalesce(lower = upper, false)) filter (is_held) as is_point,
        case when count(lower) = count(*) filter (is_held) then sum(lower) end as lower_sum,
        case when count(upper) = count(*) filter (is_held) then sum(upper) end as upper_sum,
        string_agg(distinct metric_id, ' ' order by metric_id) filter (is_held) as metric_ids,
        string_agg(input, ' ') as inputs,
        string_agg(flags, ' ') as flags
    from in_one_unit
    group by all
),

with_members as (
    select
        added.*,
        list_sort(list(members.member_id) filter (not list_contains(coalesce(added.held, []), members.member_id))) as missing,
        string_agg(members.input, ' ') as member_inputs
    from added
    join members
        on members.entity_id = added.entity_id
        and coalesce(members.valid_from <= make_date(added.year, 12, 31), true)
        and coalesce(members.valid_to >= make_date(added.year, 12, 31), true)
    group by all
)

select
    entity_id,
    definition_basis,
    metric_or_purpose,
    status_family,
    year,
    unit,
    case when missing is null and is_point then round(lower_sum, 0) end::decimal(38, 0) as total,
    case when missing is null then round(lower_sum, 0) end::decimal(38, 0) as lower_total,
    case when missing is null then round(upper_sum, 0) end::decimal(38, 0) as upper_total,
    case when is_point then round(lower_sum, 0) end::decimal(38, 0) as partial_sum,
    round(lower_sum, 0)::decimal(38, 0) as lower_partial,
    round(upper_sum, 0)::decimal(38, 0) as upper_partial,
    array_to_string(held, ' ') as members_held,
    array_to_string(missing, ' ') as members_missing,
    metric_ids,
    case
        when lacks_rate then 'no_rate'
        when missing is not null then 'missing_members'
        when lower_sum is null and upper_sum is null then 'unbounded'
    end as empty_reason,
    array_to_string(list_sort(list_distinct(string_split(concat_ws(' ', inputs, member_inputs), ' '))), ' ') as inputs,
    nullif(
        array_to_string(
            list_sort(list_distinct(list_filter(
                string_split(
                    concat_ws(
                        ' ', flags, case when missing is not null then 'missing_members' end, case when is_mixed then 'mixed_definitions' end
                    ),
                    ' '
                ),
                lambda mark: mark <> ''
            ))),
            ' '
        ),
        ''
    ) as flags
from with_members
order by all
