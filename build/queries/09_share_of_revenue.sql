-- What share of revenue went into capital expenditure, latest year of each company
-- zh: 资本开支占收入的比重，各公司最近一年
select entities.name_en, intensity.share_percent
from intensity
join entities using (entity_id)
where intensity.ratio = 'of_revenue' and intensity.period_end - intensity.period_start > 350
qualify row_number() over (partition by intensity.entity_id order by intensity.period_end desc) = 1
order by intensity.share_percent desc;
