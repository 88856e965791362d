-- How well the figures are attested: rows by grade of evidence
-- zh: 数字的证据如何：按证据等级计数
select evidence, count(*) as figures
from statements
where retired_on is null
group by evidence
order by figures desc;
