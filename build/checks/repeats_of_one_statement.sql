-- A repeat reports the same speaker's statement of the same thing, and leads to a row that is no repeat itself.
-- zh: 转述须针对同一陈述者的同一陈述，且所指之行本身不是转述。
-- Fix: point repeats at the row that carries the statement, or enter this row as a statement of its own
select
    'figures' as table_name,
    this.figure_id as row_key,
    'repeats' as field,
    this.repeats as found,
    case
        when original.repeats is not null then concat('repeats ', original.repeats, ' itself')
        when original.stated_by <> this.stated_by then concat('was said by ', original.stated_by, ', not by ', this.stated_by)
        when original.stated_on > this.stated_on then concat('was said later, on ', original.stated_on)
        when original_unit.measure <> this_unit.measure then concat('is in ', original.unit, ', not in ', this.unit)
        else concat('is about ', original.entity_id, ', neither inside nor around ', this.entity_id)
    end as expected
from figures as this
join figures as original on original.figure_id = this.repeats
join units as this_unit on this_unit.unit = this.unit
join units as original_unit on original_unit.unit = original.unit
where
    original.repeats is not null
    or original.stated_by <> this.stated_by
    or original.stated_on > this.stated_on
    or original_unit.measure <> this_unit.measure
    or (
        original.entity_id <> this.entity_id
        and not exists (
            select 1
            from relations
            where
                role = 'part_of'
                and ((from_id = original.entity_id and to_id = this.entity_id) or (from_id = this.entity_id and to_id = original.entity_id))
        )
    )
