-- A second reading names what was wrong exactly where something was changed.
-- zh: 复读记录当且仅当有更正时写明何处有误。
-- Fix: give wrong_field where the outcome is changed, and only there
select
    'verifications' as table_name,
    concat_ws('/', figure_id, sample) as row_key,
    'wrong_field' as field,
    wrong_field as found,
    concat('does not go with outcome ', outcome) as expected
from verifications
where (outcome = 'changed') <> (wrong_field is not null)
