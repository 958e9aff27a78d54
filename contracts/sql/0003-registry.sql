-- Who is who: agents, reps, merchants, terminals, settlement accounts, persons, channels. Owner:
-- src/backoffice/registry; its entity_table.cpp lists the same columns. Nothing is ever deleted: states end.
-- `act`: the last act of the outbox about the row; what the engine must know is effective once that act is.
-- Personal fields are sealed (docs/formats/data-keys.md); they are found by registry_tag.

create table registry_agent (
  id text not null primary key,
  version bigint not null,
  act bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  status text not null,
  name text not null,
  code text,
  parent text references registry_agent (id),
  filing_number text,
  filing_state text not null,
  filing_until bigint,
  region text,
  contact text,
  note text
);
create unique index registry_agent_code on registry_agent (code);
create index registry_agent_parent on registry_agent (parent);

-- Each agent under each of those above it, itself included (depth 0).
create table registry_agent_closure (
  ancestor text not null references registry_agent (id),
  descendant text not null references registry_agent (id),
  depth bigint not null,
  primary key (ancestor, descendant)
);
create index registry_agent_closure_up on registry_agent_closure (descendant, depth);

create table registry_rep (
  id text not null primary key,
  version bigint not null,
  act bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  status text not null,
  agent text references registry_agent (id),
  code text,
  name bytea not null,
  phone bytea,
  note text
);
create unique index registry_rep_code on registry_rep (code);
create index registry_rep_agent on registry_rep (agent, id);

create table registry_merchant (
  id text not null primary key,
  version bigint not null,
  act bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  status text not null,
  agent text references registry_agent (id),
  name text not null,
  short_name text,
  kind text not null,
  uscc text,
  mcc text,
  risk_tier text not null,
  region text,
  city text,
  address text,
  latitude_e6 bigint,
  longitude_e6 bigint,
  opens_minute bigint,
  closes_minute bigint,
  single_limit bigint,
  daily_limit bigint,
  monthly_limit bigint,
  declared_daily bigint,
  price_list bigint,
  promotion_until bigint,
  verified_at bigint,
  boarded_at bigint,
  rep text references registry_rep (id),
  legal_person text,
  contact text,
  settlement_account text,
  note text
);
create index registry_merchant_agent on registry_merchant (agent, id);
create index registry_merchant_status on registry_merchant (status, id);
create index registry_merchant_uscc on registry_merchant (uscc);

-- What traffic calls a merchant, channel by channel. The engine tells merchants by the number alone, so a
-- number belongs to one merchant.
create table registry_merchant_number (
  number text not null primary key,
  channel text not null,
  merchant text not null references registry_merchant (id),
  since bigint not null
);
create index registry_merchant_number_of on registry_merchant_number (merchant, channel, number);

-- The id is the hardware serial: it is burnt in and stays.
create table registry_terminal (
  id text not null primary key,
  version bigint not null,
  act bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  status text not null,
  agent text references registry_agent (id),
  merchant text references registry_merchant (id),
  tid text,
  tusn text,
  model text,
  kind text not null,
  address text,
  latitude_e6 bigint,
  longitude_e6 bigint,
  activated_at bigint,
  note text
);
create index registry_terminal_agent on registry_terminal (agent, id);
create index registry_terminal_status on registry_terminal (status, id);
create index registry_terminal_merchant on registry_terminal (merchant, id);
create index registry_terminal_tid on registry_terminal (tid);

-- Where a terminal stood from when to when, and under which logical number: the number is used again.
create table registry_terminal_binding (
  terminal text not null references registry_terminal (id),
  since bigint not null,
  act bigint not null,
  until bigint,
  merchant text not null references registry_merchant (id),
  tid text,
  reason text,
  primary key (terminal, act)
);
create index registry_terminal_binding_merchant on registry_terminal_binding (merchant, since);

create table registry_account (
  id text not null primary key,
  version bigint not null,
  act bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  status text not null,
  agent text references registry_agent (id),
  merchant text references registry_merchant (id),
  kind text not null,
  bank text,
  number bytea not null,
  holder bytea not null,
  same_name bigint,
  note text
);
create index registry_account_agent on registry_account (agent, id);
create index registry_account_merchant on registry_account (merchant, id);

create table registry_person (
  id text not null primary key,
  version bigint not null,
  act bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  status text not null,
  agent text references registry_agent (id),
  name bytea not null,
  phone bytea,
  identity_kind text not null,
  identity_number bytea,
  note text
);
create index registry_person_agent on registry_person (agent, id);

create table registry_channel (
  id text not null primary key,
  version bigint not null,
  act bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  status text not null,
  name text not null,
  acquirer text,
  day_cut_minute bigint,
  note text
);

-- Every change, field by field. Of a personal field only that it changed: before and after are NULL.
create table registry_change (
  entity text not null,
  id text not null,
  act bigint not null,
  field text not null,
  version bigint not null,
  at bigint not null,
  actor text not null,
  action text not null,
  before_value text,
  after_value text,
  reason text,
  primary key (entity, id, act, field)
);

-- What a search finds: names from each of their characters on, numbers, serials and their last six. Bytes, so
-- that a range of keys is a prefix on both engines.
create table registry_key (
  key bytea not null,
  form text not null,
  entity text not null,
  id text not null,
  agent text,
  primary key (key, form, entity, id)
);
create index registry_key_of on registry_key (entity, id);

-- Keyed hashes of personal values, whole and by their last four.
create table registry_tag (
  tag text not null,
  entity text not null,
  id text not null,
  field text not null,
  form text not null,
  agent text,
  primary key (tag, entity, id, field, form)
);
create index registry_tag_of on registry_tag (entity, id);

-- Seen in traffic and not in the registry.
create table registry_seen (
  entity text not null,
  id text not null,
  first_at bigint not null,
  last_at bigint not null,
  transactions bigint not null,
  merchant text,
  agent text,
  primary key (entity, id)
);
create index registry_seen_last on registry_seen (entity, last_at, id);
