-- The largest promises, per year, with the words that made them
-- zh: 数额最大的承诺，均摊到每年，并附原话
select
    statements.entity_en,
    statements.as_stated,
    commitments.stated_on,
    commitments.period_end,
    statements.lower_usd,
    commitments.lower_per_year,
    commitments.unit,
    commitments.elapsed_percent,
    statements.url
from commitments
join statements using (figure_id)
where statements.lower_usd is not null
order by statements.lower_usd desc, commitments.figure_id
limit 25;
