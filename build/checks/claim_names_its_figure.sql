-- A claim names the figure under test; only a claim of kind other may have none.
-- zh: 说法须指明受检数字，仅“其他”类可无。
-- Fix: give figure_id, the stated number, or for comparisons the number said to be larger
select
    'claims' as table_name,
    claim_id as row_key,
    'figure_id' as field,
    figure_id as found,
    concat('although the claim is a ', claim_kind, ' of a stated number') as expected
from claims
where figure_id is null and claim_kind <> 'other'
