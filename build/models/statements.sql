/*
title: Statements
title_zh: 全部陈述
description: "The one flat table: every figure with its names, period, bounds, dollars and yuan, who said it when, the source with its address, and whether it stands."
description_zh: 一张平表看全部：每个数字的名称、期间、界限、美元与人民币、谁何时说、来源与网址，以及是否仍为现行。
primaryKey: [figure_id]
fields:
  - name: figure_id
    constraints: {required: true}
  - name: entity_id
    constraints: {required: true}
  - name: entity_en
    type: string
    description: Name of the entity in English.
    description_zh: 主体英文名。
    constraints: {required: true}
  - name: entity_zh
    type: string
    description: Name of the entity in Chinese.
    description_zh: 主体中文名。
    constraints: {required: true}
  - name: metric_id
    constraints: {required: true}
  - name: metric_en
    type: string
    description: Name of the metric in English.
    description_zh: 指标英文名。
    constraints: {required: true}
  - name: metric_zh
    type: string
    description: Name of the metric in Chinese.
    description_zh: 指标中文名。
    constraints: {required: true}
  - name: family
    constraints: {required: true}
  - name: period_start
  - name: period_end
  - name: period_label
  - name: status
    constraints: {required: true}
  - name: qualifier
    constraints: {required: true}
  - name: lower
  - name: upper
  - name: unit
    constraints: {required: true}
  - name: lower_usd
    type: number
    decimals: 0
    unit: USD
    description: Lower bound in US dollars by the method named; empty where open.
    description_zh: 按所列方法折合美元的下界；无下界则为空。
  - name: upper_usd
    type: number
    decimals: 0
    unit: USD
    description: Upper bound in US dollars by the method named; empty where open.
    description_zh: 按所列方法折合美元的上界；无上界则为空。
  - name: lower_cny
    type: number
    decimals: 0
    unit: CNY
    description: Lower bound in yuan by the method named; empty where open.
    description_zh: 按所列方法折合人民币的下界；无下界则为空。
  - name: upper_cny
    type: number
    decimals: 0
    unit: CNY
    description: Upper bound in yuan by the method named; empty where open.
    description_zh: 按所列方法折合人民币的上界；无上界则为空。
  - name: amount_method
    type: string
    description: How an amount was converted into the currency that is not its own.
    description_zh: 金额折为另一货币所用的方法。
    categories:
      - {value: spot, label: rate of the day, label_zh: 当日汇率}
      - {value: period_mean, label: mean rate of the period, label_zh: 期间平均汇率}
  - name: rate_start
  - name: rate_end
  - name: stated_by
    constraints: {required: true}
  - name: speaker_en
    type: string
    description: "Name in English of who first said it."
    description_zh: 最先陈述者的英文名。
    constraints: {required: true}
  - name: speaker_zh
    type: string
    description: "Name in Chinese of who first said it."
    description_zh: 最先陈述者的中文名。
    constraints: {required: true}
  - name: stated_on
    constraints: {required: true}
  - name: stated_precision
    constraints: {required: true}
  - name: as_stated
    constraints: {required: true}
  - name: evidence
    constraints: {required: true}
  - name: publisher
    constraints: {required: true}
  - name: title
    constraints: {required: true}
  - name: url
  - name: seen_url
  - name: locator
    constraints: {required: true}
  - name: is_current
    type: boolean
    description: Whether it is the headline figure of its quantity today.
    description_zh: 是否为该数量现行的主数字。
    constraints: {required: true}
  - name: repeats
  - name: retired_on
  - name: release_added
  - name: release_retired
  - name: inputs
    constraints: {required: true}
  - name: flags
*/
with in_dollars as (
    select figure_id, lower_amount, upper_amount, conversion_method, rate_start, rate_end
    from amounts
    where currency = 'USD' and conversion_method <> 'prices_2024'
),

in_yuan as (
    select figure_id, lower_amount, upper_amount, conversion_method, rate_start, rate_end
    from amounts
    where currency = 'CNY' and conversion_method <> 'prices_2024'
),

in_conflict as (
    select figure_id from conflicts
    union
    select other_figure_id from conflicts
)

select
    figures.figure_id,
    figures.entity_id,
    entities.name_en as entity_en,
    entities.name_zh as entity_zh,
    figures.metric_id,
    metrics.name_en as metric_en,
    metrics.name_zh as metric_zh,
    metrics.family,
    figures.period_start,
    figures.period_end,
    figures.period_label,
    figures.status,
    figures.qualifier,
    figures.lower,
    figures.upper,
    figures.unit,
    in_dollars.lower_amount as lower_usd,
    in_dollars.upper_amount as upper_usd,
    in_yuan.lower_amount as lower_cny,
    in_yuan.upper_amount as upper_cny,
    coalesce(
        nullif(in_dollars.conversion_method, 'same_currency'), nullif(in_yuan.conversion_method, 'same_currency')
    ) as amount_method,
    coalesce(in_dollars.rate_start, in_yuan.rate_start) as rate_start,
    coalesce(in_dollars.rate_end, in_yuan.rate_end) as rate_end,
    figures.stated_by,
    speakers.name_en as speaker_en,
    speakers.name_zh as speaker_zh,
    figures.stated_on,
    figures.stated_precision,
    figures.as_stated,
    figures.evidence,
    sources.publisher,
    sources.title,
    sources.url,
    sources.seen_url,
    figures.locator,
    figures_current.figure_id is not null as is_current,
    figures.repeats,
    figures.retired_on,
    history.release_added,
    history.release_retired,
    array_to_string(
        list_sort(list_filter(
            [
                'figures:' || figures.figure_id,
                'sources:' || figures.source_id,
                'amounts:' || concat_ws('/', in_dollars.figure_id, 'USD', in_dollars.conversion_method),
                'amounts:' || concat_ws('/', in_yuan.figure_id, 'CNY', in_yuan.conversion_method)
            ],
            lambda input: input not in ('amounts:USD', 'amounts:CNY')
        )),
        ' '
    ) as inputs,
    nullif(
        concat_ws(' ', figure_flags.flags, case when figures.figure_id in (select figure_id from in_conflict) then 'conflict' end), ''
    ) as flags
from figures
join entities using (entity_id)
join metrics using (metric_id)
join sources using (source_id)
join figure_flags using (figure_id)
join entities as speakers on speakers.entity_id = figures.stated_by
left join figures_current using (figure_id)
left join in_dollars using (figure_id)
left join in_yuan using (figure_id)
left join history on history.table_name = 'figures' and history.row_key = figures.figure_id
order by figures.figure_id
