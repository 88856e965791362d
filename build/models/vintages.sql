/*
title: Vintages
title_zh: 历次说法
description: "Every statement in its series, in the order in which the world learned it. Known on day D: known_from <= D and (known_until is null or D < known_until)."
description_zh: 每条陈述在其序列中的先后。某日 D 已知的说法：known_from <= D 且（known_until 为空或 D < known_until）。
primaryKey: [figure_id]
uniqueKeys: [[series_key, vintage_number]]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: series_key
    type: string
    description: "The series: entity, metric, unit, period, base, family of statuses and speaker, joined by slashes."
    description_zh: 序列键：主体、指标、单位、期间、比较基期、陈述类别与陈述者，以斜杠相连。
    constraints: {required: true}
  - name: entity_id
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: unit
    constraints: {required: true}
  - name: period_start
  - name: period_end
  - name: base_end
  - name: status_family
    type: string
    description: "Realised (reported or estimated), expected (guided or forecast) or promised (targeted or committed)."
    description_zh: 已实现（实际、估计）、预期（指引、预测）或承诺（目标、承诺）。
    constraints: {required: true}
    categories:
      - {value: realised, label: realised, label_zh: 已实现}
      - {value: expected, label: expected, label_zh: 预期}
      - {value: promised, label: promised, label_zh: 承诺}
  - name: stated_by
    constraints: {required: true}
  - name: vintage_number
    type: integer
    description: "Number of the statement within its series, from 1."
    description_zh: 该说法在序列中的序号，自 1 起。
    constraints: {required: true}
  - name: known_from
    type: date
    description: Day from which the statement was the known one.
    description_zh: 自该日起，此说法为当时所知。
    constraints: {required: true}
  - name: known_until
    type: date
    description: "Day on which a later statement took its place, itself not included; empty while it stands."
    description_zh: 被后来说法取代之日（不含当日）；仍有效则为空。
  - name: status
    constraints: {required: true}
  - name: qualifier
    constraints: {required: true}
  - name: lower
  - name: upper
  - name: evidence
    constraints: {required: true}
  - name: inputs
    type: string
    description: "Rows from which this row was computed, as table:key, space-separated."
    description_zh: 计算本行所用的行，写作 表:键，以空格分隔。
    constraints: {required: true}
  - name: flags
    type: string
    description: "Marks of the row, space-separated; the table flags explains each."
    description_zh: 本行标记，以空格分隔；各标记含义见 flags 表。
*/
with statements_first_made as (
    select
        figures.*,
        case
            when status in ('actual', 'estimate') then 'realised'
            when status in ('guidance', 'forecast') then 'expected'
            else 'promised'
        end as status_family,
        case evidence when 'primary' then 1 when 'two_secondary' then 2 else 3 end as evidence_rank
    from figures
    where
        repeats is null and retired_on is null
        and figure_id not in (select figure_id from claims where claim_kind = 'conversion' and figure_id is not null)
),

in_series as (
    select
        *,
        concat(
            entity_id, '/', metric_id, '/', unit, '/', period_start, '/', period_end, '/', base_end, '/', status_family, '/', stated_by
        ) as series_key
    from statements_first_made
),

-- Of several on one day the best counts: better evidence, then the narrower interval (words are the widest), then the lower id.
one_a_day as (
    select *
    from in_series
    qualify row_number() over (
        partition by series_key, stated_on
        order by evidence_rank, upper - lower nulls last, lower is null and upper is null, figure_id
    ) = 1
),

superseded as (
    select supersedes as figure_id, min(stated_on) as superseded_on
    from statements_first_made
    where supersedes is not null
    group by supersedes
)

select
    one_a_day.figure_id,
    one_a_day.series_key,
    one_a_day.entity_id,
    one_a_day.metric_id,
    one_a_day.unit,
    one_a_day.period_start,
    one_a_day.period_end,
    one_a_day.base_end,
    one_a_day.status_family,
    one_a_day.stated_by,
    row_number() over series as vintage_number,
    one_a_day.stated_on as known_from,
    least(lead(one_a_day.stated_on) over series, superseded.superseded_on) as known_until,
    one_a_day.status,
    one_a_day.qualifier,
    one_a_day.lower,
    one_a_day.upper,
    one_a_day.evidence,
    'figures:' || one_a_day.figure_id as inputs,
    figure_flags.flags
from one_a_day
join figure_flags on figure_flags.figure_id = one_a_day.figure_id
left join superseded on superseded.figure_id = one_a_day.figure_id
window series as (partition by one_a_day.series_key order by one_a_day.stated_on)
order by one_a_day.figure_id
