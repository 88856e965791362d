-- Two secondary sources are two publishers who agree: one row repeats the other.
-- zh: “两家一致”须有另一发布者的转述行。
-- Fix: add the other publisher's report as a row that repeats this one, or grade the evidence secondary
select
    'figures' as table_name,
    figures.figure_id as row_key,
    'evidence' as field,
    figures.evidence as found,
    'without a row of another publisher that repeats it with the same bounds' as expected
from figures
join sources using (source_id)
where
    figures.evidence = 'two_secondary'
    and figures.repeats is null
    and not exists (
        select 1
        from figures as other
        join sources as other_source on other_source.source_id = other.source_id
        where
            other.repeats = figures.figure_id and other.retired_on is null
            and other_source.publisher <> sources.publisher
            and other.unit = figures.unit
            and coalesce(other.lower, other.upper) is not distinct from coalesce(figures.lower, figures.upper)
    )
