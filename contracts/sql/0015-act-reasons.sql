-- Why an act was done, in a person's words, where no row of its own has them. Owner: src/edge/relay. Words stay in this
-- database: neither the journal nor its digest has them.
create table outbox_reason (
  number bigint not null primary key,
  reason text not null
);
