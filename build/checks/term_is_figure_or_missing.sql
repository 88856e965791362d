-- A term is a figure, or says in both languages what is missing.
-- zh: 各项要么是数字，要么以两种语言说明所缺。
-- Fix: give figure_id, or missing_en and missing_zh
select
    'claim_terms' as table_name,
    concat_ws('/', claim_id, basis, term_no) as row_key,
    'figure_id' as field,
    figure_id as found,
    concat('with missing_en ', coalesce(missing_en, 'empty'), ' and missing_zh ', coalesce(missing_zh, 'empty')) as expected
from claim_terms
where (figure_id is null) <> (missing_en is not null) or (missing_en is null) <> (missing_zh is null)
