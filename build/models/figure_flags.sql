/*
title: Flags of figures
title_zh: 数字标记
description: The marks that a figure carries by what was said and when; other tables pass them on.
description_zh: 数字因其说法与时间而带的标记，供其他表沿用。
released: false
primaryKey: [figure_id]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: flags
    type: string
    description: "Marks of the row, space-separated; the table flags explains each."
    description_zh: 本行标记，以空格分隔；各标记含义见 flags 表。
*/
-- Spans counted from the day of a statement: they end the day before an anniversary of it. Said again, they keep their dates and the mark.
with counted as (
    select distinct figures.entity_id, figures.metric_id, figures.period_start, figures.period_end
    from figures
    join metrics using (metric_id)
    where
        metrics.time_kind = 'flow' and figures.period_start = figures.stated_on
        and strftime(figures.period_end + 1, '%m-%d') = strftime(figures.period_start, '%m-%d')
),

marks as (
    select
        figures.figure_id,
        case
            when figures.qualifier in ('about', 'nearly', 'about_range') then 'approximate'
            when figures.qualifier in ('over', 'at_least', 'up_to', 'under') then 'open_bound'
            when figures.qualifier = 'not_quantified' then 'not_quantified'
        end as bound_mark,
        case when counted.entity_id is not null then 'counted_dates' end as date_mark,
        case when figures.status = 'estimate' then 'estimate' end as status_mark,
        case when speakers.entity_kind = 'press' then 'press_only' end as speaker_mark,
        case when metrics.price_base_year is not null then 'price_base' end as price_mark,
        case
            when later.supersedes_reason in ('restatement', 'reclassification') then 'restated'
        end as restated_mark,
        case
            when
                metrics.time_kind = 'flow' and figures.status in ('guidance', 'forecast')
                and figures.stated_on between figures.period_start and figures.period_end
                then 'running_period'
        end as running_mark
    from figures
    join metrics using (metric_id)
    join entities as speakers on speakers.entity_id = figures.stated_by
    left join counted
        on counted.entity_id = figures.entity_id and counted.metric_id = figures.metric_id
        and counted.period_start = figures.period_start and counted.period_end = figures.period_end
    left join (
        select supersedes, min(supersedes_reason) as supersedes_reason
        from figures
        where supersedes is not null and retired_on is null
        group by supersedes
    ) as later on later.supersedes = figures.figure_id
)

select
    figure_id,
    nullif(concat_ws(' ', bound_mark, date_mark, status_mark, speaker_mark, price_mark, restated_mark, running_mark), '') as flags
from marks
order by figure_id
