-- Where a report differs from what it reports
-- zh: 报道与其所引原话不一致之处
select
    original.entity_en,
    conflicts.differs_in,
    original.as_stated,
    original.publisher,
    report.as_stated as as_reported,
    report.publisher as reported_by,
    report.url
from conflicts
join statements as original on original.figure_id = conflicts.other_figure_id
join statements as report on report.figure_id = conflicts.figure_id
where conflicts.conflict_kind = 'report' and conflicts.differs_in like '%bounds%'
order by original.entity_en, conflicts.figure_id;
