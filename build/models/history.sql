/*
title: History
title_zh: 历史
description: "In which release each curated row first stood, in which it last stood, and in which it was first retired; read from the frozen archives."
description_zh: 每个采编行首次、最近一次出现于哪个版本，首次停用于哪个版本；读自冻结的发布档。
primaryKey: [table_name, row_key]
fields:
  - name: table_name
    type: string
    description: Curated table.
    description_zh: 采编表。
    constraints: {required: true}
  - name: row_key
    constraints: {required: true}
  - name: release_added
    type: string
    description: First release that holds the row.
    description_zh: 首个收录该行的版本。
    constraints: {required: true}
  - name: release_last
    type: string
    description: Latest release that holds the row.
    description_zh: 最近一个收录该行的版本。
    constraints: {required: true}
  - name: release_retired
    type: string
    description: First release in which the row is retired.
    description_zh: 首个将该行列为停用的版本。
*/
select
    table_name,
    row_key,
    arg_min(version, release_number) as release_added,
    arg_max(version, release_number) as release_last,
    arg_min(version, release_number) filter (is_retired) as release_retired
from archived_rows
group by table_name, row_key
order by table_name, row_key
