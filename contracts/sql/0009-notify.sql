-- What leaves the house: webhooks that others registered for, mail to people, and what became of each message.
-- Owner: src/backoffice/notify. Secrets, the mail server's password and people's addresses are sealed
-- (docs/formats/data-keys.md).

-- `state`: on; off (by a person); disabled (by us, after days of failure or by the receiver's 410). `failures`:
-- tries that failed in a row; `dropped`: messages that were not made because too many waited.
create table notify_webhook (
  id text not null primary key,
  version bigint not null,
  name text not null,
  url text not null,
  severity_min bigint not null,
  state text not null check (state in ('on', 'off', 'disabled')),
  made_by text not null,
  made_at bigint not null,
  failures bigint not null,
  failing_since bigint,
  delivered_at bigint,
  disabled_at bigint,
  dropped bigint not null
);

-- All that have not ended sign.
create table notify_secret (
  id text not null primary key,
  webhook text not null references notify_webhook (id),
  secret bytea not null,
  made_at bigint not null,
  ends_at bigint
);
create index notify_secret_webhook on notify_secret (webhook);

-- A row is made in the transaction of what it tells of. `target`: the webhook, or the account that gets mail.
create table notify_message (
  id text not null primary key,
  channel text not null check (channel in ('webhook', 'mail')),
  target text not null,
  kind text not null,
  subject text not null,
  body text not null,
  made_at bigint not null,
  state text not null check (state in ('waiting', 'delivered', 'given_up')),
  tries bigint not null,
  due_at bigint not null,
  settled_at bigint
);
create index notify_message_due on notify_message (target, due_at) where state = 'waiting';
create index notify_message_list on notify_message (target, id);
create index notify_message_settled on notify_message (settled_at) where state <> 'waiting';

create table notify_try (
  message text not null references notify_message (id),
  number bigint not null,
  at bigint not null,
  status bigint not null,
  trouble text not null,
  took_ms bigint not null,
  primary key (message, number)
);

-- The mail server: one row, id 'mail'.
create table notify_mail_server (
  id text not null primary key check (id = 'mail'),
  version bigint not null,
  host text not null,
  port bigint not null,
  security text not null check (security in ('tls', 'start_tls', 'none')),
  sign_in text not null,
  password bytea,
  sender text not null
);

-- `told`: the newest alert that the last digest looked at. `due_at`: not before then is there another one.
create table notify_mail_receiver (
  id text not null primary key references access_account (id),
  address bytea not null,
  severity_min bigint not null,
  every_minutes bigint not null,
  told text not null,
  due_at bigint not null
);
