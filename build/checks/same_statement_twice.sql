-- One statement is one row; further reports of it repeat that row.
-- zh: 一条陈述只占一行，其他报道转述该行。
-- Fix: let the weaker source's row repeat the better one's
select
    'figures' as table_name,
    this.figure_id as row_key,
    'figure_id' as field,
    this.figure_id as found,
    concat('says what ', min(other.figure_id), ' says, of the same day, speaker, metric and period') as expected
from figures as this
join figures as other
    on other.figure_id < this.figure_id
    and other.entity_id = this.entity_id and other.metric_id = this.metric_id and other.unit = this.unit
    and other.period_start is not distinct from this.period_start and other.period_end is not distinct from this.period_end
    and other.base_end is not distinct from this.base_end
    and other.stated_by = this.stated_by and other.stated_on = this.stated_on and other.status = this.status
where
    this.repeats is null and other.repeats is null and this.retired_on is null and other.retired_on is null
group by this.figure_id
