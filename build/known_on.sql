-- Takes out of the curated tables what the world had not yet learned on the day of the variable `day`. A report of a statement is
-- known when it is printed; a year's price index counts as known a full year after that year's end. Names, groups and definitions
-- are today's, and so are our corrections and grades.
delete from figures
where
    stated_on > getvariable('day')
    or (repeats is not null and source_id in (select source_id from sources where published_on > getvariable('day')));
delete from fx_rates where rate_date > getvariable('day');
delete from price_index where year >= year(getvariable('day')) - 1;
update sources set accessed_on = least(accessed_on, getvariable('day'));
