-- A source has an address; only press whose address is not known may lack one.
-- zh: 来源须有网址，仅网址不明的报道可无。
-- Fix: give url, or cite another document
select
    'sources' as table_name,
    source_id as row_key,
    'url' as field,
    null::varchar as found,
    concat('although the source is ', source_kind) as expected
from sources
where url is null and source_kind <> 'press'
