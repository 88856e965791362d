-- What is primary in one filing, release or transcript is said by one speaker, who issued it.
-- zh: 同一份公告、新闻稿或会议记录中的一手数字，须出自发布它的同一主体。
-- Fix: correct source_id, entity_id or stated_by; who reports what somebody else said is not primary
with documents as (
    select
        figures.source_id,
        figures.stated_by,
        count(*) as said,
        min(figures.figure_id) as figure_id
    from figures
    join sources using (source_id)
    where
        figures.retired_on is null and figures.evidence = 'primary'
        and sources.source_kind in ('filing', 'company_release', 'transcript')
    group by figures.source_id, figures.stated_by
)

select
    'figures' as table_name,
    figure_id as row_key,
    'stated_by' as field,
    stated_by as found,
    concat('speaks in ', source_id, ', which is by ', first_value(stated_by) over speakers) as expected
from documents
window speakers as (partition by source_id order by said desc, figure_id)
qualify row_number() over speakers > 1
