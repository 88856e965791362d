-- A copy that was read stands beside the document it copies.
-- zh: 所阅副本须列于原件之旁。
-- Fix: give the document's address in url and the copy's in seen_url; leave seen_url empty where the document itself was read
select
    'sources' as table_name,
    source_id as row_key,
    'seen_url' as field,
    seen_url as found,
    case when url is null then concat('although source is ', source_kind, ' and url is empty') else 'is the same as url' end as expected
from sources
where seen_url = url or (seen_url is not null and url is null and source_kind <> 'press')
