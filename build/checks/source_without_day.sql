-- A document has a day of publication and says how precisely it is known; only a living dataset has none.
-- zh: 文献须有发布日期及其精度，仅持续更新的数据集可无。
-- Fix: give published_on and published_precision, the last day possible where only month or year is known
select
    'sources' as table_name,
    source_id as row_key,
    'published_on' as field,
    published_on::varchar as found,
    concat('with published_precision ', coalesce(published_precision, 'empty')) as expected
from sources
where (published_on is null) <> (published_precision is null) or (published_on is null and source_kind <> 'dataset')
