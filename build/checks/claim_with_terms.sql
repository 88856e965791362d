-- A claim has terms from which it can be recomputed.
-- zh: 说法须有可供复算的各项。
-- Fix: give it terms in claim_terms, missing ones included
select
    'claims' as table_name,
    claim_id as row_key,
    'claim_id' as field,
    claim_id as found,
    'has no term in claim_terms' as expected
from claims
where claim_id not in (select claim_id from claim_terms)
