-- Every dossier row leads to a figure or to a rejected number.
-- zh: 底稿每一行都指向一个数字或一个未收录的数字。
-- Fix: correct row_id or intake_outcome; a repeat is a figure that repeats another
select
    'intake' as table_name,
    intake.dossier_row::varchar as row_key,
    'row_id' as field,
    intake.row_id as found,
    concat('is not what the outcome ', intake.intake_outcome, ' needs') as expected
from intake
left join figures on figures.figure_id = intake.row_id
left join rejected on rejected.rejected_id = intake.row_id
where case intake.intake_outcome
    when 'rejected' then rejected.rejected_id is null
    when 'repeat' then figures.repeats is null
    else figures.figure_id is null
end
