-- A filing, release or transcript of more than two weeks after the statement is not where it was first said; the note says why it is cited.
-- zh: 公告、新闻稿或会议记录晚于陈述日两周以上的，并非首次出处；须在备注中说明为何引用。
-- Fix: cite the document of that day, correct stated_on or source_id, or say in note that the number was read in a later document
select
    'figures' as table_name,
    figures.figure_id as row_key,
    'source_id' as field,
    figures.source_id as found,
    concat('was published on ', sources.published_on, ', long after ', figures.stated_on) as expected
from figures
join sources using (source_id)
where
    figures.retired_on is null and figures.repeats is null and figures.note is null
    and sources.source_kind in ('filing', 'company_release', 'transcript')
    and sources.published_precision = 'day' and sources.published_on - figures.stated_on > 14
