-- Capital expenditure as it stands now: reported, estimated, guided and forecast, with names, dollars and source.
-- zh: 现行资本开支：实际、估计、指引与预测，附名称、美元与来源。
create view capex as
select
    figure_id,
    entity_id,
    entity_en,
    entity_zh,
    metric_id,
    metric_en,
    metric_zh,
    period_label,
    period_start,
    period_end,
    status,
    qualifier,
    lower,
    upper,
    unit,
    lower_usd,
    upper_usd,
    stated_by,
    stated_on,
    publisher,
    url,
    flags
from statements
where is_current and family = 'capex'
order by entity_id, metric_id, period_end, status, figure_id;
