-- A group's reported figure is not below the sum of what its members report on the same definition.
-- zh: 组合的实际数字不得低于其成员同口径实际数字之和。
-- Fix: read the group's figure and its members' again; one has another definition, period or digit
with members as (
    select
        groups.figure_id,
        groups.upper,
        sum(parts.lower) as members_sum
    from figures_current as groups
    join relations on relations.to_id = groups.entity_id and relations.role = 'member_of'
    join figures_current as parts
        on parts.entity_id = relations.from_id and parts.metric_id = groups.metric_id and parts.unit = groups.unit
        and parts.period_start = groups.period_start and parts.period_end = groups.period_end
        and parts.status_family = groups.status_family
    join metrics on metrics.metric_id = groups.metric_id
    where groups.status_family = 'realised' and metrics.adds_across_entities
    group by all
)

select
    'figures' as table_name,
    figure_id as row_key,
    'upper' as field,
    upper::varchar as found,
    concat('is below the sum of its members, ', members_sum) as expected
from members
where upper < 0.995 * members_sum
