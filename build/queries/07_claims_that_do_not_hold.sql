-- Claims that do not hold when they are computed again
-- zh: 复算后不成立的说法
select
    claims.as_stated,
    bases.basis_en,
    claim_checks.stated_lower,
    claim_checks.stated_upper,
    claim_checks.recomputed_lower,
    claim_checks.recomputed_upper,
    claim_checks.unit,
    claim_checks.deviation_percent,
    sources.publisher,
    sources.url
from claim_checks
join claims using (claim_id)
join bases using (basis)
join sources on sources.source_id = claims.source_id
where claim_checks.verdict = 'inconsistent'
order by claims.claim_id, claim_checks.basis;
