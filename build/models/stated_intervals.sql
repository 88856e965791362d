/*
title: Stated intervals
title_zh: 所述区间
description: "The interval that a stated number stands for: half a printed step either side of exact and about, five percent below nearly, everything else as it was bounded."
description_zh: 所述数字所代表的区间：精确与“约”为末位上下各半个单位，“近”为向下百分之五，其余按其界限。
released: false
primaryKey: [figure_id]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: stated_lower
    type: number
    decimals: 6
    unit: "column:unit"
    description: Lower end of the interval that the stated number stands for.
    description_zh: 所述数字所代表区间的下端。
  - name: stated_upper
    type: number
    decimals: 6
    unit: "column:unit"
    description: Upper end of the interval that the stated number stands for.
    description_zh: 所述数字所代表区间的上端。
*/
select
    figure_id,
    case
        when qualifier = 'nearly' then least(lower * 0.95, lower)
        when qualifier in ('exact', 'about') then lower - coalesce(printed_step, 0) / 2
        else lower
    end::decimal(38, 6) as stated_lower,
    case
        when qualifier = 'nearly' then greatest(upper * 0.95, upper)
        when qualifier in ('exact', 'about') then upper + coalesce(printed_step, 0) / 2
        else upper
    end::decimal(38, 6) as stated_upper
from figures
order by figure_id
