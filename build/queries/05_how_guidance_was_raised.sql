-- How the guidance for a year was raised: every vintage of 2025
-- zh: 指引如何一再上调：2025年的历次说法
select
    entities.name_en,
    guidance_path.stated_on,
    guidance_path.vintage_number,
    guidance_path.lower,
    guidance_path.upper,
    guidance_path.unit,
    guidance_path.lower_since_first
from guidance_path
join entities using (entity_id)
where guidance_path.period_start = '2025-01-01' and guidance_path.period_end = '2025-12-31'
order by entities.name_en, guidance_path.metric_id, guidance_path.stated_on;
