/*
title: Conflicts
title_zh: 冲突
description: "Where sources disagree: a report that differs from the statement it reports, and speakers whose current figures for one quantity exclude each other. Forecasts of different houses are dispersion, not conflict; reports of one plan by different papers are not."
description_zh: 来源之间的分歧：转述与原陈述不符，或不同陈述者就同一数量的现行数字互不相容。不同研究机构的预测属于离散，不算冲突；不同报刊对同一计划的报道不一，则算冲突。
primaryKey: [figure_id, other_figure_id]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: other_figure_id
    type: string
    description: "The figure it disagrees with: the statement reported, or another speaker's figure."
    description_zh: 与之不符的数字：被转述的陈述，或另一陈述者的数字。
    constraints: {required: true}
  - name: conflict_kind
    type: string
    description: Whether a report differs from its statement or two speakers from each other.
    description_zh: 是转述与原陈述不符，还是两位陈述者互不相符。
    constraints: {required: true}
    categories:
      - {value: report, label: report differs from the statement, label_zh: 转述与陈述不符}
      - {value: speakers, label: speakers disagree, label_zh: 各方说法不一}
  - name: differs_in
    type: string
    description: "What differs, space-separated: entity, metric, period, status, unit, qualifier or bounds."
    description_zh: 不同之处，以空格分隔：主体、指标、期间、性质、单位、限定或界限。
    constraints: {required: true}
  - name: inputs
    constraints: {required: true}
*/
with reports as (
    select
        this.figure_id,
        original.figure_id as other_figure_id,
        'report' as conflict_kind,
        concat_ws(
            ' ',
            case when this.entity_id <> original.entity_id then 'entity' end,
            case when this.metric_id <> original.metric_id then 'metric' end,
            case
                when
                    this.period_start is distinct from original.period_start or this.period_end is distinct from original.period_end
                    then 'period'
            end,
            case when this.status <> original.status then 'status' end,
            case when this.unit <> original.unit then 'unit' end,
            case when this.qualifier <> original.qualifier then 'qualifier' end,
            -- Amounts in different currencies are a conversion, which a claim checks.
            case
                when this.unit = original.unit and (
                    this_interval.stated_lower > other_interval.stated_upper
                    or this_interval.stated_upper < other_interval.stated_lower
                    or (this.lower is null) <> (original.lower is null)
                    or (this.upper is null) <> (original.upper is null)
                ) then 'bounds'
            end
        ) as differs_in
    from figures as this
    join figures as original on original.figure_id = this.repeats
    join stated_intervals as this_interval on this_interval.figure_id = this.figure_id
    join stated_intervals as other_interval on other_interval.figure_id = original.figure_id
    where this.retired_on is null
),

-- Each speaker's standing figure for one quantity.
standing as (
    select vintages.*, stated_intervals.stated_lower, stated_intervals.stated_upper
    from vintages
    join stated_intervals using (figure_id)
    where vintages.known_until is null
),

speakers as (
    select
        this.figure_id,
        other.figure_id as other_figure_id,
        'speakers' as conflict_kind,
        'bounds' as differs_in
    from standing as this
    join standing as other
        on other.figure_id < this.figure_id
        and other.entity_id = this.entity_id and other.metric_id = this.metric_id and other.unit = this.unit
        and other.period_start is not distinct from this.period_start and other.period_end is not distinct from this.period_end
        and other.base_end is not distinct from this.base_end
        and other.status_family = this.status_family and other.stated_by <> this.stated_by
    join entities as this_speaker on this_speaker.entity_id = this.stated_by
    join entities as other_speaker on other_speaker.entity_id = other.stated_by
    where
        -- Houses may differ in what they expect; papers that report one plan may not.
        not (
            this.status = 'forecast' and other.status = 'forecast'
            and 'press' not in (this_speaker.entity_kind, other_speaker.entity_kind)
        )
        and (this.stated_lower > other.stated_upper or this.stated_upper < other.stated_lower)
)

select
    figure_id,
    other_figure_id,
    conflict_kind,
    differs_in,
    array_to_string(list_sort(['figures:' || figure_id, 'figures:' || other_figure_id]), ' ') as inputs
from (
    select figure_id, other_figure_id, conflict_kind, differs_in from reports where differs_in <> ''
    union all
    select figure_id, other_figure_id, conflict_kind, differs_in from speakers
)
order by figure_id, other_figure_id
