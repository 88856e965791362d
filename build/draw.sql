-- The figures of a sample to be read a second time: each family of metrics in proportion to its size, at least one of each.
-- The lot is the MD5 of the sample's name and the figure's id, so that anyone can draw the same sample again from the same figures.
with lots as (
    select
        figures.figure_id,
        metrics.family,
        row_number() over (partition by metrics.family order by md5($sample || '/' || figures.figure_id)) as place,
        count(*) over (partition by metrics.family) as family_size,
        count(*) over () as all_figures
    from figures
    join metrics using (metric_id)
    where figures.retired_on is null
)

select lots.figure_id, lots.family, figures.source_id, figures.locator, coalesce(sources.seen_url, sources.url) as address
from lots
join figures using (figure_id)
join sources using (source_id)
where lots.place <= greatest(1, ceil(300.0 * lots.family_size / lots.all_figures))
order by address, lots.figure_id
