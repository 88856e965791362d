-- Capital expenditure by company and fiscal year, in US dollars
-- zh: 各公司各财年资本开支，折合美元
select entity_en, year, fiscal_end, fiscal_usd
from capex_annual
where fiscal_usd is not null and year >= 2020
order by entity_en, year;
