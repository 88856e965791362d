-- The largest spenders of 2024, each on its own definition
-- zh: 2024年资本开支最多的公司，各按自身口径
select entity_en, calendar_usd
from capex_annual
where year = 2024 and calendar_usd is not null
order by calendar_usd desc
limit 12;
