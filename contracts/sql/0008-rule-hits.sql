-- How often each rule matched, by the day of admission (UTC, days since 1970), and which rules the engine has
-- taken to shadow because they passed their ceiling. Written by the projector only; owner:
-- src/backoffice/rulebook. Kept when decisions are retired: the sums are small.
create table rulebook_rule_day (
  rule text not null,
  day bigint not null,
  hits bigint not null,
  shadow_hits bigint not null,
  primary key (rule, day)
);
insert into rulebook_rule_day (rule, day, hits, shadow_hits)
  select h.rule, d.admitted_at / 86400000, sum(1 - h.shadow), sum(h.shadow)
  from decision_hit h join decision d on d.sequence = h.sequence
  group by h.rule, d.admitted_at / 86400000;

-- A policy that comes into force empties it: its rules begin in their own modes.
create table rulebook_dropped (
  rule text not null primary key,
  sequence bigint not null,
  at bigint not null
);
