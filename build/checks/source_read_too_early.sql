-- A document is not read before it is published.
-- zh: 查阅日期不早于发布日期。
-- Fix: correct accessed_on or published_on
select
    'sources' as table_name,
    source_id as row_key,
    'accessed_on' as field,
    accessed_on::varchar as found,
    concat('is before it was published, ', published_on) as expected
from sources
where accessed_on < published_on
