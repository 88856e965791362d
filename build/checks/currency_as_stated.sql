-- The currency is the one that the text names; a company's own reported amount without one is in the currency in which it reports.
-- zh: 币种须为原文所写；公司自报金额未写币种的，即为其报告币种。
-- Fix: correct unit, or copy the number into as_stated with its currency
with texts as (
    select
        figures.figure_id,
        figures.unit,
        figures.as_stated,
        -- A text that names two currencies names the one converted into, too.
        list_filter(
            [
                case when regexp_matches(figures.as_stated, '美元|US ?\$|USD|(^|[^A-Za-z])\$') then 'USD' end,
                case when regexp_matches(figures.as_stated, '港元|HK ?\$|HKD') then 'HKD' end,
                case when regexp_matches(figures.as_stated, '人民币|人民幣|RMB|CNY|[亿億万萬0-9]元') then 'CNY' end,
                case when regexp_matches(figures.as_stated, '欧元|€|EUR|\beuros?\b') then 'EUR' end,
                case when regexp_matches(figures.as_stated, '韩元|₩|KRW|\bwon\b') then 'KRW' end,
                case when regexp_matches(figures.as_stated, '英镑|£|GBP') then 'GBP' end,
                case when regexp_matches(figures.as_stated, '卢比|₹|INR|\brupees?\b') then 'INR' end,
                case when regexp_matches(figures.as_stated, '新台币|NT ?\$|TWD') then 'TWD' end,
                case when regexp_matches(figures.as_stated, '日元|JPY|\byen\b') then 'JPY' end
            ],
            lambda currency: currency is not null
        ) as named,
        case
            when figures.status = 'actual' and figures.evidence = 'primary' and figures.stated_by = figures.entity_id
                then entities.reporting_currency
        end as reported_in
    from figures
    join metrics using (metric_id)
    join entities using (entity_id)
    where figures.retired_on is null and metrics.measure = 'money'
)

select
    'figures' as table_name,
    figure_id as row_key,
    'unit' as field,
    unit as found,
    concat('is not the currency of ', as_stated) as expected
from texts
where
    (len(named) > 0 and not list_contains(named, unit))
    or (len(named) = 0 and reported_in <> unit)
