-- Primary evidence is a document of the speaker, with its address.
-- zh: 一手证据须是陈述者自己的文件并附网址。
-- Fix: cite the speaker's own document, or grade the evidence two_secondary or secondary
select
    'figures' as table_name,
    figures.figure_id as row_key,
    'evidence' as field,
    figures.evidence as found,
    case
        when sources.url is null then concat('although source ', sources.source_id, ' has no address')
        else concat('although source ', sources.source_id, ' is ', sources.source_kind, ' and ', figures.stated_by, ' is not the press')
    end as expected
from figures
join sources using (source_id)
join entities as speakers on speakers.entity_id = figures.stated_by
where figures.evidence = 'primary' and (sources.url is null or (sources.source_kind = 'press' and speakers.entity_kind <> 'press'))
