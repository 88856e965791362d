-- Nothing lies inside itself, by whatever chain.
-- zh: 任何主体都不得经由任何链条成为自身的一部分。
-- Fix: remove the relation that closes the circle
with recursive inside as (
    select from_id as part_id, to_id as whole_id, role from relations where role in ('part_of', 'member_of')
    union
    select inside.part_id, relations.to_id, inside.role
    from inside
    join relations on relations.from_id = inside.whole_id and relations.role = inside.role
)

select
    'relations' as table_name,
    concat_ws('/', relations.from_id, relations.role, relations.to_id) as row_key,
    'to_id' as field,
    relations.to_id as found,
    concat('closes a circle of ', relations.role) as expected
from relations
join inside on inside.part_id = relations.to_id and inside.whole_id = relations.from_id and inside.role = relations.role
