-- What the columns of a table mean: the dictionary is in the file
-- zh: 某张表各列的含义：字典就在文件里
select column_name, data_type, comment
from duckdb_columns()
where table_name = 'statements'
order by column_index;
