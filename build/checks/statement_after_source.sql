-- A statement is not younger than the document that reports it.
-- zh: 陈述不晚于报道它的文献。
-- Fix: stated_on is the day the number was first said, never the day of a later report; correct it, or published_on
select
    'figures' as table_name,
    figures.figure_id as row_key,
    'stated_on' as field,
    figures.stated_on::varchar as found,
    concat('is after source ', sources.source_id, ' was published, ', sources.published_on) as expected
from figures
join sources using (source_id)
where figures.stated_on > sources.published_on
