/*
title: Current figures
title_zh: 现行数字
description: "The headline among all that is now said of one quantity: reported before estimated, guided before forecast, then the entity itself before an official body, a house and the press, then the latest, then the better evidence."
description_zh: 就同一数量现有各种说法中的主数字：实际优先于估计，指引优先于预测；其次主体自己、官方机构、研究机构、报刊；再次取最新者；最后取证据更好者。
primaryKey: [figure_id]
uniqueKeys: [[entity_id, metric_id, unit, period_start, period_end, base_end, status_family]]
fields:
  - name: figure_id
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
    constraints: {required: true}
  - name: status
    constraints: {required: true}
  - name: qualifier
    constraints: {required: true}
  - name: lower
  - name: upper
  - name: stated_by
    constraints: {required: true}
  - name: stated_on
    constraints: {required: true}
  - name: evidence
    constraints: {required: true}
  - name: choice_rule
    type: string
    description: What decided for this row.
    description_zh: 选取本行的依据。
    constraints: {required: true}
    categories:
      - {value: only_one, label: the only one, label_zh: 唯一}
      - {value: status, label: reported before estimated or guided before forecast, label_zh: 实际先于估计，指引先于预测}
      - {value: speaker, label: better placed speaker, label_zh: 陈述者更直接}
      - {value: latest, label: the latest, label_zh: 最新}
      - {value: evidence, label: better evidence, label_zh: 证据更好}
      - {value: figure_id, label: first entered, label_zh: 最先录入}
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with party as (
    -- Through whom an entity speaks: its parties, operator, owner, or the whole that it is part of.
    select to_id as entity_id, from_id as speaker_id
    from relations
    where role in ('buyer_in', 'supplier_in', 'investor_in', 'operator_of', 'owner_of')
    union
    select from_id, to_id
    from relations
    where role = 'part_of'
),

ranked as (
    select
        vintages.*,
        case vintages.status when 'estimate' then 2 when 'forecast' then 2 else 1 end as status_rank,
        case
            when vintages.stated_by = vintages.entity_id or party.speaker_id is not null then 1
            when speakers.entity_kind = 'body' then 2
            when speakers.entity_kind = 'press' then 4
            else 3
        end as speaker_rank,
        case vintages.evidence when 'primary' then 1 when 'two_secondary' then 2 else 3 end as evidence_rank
    from vintages
    join entities as speakers on speakers.entity_id = vintages.stated_by
    left join party on party.entity_id = vintages.entity_id and party.speaker_id = vintages.stated_by
    where vintages.known_until is null
),

with_runner_up as (
    select
        *,
        row_number() over choice as choice_number,
        lead(status_rank) over choice as next_status_rank,
        lead(speaker_rank) over choice as next_speaker_rank,
        lead(known_from) over choice as next_known_from,
        lead(evidence_rank) over choice as next_evidence_rank
    from ranked
    window choice as (
        partition by entity_id, metric_id, unit, period_start, period_end, base_end, status_family
        order by status_rank, speaker_rank, known_from desc, evidence_rank, figure_id
    )
)

select
    figure_id,
    entity_id,
    metric_id,
    unit,
    period_start,
    period_end,
    base_end,
    status_family,
    status,
    qualifier,
    lower,
    upper,
    stated_by,
    known_from as stated_on,
    evidence,
    case
        when next_status_rank is null then 'only_one'
        when next_status_rank <> status_rank then 'status'
        when next_speaker_rank <> speaker_rank then 'speaker'
        when next_known_from <> known_from then 'latest'
        when next_evidence_rank <> evidence_rank then 'evidence'
        else 'figure_id'
    end as choice_rule,
    'vintages:' || figure_id as inputs,
    flags
from with_runner_up
where choice_number = 1
order by figure_id
