/*
title: Claims checked
title_zh: 说法核验
description: "Each stated growth rate, multiple, share, sum, conversion, comparison and ranking, recomputed from its terms on each basis and judged. Rounding counts: a stated figure is an interval of one printed step. Where a term is a range or open and only part of it bears the claim out, the claim is possible, no more."
description_zh: 对每一条所述的增长率、倍数、占比、合计、换算、比较与排名，按各种口径从其各项复算并下结论。计入舍入：所述数字视为一个印刷末位的区间。某项为区间或单侧开放、仅其一部分支持该说法时，只称可能成立。
primaryKey: [claim_id, basis]
fields:
  - name: claim_id
    constraints: {required: true}
  - name: basis
    constraints: {required: true}
  - name: claim_kind
    constraints: {required: true}
  - name: figure_id
  - name: relation
    constraints: {required: true}
  - name: stated_lower
  - name: stated_upper
  - name: recomputed_lower
    type: number
    decimals: 4
    unit: "column:unit"
    description: "What the terms give, lower end; the same as the upper end where all terms are points."
    description_zh: 由各项复算结果的下端；各项皆为点值时与上端相同。
  - name: recomputed_upper
    type: number
    decimals: 4
    unit: "column:unit"
    description: "What the terms give, upper end."
    description_zh: 由各项复算结果的上端。
  - name: unit
  - name: deviation_percent
    type: number
    decimals: 4
    unit: percent
    description: "How far the stated number lies above (+) or below (-) the recomputed one; empty where either is a range or open."
    description_zh: 所述数字高于（+）或低于（-）复算结果的百分比；任一方为区间或单侧开放时为空。
  - name: verdict
    type: string
    description: What the recomputation says of the claim.
    description_zh: 复算结论。
    constraints: {required: true}
    categories:
      - {value: consistent, label: consistent, label_zh: 一致}
      - {value: consistent_within_rounding, label: consistent within rounding, label_zh: 舍入范围内一致}
      - {value: possible, label: possible within the range stated, label_zh: 所述区间内可能成立}
      - {value: inconsistent, label: inconsistent, label_zh: 不一致}
      - {value: not_verifiable, label: cannot be verified, label_zh: 无法核实}
  - name: missing_en
  - name: missing_zh
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with terms as (
    select
        claim_terms.claim_id,
        claim_terms.basis,
        claim_terms.term_no,
        claim_terms.term_role,
        claim_terms.figure_id,
        claim_terms.missing_en,
        claim_terms.missing_zh,
        claims.claim_kind,
        claims.figure_id as stated_figure_id,
        figures.period_end,
        figures.lower,
        figures.upper,
        coalesce(figures.printed_step, 0) / 2 as half_step,
        figures.unit,
        figures.lower is null and figures.upper is null as is_missing
    from claim_terms
    join claims using (claim_id)
    left join figures on figures.figure_id = claim_terms.figure_id
),

-- The currency of the claim: that of the stated number or, where a percentage or a multiple is stated, of the first term.
in_common as (
    select
        terms.*,
        stated.stated_on as stated_day,
        case
            when stated_unit.measure = 'money' then stated.unit
            else first_value(terms.unit ignore nulls) over (
                partition by terms.claim_id, terms.basis order by terms.term_no
                rows between unbounded preceding and unbounded following
            )
        end as common_unit
    from terms
    left join figures as stated on stated.figure_id = terms.stated_figure_id
    left join units as stated_unit on stated_unit.unit = stated.unit
),

-- Amounts in another currency are converted through the euro at the rates of the day of the statement; a rate older than seven days is
-- no rate.
quoted as (
    select rate_date, currency, units_per_eur from fx_rates
    union all
    select distinct rate_date, 'EUR', 1 from fx_rates
),

converted as (
    select
        wanting.*,
        case
            when not wanting.wants_rate then 1
            when wanting.stated_day - source.rate_date <= 7 and wanting.stated_day - target.rate_date <= 7
                then (target.units_per_eur / source.units_per_eur)::decimal(38, 12)
        end as rate,
        case
            when wanting.wants_rate and wanting.stated_day - source.rate_date <= 7 and wanting.stated_day - target.rate_date <= 7
                then concat_ws(
                    ' ',
                    case when wanting.unit <> 'EUR' then 'fx_rates:' || source.rate_date || '/' || wanting.unit end,
                    case when wanting.common_unit <> 'EUR' then 'fx_rates:' || target.rate_date || '/' || wanting.common_unit end
                )
        end as rate_inputs
    from (
        select
            in_common.*,
            coalesce(in_common.unit <> in_common.common_unit and term_unit.measure = 'money' and common.measure = 'money', false) as wants_rate
        from in_common
        left join units as term_unit on term_unit.unit = in_common.unit
        left join units as common on common.unit = in_common.common_unit
    ) as wanting
    asof left join quoted as source on source.currency = wanting.unit and source.rate_date <= wanting.stated_day
    asof left join quoted as target on target.currency = wanting.common_unit and target.rate_date <= wanting.stated_day
),

-- The four ends of each term: its own bounds, and those widened by half a printed step.
by_role as (
    select
        claim_id,
        basis,
        term_role in ('denominator', 'earlier') as is_below,
        min(period_end) as period_end,
        bool_or(is_missing or rate is null) as is_missing,
        case when count(lower * rate) = count(*) then sum(lower * rate) end as lower,
        case when count(upper * rate) = count(*) then sum(upper * rate) end as upper,
        case when count(lower * rate) = count(*) then sum((lower - half_step) * rate) end as wide_lower,
        case when count(upper * rate) = count(*) then sum((upper + half_step) * rate) end as wide_upper,
        coalesce(sum(lower * rate), 0) as known_lower,
        coalesce(sum((lower - half_step) * rate), 0) as known_wide_lower,
        max(lower * rate) as largest_lower,
        case when count(upper * rate) = count(*) then max(upper * rate) end as largest_upper,
        max((lower - half_step) * rate) as largest_wide_lower,
        case when count(upper * rate) = count(*) then max((upper + half_step) * rate) end as largest_wide_upper,
        string_agg(missing_en, '; ' order by term_no) as missing_en,
        string_agg(missing_zh, '；' order by term_no) as missing_zh,
        string_agg(concat_ws(' ', 'figures:' || figure_id, rate_inputs), ' ' order by term_no) as inputs
    from converted
    group by all
),

sides as (
    select
        above.*,
        -- Nothing is divided by zero or less, nor by what may be; where only rounding reaches zero, that side stays open.
        -- Below zero the smaller divisor gives the lower end.
        above.lower / case when below.lower <= 0 or below.upper <= 0 then null when above.lower < 0 then below.lower else below.upper end
            as lower_ratio,
        above.upper / case when below.lower <= 0 or below.upper <= 0 then null when above.upper < 0 then below.upper else below.lower end
            as upper_ratio,
        above.wide_lower / case
            when below.wide_upper <= 0 then null
            when above.wide_lower >= 0 then below.wide_upper
            when below.wide_lower > 0 then below.wide_lower
        end as wide_lower_ratio,
        above.wide_upper / case
            when below.wide_upper <= 0 then null
            when above.wide_upper < 0 then below.wide_upper
            when below.wide_lower > 0 then below.wide_lower
        end as wide_upper_ratio,
        below.lower as below_lower,
        below.upper as below_upper,
        below.missing_en as below_missing_en,
        below.missing_zh as below_missing_zh,
        below.inputs as below_inputs,
        above.is_missing or coalesce(below.is_missing, false) as lacks_term,
        -- From year's end to year's end the years are counted whole, give or take a week.
        (above.period_end - below.period_end) / 365.25 as years_by_days,
        case
            when years_by_days <= 0 then null
            when abs(years_by_days - round(years_by_days)) * 365.25 <= 7 then round(years_by_days)
            else years_by_days
        end as years
    from by_role as above
    left join by_role as below on below.claim_id = above.claim_id and below.basis = above.basis and below.is_below
    where not above.is_below
),

stated as (
    select
        claims.claim_id,
        claims.claim_kind,
        claims.relation,
        claims.figure_id,
        figures.unit,
        figures.lower as point_lower,
        figures.upper as point_upper,
        stated_intervals.stated_lower,
        stated_intervals.stated_upper
    from claims
    left join figures on figures.figure_id = claims.figure_id
    left join stated_intervals on stated_intervals.figure_id = claims.figure_id
),

recomputed as (
    select
        stated.*,
        sides.basis,
        sides.lacks_term,
        sides.known_lower,
        sides.known_wide_lower,
        sides.largest_wide_lower,
        concat_ws('; ', sides.missing_en, sides.below_missing_en) as missing_en,
        concat_ws('；', sides.missing_zh, sides.below_missing_zh) as missing_zh,
        concat_ws(' ', 'claims:' || stated.claim_id, 'figures:' || stated.figure_id, sides.inputs, sides.below_inputs) as inputs,
        case stated.claim_kind
            when 'growth' then (lower_ratio - 1) * 100
            when 'cagr' then (power(case when lower_ratio >= 0 then lower_ratio end, 1 / years) - 1) * 100
            when 'ratio' then lower_ratio
            when 'share' then lower_ratio * 100
            when 'ranking' then sides.largest_lower
            else sides.lower
        end as recomputed_lower,
        case stated.claim_kind
            when 'growth' then (upper_ratio - 1) * 100
            when 'cagr' then (power(case when upper_ratio >= 0 then upper_ratio end, 1 / years) - 1) * 100
            when 'ratio' then upper_ratio
            when 'share' then upper_ratio * 100
            when 'ranking' then sides.largest_upper
            else sides.upper
        end as recomputed_upper,
        case stated.claim_kind
            when 'growth' then (wide_lower_ratio - 1) * 100
            when 'cagr' then (power(case when wide_lower_ratio >= 0 then wide_lower_ratio end, 1 / years) - 1) * 100
            when 'ratio' then wide_lower_ratio
            when 'share' then wide_lower_ratio * 100
            when 'ranking' then sides.largest_wide_lower
            else sides.wide_lower
        end as wide_lower,
        case stated.claim_kind
            when 'growth' then (wide_upper_ratio - 1) * 100
            when 'cagr' then (power(case when wide_upper_ratio >= 0 then wide_upper_ratio end, 1 / years) - 1) * 100
            when 'ratio' then wide_upper_ratio
            when 'share' then wide_upper_ratio * 100
            when 'ranking' then sides.largest_wide_upper
            else sides.wide_upper
        end as wide_upper,
        -- Whether both sides of the comparison are points; a range or an open bound can bear a claim out in part only.
        coalesce(sides.lower = sides.upper, false) and coalesce(sides.below_lower = sides.below_upper, sides.below_inputs is null)
        and (stated.relation = 'equals' or coalesce(stated.point_lower = stated.point_upper, false)) as is_point
    from stated
    join sides on sides.claim_id = stated.claim_id
),

judged as (
    select
        *,
        case
            -- What is no computation, or was said in words only, is held against nothing.
            when claim_kind = 'other' or (point_lower is null and point_upper is null) then 'not_verifiable'
            -- Terms present may decide although others are missing: a sum already passed, a larger one already found.
            when lacks_term and claim_kind = 'sum' and known_wide_lower > stated_upper then 'inconsistent'
            when lacks_term and claim_kind = 'sum' and stated_upper is null and known_lower >= stated_lower then 'consistent'
            when lacks_term and claim_kind = 'comparison' and relation = 'greater' and known_wide_lower >= stated_upper then 'inconsistent'
            when lacks_term and claim_kind = 'comparison' and relation = 'less' and known_lower > point_upper then 'consistent'
            when lacks_term and claim_kind = 'ranking' and largest_wide_lower >= stated_upper then 'inconsistent'
            when lacks_term or (recomputed_lower is null and recomputed_upper is null) then 'not_verifiable'
            when relation in ('greater', 'largest') then case
                when point_lower > recomputed_upper then 'consistent'
                when coalesce(point_upper > recomputed_lower, true) and not is_point then 'possible'
                when stated_upper > wide_lower then 'consistent_within_rounding'
                else 'inconsistent'
            end
            when relation = 'less' then case
                when point_upper < recomputed_lower then 'consistent'
                when coalesce(point_lower < recomputed_upper, true) and not is_point then 'possible'
                when stated_lower < wide_upper then 'consistent_within_rounding'
                else 'inconsistent'
            end
            when
                coalesce(recomputed_lower >= stated_lower, stated_lower is null)
                and coalesce(recomputed_upper <= stated_upper, stated_upper is null)
                then 'consistent'
            when
                not is_point
                and coalesce(recomputed_upper >= stated_lower, true) and coalesce(recomputed_lower <= stated_upper, true)
                then 'possible'
            when
                coalesce(wide_upper >= stated_lower, true) and coalesce(wide_lower <= stated_upper, true)
                then 'consistent_within_rounding'
            else 'inconsistent'
        end as verdict,
        -- A range or an open bound has no one number to deviate by.
        (
            case when point_lower = point_upper then point_lower end
            / nullif(case when recomputed_lower = recomputed_upper then recomputed_lower end, 0)
            - 1
        ) * 100 as deviation_percent
    from recomputed
)

select
    claim_id,
    basis,
    claim_kind,
    figure_id,
    relation,
    case when claim_kind <> 'other' then stated_lower end::decimal(38, 6) as stated_lower,
    case when claim_kind <> 'other' then stated_upper end::decimal(38, 6) as stated_upper,
    case when claim_kind <> 'other' and not lacks_term then round(recomputed_lower, 4) end::decimal(38, 4) as recomputed_lower,
    case when claim_kind <> 'other' and not lacks_term then round(recomputed_upper, 4) end::decimal(38, 4) as recomputed_upper,
    unit,
    case when claim_kind <> 'other' then round(deviation_percent, 4) end::decimal(38, 4) as deviation_percent,
    verdict,
    nullif(missing_en, '') as missing_en,
    nullif(missing_zh, '') as missing_zh,
    array_to_string(list_sort(list_distinct(list_filter(string_split(inputs, ' '), lambda entry: entry <> ''))), ' ') as inputs,
    -- Only verdicts that were reached can contradict each other.
    case
        when count(distinct case when verdict <> 'not_verifiable' then verdict end) over (partition by claim_id) > 1
            then 'depends_on_definition'
    end as flags
from judged
order by claim_id, basis
