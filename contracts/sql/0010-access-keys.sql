-- Keys of programs that ask the engine, room for passkeys, and when somebody was told that his account is about
-- to rest. Owner: src/backoffice/access.

-- `hash`: SHA-256 of the whole key, in hexadecimal; the key itself is shown once. `scopes`: words with commas.
create table access_api_key (
  id text not null primary key,
  name text not null,
  scopes text not null,
  made_at bigint not null,
  made_by text not null,
  expires_at bigint not null,
  revoked_at bigint,
  revoked_by text,
  hash text not null,
  act bigint not null
);
create index access_api_key_name on access_api_key (name, id);

-- A passkey is a factor of kind 'passkey' with its credential; nothing writes it yet. `secret` of the factor
-- is empty then, sealed like any other.
create table access_passkey (
  factor text not null primary key references access_factor (id),
  credential text not null,
  public_key bytea not null,
  algorithm bigint not null,
  counter bigint not null,
  backed_up bigint not null,
  shown_name bytea not null,
  used_at bigint
);
create unique index access_passkey_credential on access_passkey (credential);

alter table access_account add column warned_at bigint;
