-- Guidance as it was known on 4 March 2025
-- zh: 2025年3月4日所知的指引
select entity_en, period_label, as_stated, lower, upper, unit, known_from
from as_of('2025-03-04')
where status = 'guidance' and metric_id like 'capex%'
order by entity_en, period_end, known_from;
