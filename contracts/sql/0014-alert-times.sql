-- When the payments of an alert happened, beside when they arrived (first_at, last_at, findings_decision.at): a day's
-- file arrives the next morning, and a till that was cut off tells later. The earliest and the latest of all; of
-- alerts that are older than this step, of the payments that are kept.
alter table findings_decision add column happened_at bigint not null default 0;
alter table findings_alert add column first_happened_at bigint not null default 0;
alter table findings_alert add column last_happened_at bigint not null default 0;
update findings_decision set happened_at = coalesce(
  (select d.event_time from decision d where d.sequence = findings_decision.sequence), at);
update findings_alert set
  first_happened_at = coalesce((select min(k.happened_at) from findings_decision k where k.alert = findings_alert.id), first_at),
  last_happened_at = coalesce((select max(k.happened_at) from findings_decision k where k.alert = findings_alert.id), last_at);
