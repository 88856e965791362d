-- Growth of reported capital expenditure on the year before, newest years first
-- zh: 已报告资本开支的同比增长，由近及远
select entities.name_en, metrics.name_en as metric, growth.period_end, growth.growth_percent
from growth
join entities using (entity_id)
join metrics using (metric_id)
where
    metrics.family = 'capex' and growth.horizon = 'yoy' and growth.growth_kind = 'actual_on_actual'
    and growth.growth_percent is not null and growth.period_end - growth.period_start > 350
order by growth.period_end desc, growth.growth_percent desc
limit 40;
