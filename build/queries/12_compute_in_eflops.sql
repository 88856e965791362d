-- Computing capacity in EFLOPS, never mixed across precisions
-- zh: 算力规模（EFLOPS），不同精度从不混算
select
    statements.entity_en,
    statements.metric_en,
    metrics.precision,
    metrics.scope,
    statements.period_end,
    statements.status,
    statements.lower,
    statements.upper,
    statements.publisher
from statements
join metrics using (metric_id)
where statements.is_current and statements.unit = 'EFLOPS'
order by statements.entity_en, statements.metric_en, statements.period_end;
