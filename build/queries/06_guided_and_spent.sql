-- Guided and then spent: how far guidance was off, in percent
-- zh: 指引与实际支出相差几何（百分比）
select
    entities.name_en,
    guidance_outcome.period_end,
    guidance_outcome.horizon_days,
    guidance_outcome.guidance_result,
    guidance_outcome.actual,
    guidance_outcome.unit,
    guidance_outcome.error_percent
from guidance_outcome
join entities using (entity_id)
where guidance_outcome.error_percent is not null
order by guidance_outcome.error_percent, guidance_outcome.figure_id;
