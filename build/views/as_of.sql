-- What was known on a day, one row a series: from as_of('2025-03-04'). It says nothing that was learned later.
-- zh: 某日所知，一个序列一行：from as_of('2025-03-04')。其后才知的一概不提。
create macro as_of(day) as table
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
    statements.status,
    vintages.vintage_number,
    vintages.known_from,
    statements.qualifier,
    statements.lower,
    statements.upper,
    statements.unit,
    statements.as_stated,
    statements.stated_by,
    statements.publisher,
    statements.url
from vintages
join statements using (figure_id)
where vintages.known_from <= day::date and (vintages.known_until is null or day::date < vintages.known_until)
order by statements.entity_id, statements.metric_id, statements.period_end, statements.figure_id;
