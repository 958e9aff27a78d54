-- What the desk searches of the journal: written by the projector of src/edge/relay only, in the order of the
-- journal, never changed, deleted from the oldest on (retention). The journal has the whole of it.
-- On SQLite an `integer primary key` is the row's own number: one tree instead of two, and every index ends with it, so
-- that `where merchant = $1 and sequence < $2 order by sequence desc` is one walk along decision_merchant.

-- One row for each decision. Times in milliseconds since 1970. Outcome in the numbers of
-- docs/formats/decision.md: authorisation 0 allow, 1 challenge, 2 decline; settlement 0 release, 1 hold;
-- subject 0 none, 1 watch, 2 restrict, 3 suspend. What the rules asked for is in asked_*: in agent mode the
-- effective outcome stays quiet. severity: the highest of the live hits, 0 where there is none. fired: 1 where
-- a live rule or a standing fact weighed in.
create table decision (
  sequence integer primary key,
  admitted_at bigint not null,
  event_time bigint not null,
  kind text not null,
  client text,
  request_id text,
  merchant text,
  terminal text,
  agent text,
  channel text,
  card bigint,
  card_masked text,
  amount bigint,
  currency text,
  amount_base bigint,
  tx_type text,
  tx_response text,
  original_id text,
  authorisation bigint not null,
  settlement bigint not null,
  subject bigint not null,
  asked_authorisation bigint not null,
  asked_settlement bigint not null,
  asked_subject bigint not null,
  severity bigint not null,
  score_ppm bigint not null,
  fired bigint not null
);
create index decision_event_time on decision (event_time);
create index decision_merchant on decision (merchant) where merchant is not null;
create index decision_terminal on decision (terminal) where terminal is not null;
create index decision_agent on decision (agent) where agent is not null;
create index decision_card on decision (card) where card is not null;
create index decision_request on decision (request_id) where request_id is not null;
create index decision_fired on decision (fired);
create index decision_authorisation on decision (authorisation);

-- One row for each rule of a decision that matched, shadow rules too. cause: 0 matched, 1 unknown, 2 error.
create table decision_hit (
  sequence bigint not null,
  rule text not null,
  typology text not null,
  reason text not null,
  severity bigint not null,
  shadow bigint not null,
  cause bigint not null,
  confidence_ppm bigint not null,
  primary key (sequence, rule)
);
create index decision_hit_rule on decision_hit (rule, sequence);
create index decision_hit_typology on decision_hit (typology, sequence);

-- Lists, restrictions and other standing facts that weighed in, in their order. effect as in
-- docs/formats/decision.md; about: the attribute, never its value.
create table decision_standing (
  sequence bigint not null,
  place bigint not null,
  effect bigint not null,
  name text not null,
  about text not null,
  reason text not null,
  expires_at bigint not null,
  primary key (sequence, place)
);

-- What was told later about a transaction: outcomes and labels. orphan: 1 where the transaction was not there
-- yet; it is entered again, completed, under another sequence when it comes.
create table later_word (
  sequence integer primary key,
  admitted_at bigint not null,
  event_time bigint not null,
  kind text not null,
  client text,
  original_id text,
  merchant text,
  terminal text,
  outcome_approved bigint,
  outcome_code text,
  label_type text,
  label_fraud bigint,
  label_source text,
  orphan bigint not null,
  act bigint
);
create index later_word_original on later_word (original_id, client) where original_id is not null;

-- Sums over the decisions on transactions of an hour of admission (hour: its first millisecond), for pages that
-- must not count millions of rows.
create table decision_hour (
  hour bigint not null,
  currency text not null,
  count bigint not null,
  amount bigint not null,
  challenged bigint not null,
  declined bigint not null,
  held bigint not null,
  fired bigint not null,
  primary key (hour, currency)
);
