/*
title: Daily exchange rates
title_zh: 每日汇率
description: "Every currency in dollars and in yuan, day by day: the cross through the euro of two reference rates of the same day."
description_zh: 各货币逐日兑美元与人民币的汇率：同日两个欧元参考汇率的交叉。
released: false
primaryKey: [from_currency, to_currency, rate_date]
fields:
  - name: from_currency
    type: string
    description: Currency that is converted, ISO 4217.
    description_zh: 被换算的货币，ISO 4217。
    constraints: {required: true}
  - name: to_currency
    type: string
    description: Currency it is converted into, ISO 4217.
    description_zh: 换算成的货币，ISO 4217。
    constraints: {required: true}
  - name: rate_date
    constraints: {required: true}
  - name: rate
    type: number
    decimals: 12
    unit: "column:to_currency"
    description: "Units of to_currency for one unit of from_currency; twelve decimals, so that even the won keeps nine digits."
    description_zh: 每一单位 from_currency 折合 to_currency 的数量；十二位小数，使面值小的货币也有足够有效数字。
    constraints: {required: true}
*/
with quoted as (
    select rate_date, currency, units_per_eur from fx_rates
    union all
    select distinct rate_date, 'EUR', 1 from fx_rates
),

-- Amounts are shown in the two currencies that most readers of either language think in.
targets (to_currency) as (values ('USD'), ('CNY'))

select
    source.currency as from_currency,
    target.currency as to_currency,
    source.rate_date,
    (target.units_per_eur / source.units_per_eur)::decimal(38, 12) as rate
from targets
join quoted as target on target.currency = targets.to_currency
join quoted as source on source.rate_date = target.rate_date and source.currency <> target.currency
order by from_currency, to_currency, source.rate_date
