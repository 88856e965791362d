-- Every vintage of guidance that a company gave, in the order in which it was said; the last one of a series has no known_until.
-- zh: 公司给出的历次指引，按说出的先后；一个序列的最后一次没有 known_until。
create view guidance as
select
    statements.figure_id,
    statements.entity_id,
    statements.entity_en,
    statements.entity_zh,
    statements.metric_id,
    statements.metric_en,
    statements.metric_zh,
    statements.period_label,
    statements.period_start,
    statements.period_end,
    vintages.vintage_number,
    vintages.known_from,
    vintages.known_until,
    statements.qualifier,
    statements.lower,
    statements.upper,
    statements.unit,
    statements.lower_usd,
    statements.upper_usd,
    statements.as_stated,
    statements.publisher,
    statements.url,
    statements.flags
from statements
join vintages using (figure_id)
where statements.status = 'guidance'
order by statements.entity_id, statements.metric_id, statements.period_end, vintages.known_from, statements.figure_id;
