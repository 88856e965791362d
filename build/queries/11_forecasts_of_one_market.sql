-- One market, several houses: what was forecast when
-- zh: 同一市场，多家机构：何时预测多少
select
    entities.name_en as house,
    metrics.name_en as metric,
    forecast_path.period_end,
    forecast_path.stated_on,
    forecast_path.lower,
    forecast_path.upper,
    forecast_path.unit,
    forecast_path.revision_percent
from forecast_path
join metrics using (metric_id)
join entities on entities.entity_id = forecast_path.stated_by
where metrics.family = 'market'
order by metric, forecast_path.period_end, forecast_path.stated_on;
