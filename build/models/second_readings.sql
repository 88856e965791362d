/*
title: Second readings
title_zh: 复读结果
description: "How many figures of each sample a second reader found wrong in value, unit, period, entity, metric or day, with the exact 95% interval (Clopper-Pearson) of the share that would be found wrong in all; by family of metrics and together."
description_zh: 每批抽样中，复读者发现数值、单位、期间、主体、指标或日期有误的数字有多少，及总体误率的精确 95% 区间（Clopper–Pearson）；按指标类别与合计列出。
primaryKey: [sample, stratum]
fields:
  - name: sample
    constraints: {required: true}
  - name: stratum
    type: string
    description: "Family of metrics, or all."
    description_zh: 指标类别，或 all（合计）。
    constraints: {required: true}
  - name: figures_drawn
    type: integer
    unit: figures
    description: How many figures were drawn.
    description_zh: 抽中的数字个数。
    constraints: {required: true}
  - name: figures_read
    type: integer
    unit: figures
    description: How many of them could be read again.
    description_zh: 其中读到原文的个数。
    constraints: {required: true}
  - name: figures_wrong
    type: integer
    unit: figures
    description: "How many of those read were wrong in value, unit, period, entity, metric or day."
    description_zh: 读到者中数值、单位、期间、主体、指标或日期有误的个数。
    constraints: {required: true}
  - name: wrong_percent
    type: number
    decimals: 4
    unit: percent
    description: Share of those read that was wrong.
    description_zh: 读到者中的误率。
  - name: wrong_lower_percent
    type: number
    decimals: 4
    unit: percent
    description: "Exact 95% interval of that share, lower end."
    description_zh: 误率的精确 95% 区间下端。
  - name: wrong_upper_percent
    type: number
    decimals: 4
    unit: percent
    description: "Exact 95% interval of that share, upper end."
    description_zh: 误率的精确 95% 区间上端。
*/
with recursive readings as (
    select
        verifications.sample,
        metrics.family,
        verifications.outcome <> 'unreached' as is_read,
        verifications.outcome = 'changed' and verifications.wrong_field <> 'other' as is_wrong
    from verifications
    join figures using (figure_id)
    join metrics using (metric_id)
),

counted as (
    select
        sample,
        coalesce(family, 'all') as stratum,
        count(*) as figures_drawn,
        count(*) filter (is_read) as figures_read,
        count(*) filter (is_read and is_wrong) as figures_wrong
    from readings
    group by grouping sets ((sample, family), (sample))
),

-- The end of the interval is the share at which a count so extreme has a chance of 2.5%; it is found by halving.
halving as (
    select counted.*, side, 0::double as low, 1::double as high, 0 as step
    from counted
    cross join (values ('lower'), ('upper')) as sides (side)
    where figures_read > 0
    union all
    select
        sample, stratum, figures_drawn, figures_read, figures_wrong, side,
        case when (tail > 0.025) = (side = 'lower') then low else (low + high) / 2 end,
        case when (tail > 0.025) = (side = 'lower') then (low + high) / 2 else high end,
        step + 1
    from (
        select
            *,
            list_sum(list_transform(
                case side when 'lower' then range(figures_wrong, figures_read + 1) else range(0, figures_wrong + 1) end,
                lambda wrong: exp(
                    lgamma(figures_read + 1) - lgamma(wrong + 1) - lgamma(figures_read - wrong + 1)
                    + wrong * ln((low + high) / 2) + (figures_read - wrong) * ln(1 - (low + high) / 2)
                )
            )) as tail
        from halving
        where step < 40
    ) as halved
),

ends as (
    select
        sample,
        stratum,
        max(case when side = 'lower' then round(low * 100, 4) end)::decimal(38, 4) as wrong_lower_percent,
        max(case when side = 'upper' then round(high * 100, 4) end)::decimal(38, 4) as wrong_upper_percent
    from halving
    where step = 40
    group by sample, stratum
)

select
    counted.sample,
    counted.stratum,
    counted.figures_drawn,
    counted.figures_read,
    counted.figures_wrong,
    round(100 * counted.figures_wrong / nullif(counted.figures_read, 0), 4)::decimal(38, 4) as wrong_percent,
    ends.wrong_lower_percent,
    ends.wrong_upper_percent
from counted
left join ends using (sample, stratum)
order by counted.sample, counted.stratum
