/*
title: Freshness
title_zh: 新鲜度
description: "How old the newest statement of each entity is, by family of metrics, on the day a source was last read. Nothing looks at a clock: what was built once is built the same tomorrow."
description_zh: 各主体在每一族指标上最新的陈述，至来源最近一次查阅之日已有多久。计算不看时钟：今日所得，明日重建仍同。
primaryKey: [entity_id, family]
fields:
  - name: entity_id
    constraints: {required: true}
  - name: family
    constraints: {required: true}
  - name: newest_figure_id
    type: string
    description: "The newest statement; of several on one day that of the latest period, then the lowest id. What a living dataset tells has no day of its own and counts only where nothing else is held."
    description_zh: 最新的陈述；同日有数条则取期间最晚者，再取标识最小者。持续更新的数据集所载没有自己的日期，别无他条时才取。
    constraints: {required: true}
  - name: stated_on
    constraints: {required: true}
  - name: stated_precision
    constraints: {required: true}
  - name: last_realised_end
    type: date
    description: "End of the latest period that is reported or estimated; empty where none is."
    description_zh: 已有实际或估计数字的最近期间之末日；没有则为空。
  - name: data_date
    type: date
    description: Day on which a source was last read.
    description_zh: 来源最近一次查阅之日。
    constraints: {required: true}
  - name: age_days
    type: integer
    description: "Days from the newest statement to the day a source was last read; a statement without a day counts from the last day possible."
    description_zh: 自最新陈述至来源最近查阅日的天数；不知具体日期者自可能的最后一日起算。
    constraints: {required: true}
  - name: statements_held
    type: integer
    description: "Number of statements held, without repeats and retired rows."
    description_zh: 所收陈述数，不含转述与停用行。
    constraints: {required: true}
  - name: inputs
    constraints: {required: true}
*/
with last_read as (
    select max(accessed_on) as data_date, arg_max(source_id, (accessed_on, source_id)) as source_id
    from sources
),

said as (
    select
        vintages.*,
        metrics.family,
        figures.stated_precision,
        -- What a living dataset tells may be old; it was only read late.
        (sources.published_on is null and figures.stated_precision = 'no_later_than')::integer as without_day
    from vintages
    join metrics using (metric_id)
    join figures using (figure_id)
    join sources on sources.source_id = figures.source_id
),

counted as (
    select
        entity_id,
        family,
        count(*) as statements_held,
        max(period_end) filter (status_family = 'realised') as last_realised_end
    from said
    group by entity_id, family
),

newest as (
    select *
    from said
    qualify row_number() over (partition by entity_id, family order by without_day, known_from desc, period_end desc nulls last, figure_id) = 1
)

select
    newest.entity_id,
    newest.family,
    newest.figure_id as newest_figure_id,
    newest.known_from as stated_on,
    newest.stated_precision,
    counted.last_realised_end,
    last_read.data_date,
    last_read.data_date - newest.known_from as age_days,
    counted.statements_held,
    array_to_string(list_sort(['vintages:' || newest.figure_id, 'sources:' || last_read.source_id]), ' ') as inputs
from newest
join counted using (entity_id, family)
cross join last_read
order by newest.entity_id, newest.family
