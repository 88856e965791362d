-- A repeat bears the day of the statement that it reports; the day of the report is that of its source.
-- zh: 转述行的日期须为所转述陈述的日期；报道日期见其来源。
-- Fix: give the row the stated_on of the row that it repeats, or enter it as a statement of its own
select
    'figures' as table_name,
    this.figure_id as row_key,
    'stated_on' as field,
    this.stated_on::varchar as found,
    concat('later than ', original.stated_on, ', the day of ', original.figure_id, ' that it repeats') as expected
from figures as this
join figures as original on original.figure_id = this.repeats
where this.stated_on > original.stated_on and this.retired_on is null
