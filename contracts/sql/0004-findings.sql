-- What fired and wants a person: alerts, one for a subject, a rule and a period, whatever many decisions it
-- gathers. Owner: src/backoffice/findings. Nothing that fired is left out: it opens an alert, joins an open or
-- snoozed one, or is counted on one that was closed a short while ago (cooled).

-- `agent`: whose merchant it was when the alert was opened; '' where nobody's. `subject_kind`: the attribute
-- (merchant.id, terminal.serial, ...). `opened_sequence`: the decision that opened it. decisions = those that
-- it gathered while open, snoozed_decisions and cooled_decisions those from then. amount: at stake, of all.
create table findings_alert (
  id text not null primary key,
  version bigint not null,
  state text not null,
  severity bigint not null,
  subject_kind text not null,
  subject text not null,
  rule text not null,
  typology text not null,
  reason text not null,
  agent text not null,
  merchant text,
  terminal text,
  period bigint not null,
  opened_sequence bigint not null,
  first_at bigint not null,
  last_at bigint not null,
  decisions bigint not null,
  snoozed_decisions bigint not null,
  cooled_decisions bigint not null,
  declined bigint not null,
  amount bigint not null,
  currency text not null,
  assignee text not null,
  snoozed_until bigint,
  verdict text not null,
  verdict_by text,
  verdict_at bigint,
  cool_until bigint not null,
  previous text,
  act bigint not null
);
create index findings_alert_key on findings_alert (rule, subject, subject_kind, agent, opened_sequence);
create index findings_alert_state on findings_alert (state, id);
create index findings_alert_severity on findings_alert (state, severity, id);
create index findings_alert_rule on findings_alert (rule, state, id);
create index findings_alert_assignee on findings_alert (assignee, state, id);
create index findings_alert_agent on findings_alert (agent, state, id);
create index findings_alert_agent_all on findings_alert (agent, id);
create index findings_alert_subject on findings_alert (subject, id);
create index findings_alert_terminal on findings_alert (terminal, id);
create index findings_alert_snoozed on findings_alert (snoozed_until) where state = 'snoozed';

-- The decisions of an alert: the first fifty and the last fifty; how many there were, the alert counts.
create table findings_decision (
  alert text not null references findings_alert (id),
  slot bigint not null,
  sequence bigint not null,
  at bigint not null,
  client text,
  request_id text,
  amount bigint,
  currency text,
  primary key (alert, slot)
);

-- What people did about it, in the order of their acts.
create table findings_event (
  alert text not null references findings_alert (id),
  act bigint not null,
  at bigint not null,
  actor text not null,
  action text not null,
  value text not null,
  note text not null,
  primary key (alert, act)
);

-- What came of each rule: alerts opened, and the verdicts that stand.
create table findings_rule (
  rule text not null primary key,
  alerts bigint not null,
  fraud bigint not null,
  good bigint not null,
  unsure bigint not null
);
