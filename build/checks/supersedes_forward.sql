-- A statement takes the place of an earlier one about the same entity and period, and says why; a correction of ours may be of an earlier day.
-- zh: 取代须指向同一主体、同一期间的较早陈述，并说明原因；本项目更正可为更早日期。
-- Fix: correct supersedes, or give supersedes_reason
select
    'figures' as table_name,
    this.figure_id as row_key,
    'supersedes' as field,
    this.supersedes as found,
    case
        when this.supersedes is null then concat('although a reason is given: ', this.supersedes_reason)
        when this.supersedes_reason is null then 'without supersedes_reason'
        when before.entity_id <> this.entity_id then concat('is about ', before.entity_id)
        when before.stated_on > this.stated_on and this.supersedes_reason <> 'our_correction' then concat('was said later, on ', before.stated_on)
        else concat('is about another period, ', before.period_start, ' to ', before.period_end)
    end as expected
from figures as this
left join figures as before on before.figure_id = this.supersedes
where
    (this.supersedes is null) <> (this.supersedes_reason is null)
    or before.entity_id <> this.entity_id
    or before.stated_on > this.stated_on and this.supersedes_reason <> 'our_correction'
    or before.period_start is distinct from this.period_start and this.supersedes is not null
    or before.period_end is distinct from this.period_end and this.supersedes is not null
