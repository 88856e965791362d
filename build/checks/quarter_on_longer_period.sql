-- What is said of one quarter does not stand on a longer period.
-- zh: 就单季所说的数字不得记在更长的期间上。
-- A label of several quarters, or of a year to date, is no label of one.
-- Fix: give the quarter's own dates, or correct the label
select
    'figures' as table_name,
    figure_id as row_key,
    'period_end' as field,
    period_end::varchar as found,
    concat('ends ', period_end - period_start + 1, ' days, not a quarter; as stated: ', as_stated, coalesce(' of ' || period_label, '')) as expected
from figures
where
    period_end - period_start > 100
    and (
        (
            regexp_matches(period_label, '(?i)\bQ[1-4]\b|\bquarter\b|\bthree months\b|季')
            and not regexp_matches(period_label, '(?i)YTD|to date|quarters|四[个個]?季|前[二两三]季|累[计計]')
        )
        or qualifier <> 'not_quantified' and regexp_matches(as_stated, '(?i)\b(per|a|each|every) quarter\b|每[个個]?季')
    )
