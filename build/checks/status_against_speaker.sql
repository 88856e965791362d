-- Who speaks decides the status: the entity, a party of it, its parts or an official body report, guide, target and commit; others estimate and forecast.
-- zh: 谁说决定性质：主体自身、其关联方、其组成部分或官方机构作实际、指引、目标与承诺，其他人作估计与预测。
-- Fix: correct stated_by or the status, or add the relation through which the entity speaks
with speaks_for as (
    select from_id as speaker_id, to_id as entity_id
    from relations
    where role in ('buyer_in', 'supplier_in', 'investor_in', 'operator_of', 'owner_of')
    union
    select to_id, from_id
    from relations
    where role in ('part_of', 'member_of')
    union
    select entity_id, entity_id from entities
)

select
    'figures' as table_name,
    figures.figure_id as row_key,
    'status' as field,
    figures.status as found,
    concat('does not go with stated_by ', figures.stated_by, ', who does not speak for ', figures.entity_id) as expected
from figures
join entities as speakers on speakers.entity_id = figures.stated_by
left join speaks_for on speaks_for.speaker_id = figures.stated_by and speaks_for.entity_id = figures.entity_id
where
    figures.status in ('actual', 'guidance', 'target', 'commitment')
    and speaks_for.speaker_id is null and speakers.entity_kind <> 'body'
union all
select
    'figures',
    figures.figure_id,
    'status',
    figures.status,
    concat('does not go with stated_by ', figures.stated_by, ', which is the entity itself')
from figures
where figures.status in ('estimate', 'forecast') and figures.stated_by = figures.entity_id
