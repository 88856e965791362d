/*
title: Calendar years
title_zh: 日历年
description: "What was spent or earned in each calendar year: as stated where the year is the speaker's own, else four quarters whose ends lie within a week of the calendar's; never weighted by days."
description_zh: 各日历年的数额：本身即以日历年陈述的照用，否则取末日与日历季度末相差一周以内的四个季度之和；绝不按天数折算。
primaryKey: [entity_id, metric_id, unit, year]
fields:
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: year
    constraints: {required: true}
  - name: amount
  - name: amount_source
    constraints: {required: true}
  - name: empty_reason
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with stated as (
    select
        figures_current.entity_id, figures_current.metric_id, figures_current.unit, year(figures_current.period_end) as year,
        figures_current.lower as amount,
        'figures_current:' || figures_current.figure_id as inputs,
        figures_current.flags
    from figures_current
    join metrics using (metric_id)
    where
        figures_current.status = 'actual' and metrics.time_kind = 'flow' and metrics.base_metric_id is null
        and figures_current.lower = figures_current.upper
        and strftime(figures_current.period_start, '%m-%d') = '01-01'
        and figures_current.period_end = make_date(year(figures_current.period_start), 12, 31)
),

-- The calendar quarter in which a fiscal quarter ends, give or take a week.
aligned as (
    select
        quarters.*,
        date_trunc('quarter', period_end - 10)::date as quarter_start,
        abs(period_end - (date_trunc('quarter', period_end - 10) + interval 3 month - interval 1 day)::date) <= 7 as is_aligned
    from quarters
),

added as (
    select
        entity_id, metric_id, unit, year(quarter_start) as year,
        count(*) as quarters_held,
        -- Four quarters of the year, each once: two accounts of one quarter are no two quarters.
        case
            when count(*) filter (is_aligned and amount is not null) = count(distinct quarter_start) filter (is_aligned and amount is not null)
                then count(distinct quarter_start) filter (is_aligned and amount is not null)
        end as quarters_usable,
        bool_or(not is_aligned) as is_misaligned,
        sum(amount) filter (is_aligned) as amount,
        string_agg(concat_ws('/', 'quarters:' || entity_id, metric_id, unit, period_end), ' ' order by period_end) as inputs,
        string_agg(flags, ' ' order by period_end) as flags
    from aligned
    group by all
)

select
    entity_id, metric_id, unit, year::integer as year, amount::decimal(38, 6) as amount,
    'stated' as amount_source, null::varchar as empty_reason, inputs, flags
from stated
union all
select
    entity_id,
    metric_id,
    unit,
    year::integer,
    case when quarters_usable = 4 then amount end::decimal(38, 6),
    'four_quarters',
    case when quarters_usable = 4 then null when is_misaligned then 'quarters_do_not_align' else 'missing_quarters' end,
    inputs,
    nullif(
        array_to_string(list_sort(list_distinct(list_filter(string_split(coalesce(flags, ''), ' '), lambda mark: mark <> ''))), ' '), ''
    )
from added
where not exists (
    select 1
    from stated
    where stated.entity_id = added.entity_id and stated.metric_id = added.metric_id and stated.unit = added.unit and stated.year = added.year
)
order by all
