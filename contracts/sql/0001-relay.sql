-- The tie between this database and the journal: docs/decisions/0032. Owner: src/edge/relay.

-- One row. Whoever appends an act locks it until his transaction ends: numbers have no gaps and their order
-- is the order of commits. `epoch` names this database for ever; '' until it is first used.
create table outbox_counter (
  id bigint primary key check (id = 1),
  epoch text not null,
  last bigint not null
);
insert into outbox_counter (id, epoch, last) values (1, '', 0);

-- Acts of people. `entry`: what the engine shall step, in the form of docs/formats/entry.md; NULL for an act
-- that it only counts. `sequence`: where the journal has it, NULL until then; written by the projector only.
-- `refusal`: why the entry was not made.
create table outbox (
  number bigint primary key,
  kind text not null check (kind <> ''),
  actor text not null,
  subject text not null,
  detail text not null,
  at bigint not null,
  entry bytea,
  digest text not null,
  sequence bigint,
  refusal text
);
create index outbox_actor on outbox (actor, number);
create index outbox_subject on outbox (subject, number);
create index outbox_requested on outbox (number) where sequence is null;

-- One row: what has been projected from the journal. `digest` is that of the record at `sequence`, so that
-- another journal is recognised.
create table projector_position (
  id bigint primary key check (id = 1),
  sequence bigint not null,
  digest text not null
);
insert into projector_position (id, sequence, digest) values (1, 0, '');
