-- Accounts, their roles and factors, sessions, tries to sign in, and changes that wait for a second person.
-- Owner: src/backoffice/access. Secrets of sessions, devices and invitations are stored as SHA-256 only: each
-- has 256 random bits. Names of people and seeds of factors are sealed (docs/formats/data-keys.md).

create table access_account (
  id text not null primary key,
  version bigint not null,
  sign_in text not null,
  shown_name bytea not null,
  language text not null check (language in ('zh', 'en')),
  state text not null check (state in ('invited', 'active', 'disabled')),
  password text not null,
  password_set_at bigint,
  created_at bigint not null,
  created_by text not null,
  seen_at bigint,
  act bigint not null
);
create unique index access_account_sign_in on access_account (sign_in);

-- A role of an account, everywhere ('*') or in the subtree of one agent.
create table access_grant (
  account text not null references access_account (id),
  role text not null,
  agent text not null,
  granted_by text not null,
  granted_at bigint not null,
  primary key (account, role, agent)
);

-- `kind` leaves room for passkeys. `last_step`: the newest time step of TOTP that was used; each once.
create table access_factor (
  id text not null primary key,
  account text not null references access_account (id),
  kind text not null check (kind in ('totp', 'passkey')),
  secret bytea not null,
  created_at bigint not null,
  confirmed_at bigint,
  last_step bigint not null
);
create index access_factor_account on access_factor (account);

create table access_recovery_code (
  account text not null references access_account (id),
  hash text not null,
  made_at bigint not null,
  used_at bigint,
  primary key (account, hash)
);

-- `purpose`: owner (the first account, which this makes), invite, reset.
create table access_invitation (
  hash text not null primary key,
  purpose text not null check (purpose in ('owner', 'invite', 'reset')),
  account text,
  made_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);

create table access_device (
  id text not null primary key,
  account text not null references access_account (id),
  hash text not null,
  made_at bigint not null,
  seen_at bigint not null
);
create unique index access_device_hash on access_device (hash);

create table access_session (
  id text not null primary key,
  hash text not null,
  account text not null references access_account (id),
  state text not null check (state in ('factor_needed', 'enrol_factor', 'signed_in')),
  csrf text not null,
  made_at bigint not null,
  seen_at bigint not null,
  factor_at bigint,
  ended_at bigint,
  address text not null,
  user_agent text not null,
  device text
);
create unique index access_session_hash on access_session (hash);
create index access_session_account on access_session (account, id);

-- One row per try that was let through to the password hash; rows older than the longest span are removed.
create table access_try (
  bucket text not null,
  at bigint not null,
  number bigint not null,
  primary key (bucket, at, number)
);

-- A change that one person wants and another must approve. `hash`: SHA-256 of the exact change.
create table access_proposal (
  id text not null primary key,
  version bigint not null,
  kind text not null,
  target text not null,
  target_version text not null,
  change text not null,
  hash text not null,
  reason text not null,
  state text not null check (state in ('open', 'approved', 'rejected', 'withdrawn', 'replaced', 'void', 'consumed')),
  author text not null references access_account (id),
  made_at bigint not null,
  expires_at bigint not null,
  decided_by text references access_account (id),
  decided_at bigint,
  decided_reason text,
  cooling_until bigint,
  consumed_at bigint,
  ratified_by text references access_account (id),
  ratified_at bigint,
  constraint access_proposal_two_people check (decided_by is null or decided_by <> author),
  constraint access_proposal_approved check (state <> 'approved' or decided_by is not null),
  constraint access_proposal_alone check (state <> 'consumed' or decided_by is not null
                                          or (cooling_until is not null and consumed_at >= cooling_until)),
  constraint access_proposal_ratified check (ratified_by is null or ratified_by <> author)
);
create index access_proposal_state on access_proposal (state, id);
create index access_proposal_target on access_proposal (kind, target, id);

create table access_setting (
  name text not null primary key,
  value text not null
);
