/*
title: Reconciliations
title_zh: 勾稽
description: "Whether the parts add up to the whole: four quarters against the year, members against a group's own figure on the same definition, and what members report, each on its own definition, against a group's figure that says none. A quarter derived from the year is no test of it. What was printed rounded may differ by half a printed step for every number that was read."
description_zh: 部分之和是否等于整体：四个季度对全年，各成员对组合自身的同口径数字，以及各成员按各自口径的实际值之和对组合未说明口径的数字。由全年倒推出来的季度不能用来检验全年。数字印出时经过舍入，每读一个数，容许相差其末位的半个单位。
primaryKey: [figure_id, reconciliation_kind]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: reconciliation_kind
    type: string
    description: What is added up and held against the figure.
    description_zh: 以何者相加与该数字对照。
    constraints: {required: true}
    categories:
      - {value: quarters_to_year, label: quarters against the year, label_zh: 四季对全年}
      - {value: members_to_group, label: members against the group, label_zh: 成员对组合}
      - {value: headlines_to_group, label: members on their own definitions against the group, label_zh: 各按其口径的成员对组合}
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
  - name: lower
  - name: upper
  - name: parts_needed
    type: integer
    description: Number of parts that make the whole.
    description_zh: 构成整体所需的部分数。
    constraints: {required: true}
  - name: parts_held
    type: integer
    description: Number of parts whose number is held.
    description_zh: 已有数字的部分数。
    constraints: {required: true}
  - name: lower_parts
    type: number
    decimals: 6
    unit: "column:unit"
    description: Sum of the lower bounds of the parts; empty where a part is missing or open below.
    description_zh: 各部分下界之和；缺任一部分或无下界则为空。
  - name: upper_parts
    type: number
    decimals: 6
    unit: "column:unit"
    description: Sum of the upper bounds of the parts; empty where a part is missing or open above.
    description_zh: 各部分上界之和；缺任一部分或无上界则为空。
  - name: difference
    type: number
    decimals: 6
    unit: "column:unit"
    description: "Sum of the parts less the whole, where both are points."
    description_zh: 各部分之和减整体；仅在两者皆为点值时给出。
  - name: difference_percent
    type: number
    decimals: 4
    unit: percent
    description: The difference in percent of the whole; empty where the whole is not above zero.
    description_zh: 差额占整体的百分比；整体不大于零则为空。
  - name: reconciliation_result
    type: string
    description: Whether the parts add up; empty where they cannot be added.
    description_zh: 是否相符；无法相加则为空。
    categories:
      - {value: equal, label: equal, label_zh: 相等}
      - {value: within_rounding, label: equal within printed rounding, label_zh: 舍入范围内相等}
      - {value: within_bounds, label: possible within the bounds stated, label_zh: 所述界限内可能相等}
      - {value: differs, label: differs, label_zh: 不等}
  - name: empty_reason
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with wholes as (
    select
        figures_current.*, stated_intervals.stated_lower, stated_intervals.stated_upper, metrics.time_kind, metrics.adds_across_entities
    from figures_current
    join stated_intervals using (figure_id)
    join metrics using (metric_id)
    where metrics.base_metric_id is null and figures_current.period_start is not null and figures_current.period_end is not null
),

quarters_of_years as (
    select
        wholes.figure_id,
        quarters.amount,
        quarters.empty_reason,
        concat_ws('/', 'quarters:' || quarters.entity_id, quarters.metric_id, quarters.unit, quarters.period_end) as input,
        quarters.flags,
        string_split(quarters.inputs, ' ') as prints
    from wholes
    join quarters
        on quarters.entity_id = wholes.entity_id and quarters.metric_id = wholes.metric_id and quarters.unit = wholes.unit
        and quarters.period_start >= wholes.period_start and quarters.period_end <= wholes.period_end
        and not list_contains(string_split(quarters.inputs, ' '), 'figures:' || wholes.figure_id)
    where wholes.status = 'actual' and wholes.time_kind = 'flow' and wholes.period_end - wholes.period_start between 349 and 379
    -- A quarter of thirteen weeks and one of three months may be the same quarter.
    qualify row_number() over (
        partition by wholes.figure_id, round((quarters.period_start - wholes.period_start) / 91)
        order by quarters.amount_source desc, quarters.period_end
    ) = 1
),

-- What rounding leaves open: half a printed step of every number that was read.
rounding as (
    select unnested.figure_id, (sum(figures.printed_step) * 0.5)::decimal(38, 6) as open_by
    from (select figure_id, unnest(prints) as print from quarters_of_years) as unnested
    join figures on figures.figure_id = split_part(unnested.print, ':', 2)
    group by unnested.figure_id
),

from_quarters as (
    select
        quarters_of_years.figure_id,
        'quarters_to_year' as reconciliation_kind,
        4 as parts_needed,
        count(quarters_of_years.amount) as parts_held,
        sum(quarters_of_years.amount) as lower_parts,
        sum(quarters_of_years.amount) as upper_parts,
        sum(quarters_of_years.amount) - coalesce(any_value(rounding.open_by), 0) as stated_lower_parts,
        sum(quarters_of_years.amount) + coalesce(any_value(rounding.open_by), 0) as stated_upper_parts,
        case
            when bool_or(quarters_of_years.empty_reason = 'not_exact') then 'not_exact'
            when count(quarters_of_years.amount) < 4 then 'missing_quarters'
        end as empty_reason,
        string_agg(quarters_of_years.input, ' ') as inputs,
        string_agg(quarters_of_years.flags, ' ') as flags
    from quarters_of_years
    left join rounding using (figure_id)
    group by quarters_of_years.figure_id
),

-- What members expected is taken as it was known when the group's figure was stated.
member_figures as (
    select
        figure_id, entity_id, metric_id, unit, period_start, period_end, status_family, qualifier, lower, upper, flags,
        null::date as known_from, null::date as known_until, 'figures_current:' || figure_id as input
    from figures_current
    where status_family <> 'expected'
    union all
    select
        figure_id, entity_id, metric_id, unit, period_start, period_end, status_family, qualifier, lower, upper, flags,
        known_from, known_until, 'vintages:' || figure_id
    from vintages
    where status = 'guidance'
),

members_of_groups as (
    select
        wholes.figure_id,
        parts.figure_id as part_figure_id,
        parts.lower,
        parts.upper,
        parts.qualifier,
        stated_intervals.stated_lower,
        stated_intervals.stated_upper,
        concat_ws(' ', parts.input, 'relations:' || concat_ws('/', relations.from_id, relations.role, relations.to_id)) as input,
        parts.flags
    from wholes
    join relations
        on relations.to_id = wholes.entity_id and relations.role = 'member_of'
        and coalesce(relations.valid_from <= wholes.period_end, true) and coalesce(relations.valid_to >= wholes.period_end, true)
    left join member_figures as parts
        on parts.entity_id = relations.from_id and parts.metric_id = wholes.metric_id and parts.unit = wholes.unit
        and parts.period_start = wholes.period_start and parts.period_end = wholes.period_end
        and parts.status_family = wholes.status_family
        and coalesce(parts.known_from <= wholes.stated_on, true) and coalesce(wholes.stated_on < parts.known_until, true)
    left join stated_intervals on stated_intervals.figure_id = parts.figure_id
    where wholes.adds_across_entities
),

from_members as (
    select
        figure_id,
        'members_to_group' as reconciliation_kind,
        count(*) as parts_needed,
        count(part_figure_id) filter (qualifier <> 'not_quantified') as parts_held,
        case when count(lower) = count(*) then sum(lower) end as lower_parts,
        case when count(upper) = count(*) then sum(upper) end as upper_parts,
        case when count(lower) = count(*) then sum(stated_lower) end as stated_lower_parts,
        case when count(upper) = count(*) then sum(stated_upper) end as stated_upper_parts,
        case when count(part_figure_id) filter (qualifier <> 'not_quantified') < count(*) then 'missing_members' end as empty_reason,
        string_agg(input, ' ') as inputs,
        string_agg(flags, ' ') as flags
    from members_of_groups
    group by figure_id
    having count(part_figure_id) > 0
),

-- A group's figure that says no definition stands beside what its members report, each on its own.
from_headlines as (
    select
        wholes.figure_id,
        'headlines_to_group' as reconciliation_kind,
        len(string_split(concat_ws(' ', group_totals.members_held, group_totals.members_missing), ' ')) as parts_needed,
        coalesce(len(string_split(group_totals.members_held, ' ')), 0) as parts_held,
        -- Without the cast DuckDB would give all three the scale of whole units.
        group_totals.lower_total::decimal(38, 6) as lower_parts,
        group_totals.upper_total::decimal(38, 6) as upper_parts,
        group_totals.lower_total::decimal(38, 6) as stated_lower_parts,
        group_totals.upper_total::decimal(38, 6) as stated_upper_parts,
        group_totals.empty_reason,
        concat_ws(
            '/', 'group_totals:' || group_totals.entity_id, group_totals.definition_basis, group_totals.metric_or_purpose,
            group_totals.status_family, group_totals.year, group_totals.unit
        ) as inputs,
        concat_ws(' ', group_totals.flags, 'mixed_definitions') as flags
    from wholes
    join group_totals
        on group_totals.entity_id = wholes.entity_id and group_totals.unit = wholes.unit
        and group_totals.definition_basis = 'headline' and group_totals.metric_or_purpose || '_unspecified' = wholes.metric_id
        and group_totals.status_family = wholes.status_family and wholes.status_family = 'realised'
        and wholes.period_start = make_date(group_totals.year, 1, 1) and wholes.period_end = make_date(group_totals.year, 12, 31)
),

summed as (
    select from_quarters.* from from_quarters
    union all
    select from_members.* from from_members
    union all
    select from_headlines.* from from_headlines
),

judged as (
    select
        wholes.figure_id,
        summed.reconciliation_kind,
        wholes.entity_id,
        wholes.metric_id,
        wholes.unit,
        wholes.period_start,
        wholes.period_end,
        wholes.lower,
        wholes.upper,
        summed.parts_needed,
        summed.parts_held,
        summed.lower_parts,
        summed.upper_parts,
        coalesce(wholes.lower = wholes.upper and summed.lower_parts = summed.upper_parts, false) as is_point,
        coalesce(wholes.stated_lower > summed.stated_upper_parts, false)
        or coalesce(wholes.stated_upper < summed.stated_lower_parts, false) as is_apart,
        case
            when
                summed.reconciliation_kind = 'quarters_to_year' and exists (
                    select 1
                    from breaks
                    where
                        breaks.entity_id = wholes.entity_id and breaks.metric_id = wholes.metric_id
                        and coalesce(breaks.next_metric_id, breaks.metric_id) = breaks.metric_id
                        and breaks.breaks_on > wholes.period_start and breaks.breaks_on <= wholes.period_end
                )
                then 'break'
            when summed.empty_reason is not null then summed.empty_reason
            when
                coalesce(wholes.lower, wholes.upper) is null or coalesce(summed.lower_parts, summed.upper_parts) is null
                then 'unbounded'
        end as empty_reason,
        summed.inputs as part_inputs,
        concat_ws(' ', wholes.flags, summed.flags) as marks
    from summed
    join wholes using (figure_id)
)

select
    figure_id,
    reconciliation_kind,
    entity_id,
    metric_id,
    unit,
    period_start,
    period_end,
    lower,
    upper,
    parts_needed::bigint as parts_needed,
    parts_held::bigint as parts_held,
    case when empty_reason is null then lower_parts end::decimal(38, 6) as lower_parts,
    case when empty_reason is null then upper_parts end::decimal(38, 6) as upper_parts,
    case when empty_reason is null and is_point then lower_parts - lower end::decimal(38, 6) as difference,
    case when empty_reason is null and is_point and lower > 0 then round((lower_parts - lower) / nullif(lower, 0) * 100, 4) end::decimal(38, 4)
        as difference_percent,
    case
        when empty_reason is not null then null
        when is_point and lower_parts = lower then 'equal'
        when is_apart then 'differs'
        when is_point then 'within_rounding'
        else 'within_bounds'
    end as reconciliation_result,
    empty_reason,
    array_to_string(list_sort(string_split('figures_current:' || figure_id || ' ' || part_inputs, ' ')), ' ') as inputs,
    nullif(
        array_to_string(
            list_sort(list_distinct(list_filter(
                string_split(concat_ws(' ', marks, case when empty_reason = 'break' then 'break' end), ' '), lambda mark: mark <> ''
            ))),
            ' '
        ),
        ''
    ) as flags
from judged
order by figure_id, reconciliation_kind
