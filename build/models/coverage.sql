/*
title: Coverage
title_zh: 覆盖
description: "Which cells of entity, metric and period should hold a reported figure, which do, and why the others are empty: every quarter and year from the first that the coverage scope wants, or that is held, to the last that is held, and every declared gap."
description_zh: 主体、指标、期间的格子哪些应有实际数字、哪些已有、其余为何为空：自覆盖范围所定或首个已有的季度或年度，至最近一个已有者，其间每一格，以及每个已声明的空缺。
primaryKey: [entity_id, metric_id, cadence, period_end]
fields:
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: cadence
    constraints: {required: true}
  - name: period_end
    constraints: {required: true}
  - name: cell_state
    type: string
    description: "Whether the cell holds a figure, or why it does not."
    description_zh: 该格是否有数字，或为何没有。
    constraints: {required: true}
    categories:
      - {value: filled, label: filled, label_zh: 已有}
      - {value: not_printed, label: not printed by the source, label_zh: 来源未披露}
      - {value: not_found, label: searched and not found, label_zh: 检索未得}
      - {value: not_yet_published, label: not yet published, label_zh: 尚未发布}
      - {value: not_applicable, label: not applicable, label_zh: 不适用}
      - {value: unexplained, label: empty without a reason, label_zh: 空缺待查}
  - name: filled_by
    type: string
    description: "The figure that fills the cell; empty where it follows from two cumulative prints."
    description_zh: 填入该格的数字；由两个累计数得出者为空。
  - name: inputs
    type: string
    description: "Rows from which this row was computed, as table:key, space-separated."
    description_zh: 计算本行所用的行，写作 表:键，以空格分隔。
*/
with held as (
    select
        figures_current.entity_id,
        figures_current.metric_id,
        figures_current.period_end,
        'year' as cadence,
        figures_current.figure_id,
        'figures_current:' || figures_current.figure_id as input
    from figures_current
    join metrics using (metric_id)
    where
        figures_current.status_family = 'realised' and metrics.time_kind = 'flow'
        and figures_current.period_end - figures_current.period_start between 349 and 379
    union all
    -- A quarter that follows from two cumulative prints fills its cell too.
    select
        quarters.entity_id,
        quarters.metric_id,
        quarters.period_end,
        'quarter',
        figures_current.figure_id,
        concat_ws('/', 'quarters:' || quarters.entity_id, quarters.metric_id, quarters.unit, quarters.period_end)
    from quarters
    left join figures_current on quarters.inputs = 'figures_current:' || figures_current.figure_id
    union all
    -- A stock is read at the end of a quarter or year; it is expected only where the scope says so.
    select
        figures_current.entity_id,
        figures_current.metric_id,
        figures_current.period_end,
        coverage_scope.cadence,
        figures_current.figure_id,
        'figures_current:' || figures_current.figure_id
    from figures_current
    join metrics using (metric_id)
    join coverage_scope using (entity_id, metric_id)
    where figures_current.status_family = 'realised' and metrics.time_kind = 'stock'
),

declared as (
    select
        entity_id, metric_id, period_end, period_start, gap_reason,
        case
            when period_end - period_start > 379 then 'any'
            when period_end - period_start between 349 and 379 then 'year'
            else 'quarter'
        end as cadence
    from gaps
),

spans as (
    select
        coalesce(held.entity_id, coverage_scope.entity_id) as entity_id,
        coalesce(held.metric_id, coverage_scope.metric_id) as metric_id,
        coalesce(held.cadence, coverage_scope.cadence) as cadence,
        least(min(held.period_end), min(coverage_scope.first_period_end)) as first_end,
        -- Where nothing is held the span runs to the day on which the sources were last read.
        coalesce(max(held.period_end), (select max(accessed_on) from sources)) as last_end
    from held
    full join coverage_scope
        on coverage_scope.entity_id = held.entity_id and coverage_scope.metric_id = held.metric_id and coverage_scope.cadence = held.cadence
    group by all
),

-- Months are counted from the first end, so that an end on the 30th does not slip from ends on the 31st.
expected as (
    select
        entity_id, metric_id, cadence,
        unnest(list_transform(
            generate_series(0, 400, case cadence when 'year' then 12 else 3 end),
            lambda months: last_day(first_end - 7 + to_months(months::integer))
        )) as period_end,
        last_end
    from spans
),

-- One figure fills a cell although the ends of fiscal periods wander by a few days.
between_first_and_last as (
    select expected.entity_id, expected.metric_id, expected.cadence, coalesce(held.period_end, expected.period_end) as period_end,
        held.figure_id, held.input
    from expected
    left join held
        on held.entity_id = expected.entity_id and held.metric_id = expected.metric_id and held.cadence = expected.cadence
        and abs(held.period_end - expected.period_end) <= 7
    where expected.period_end <= expected.last_end + 7
    qualify row_number() over (
        partition by expected.entity_id, expected.metric_id, expected.cadence, expected.period_end order by held.input
    ) = 1
),

cells as (
    select entity_id, metric_id, cadence, period_end, figure_id, input from between_first_and_last
    union all
    select declared.entity_id, declared.metric_id, declared.cadence, declared.period_end, null, null
    from declared
    where declared.cadence <> 'any' and not exists (
        select 1
        from between_first_and_last as known
        where
            known.entity_id = declared.entity_id and known.metric_id = declared.metric_id and known.cadence = declared.cadence
            and abs(known.period_end - declared.period_end) <= 7
    )
)

select
    cells.entity_id,
    cells.metric_id,
    cells.cadence,
    cells.period_end,
    case when cells.input is not null then 'filled' else coalesce(declared.gap_reason, 'unexplained') end as cell_state,
    cells.figure_id as filled_by,
    coalesce(
        cells.input,
        'gaps:' || concat_ws('/', declared.entity_id, declared.metric_id, declared.period_start, declared.period_end)
    ) as inputs
from cells
left join declared
    on declared.entity_id = cells.entity_id and declared.metric_id = cells.metric_id
    and (
        (declared.cadence = cells.cadence and abs(declared.period_end - cells.period_end) <= 7)
        or (
            declared.cadence = 'any' and cells.period_end <= declared.period_end + 7
            and cells.period_end - case cells.cadence when 'year' then 365 else 91 end >= declared.period_start - 7
        )
    )
qualify row_number() over (
    partition by cells.entity_id, cells.metric_id, cells.cadence, cells.period_end order by declared.cadence = 'any', declared.period_start
) = 1
order by all
