-- A claim has terms from which it can be recomputed.
-- Fix: give it terms in claim_terms, missing ones included
select
    'claims' as table_name,
    claim_id as row_key,
    'claim_id' as field,
    claim_id as found,
    'has no term in claim_terms' as expected
from claims
where claim_id not in (select claim_id from claim_terms)
