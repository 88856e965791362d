-- Guidance as it stands: what each company says it will spend
-- zh: 现行指引：各公司说要花多少
select entity_en, period_label, as_stated, lower, upper, unit, known_from, publisher
from guidance
where known_until is null and period_end >= '2025-12-31' and metric_id like 'capex%'
order by entity_en, period_end;
