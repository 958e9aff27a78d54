-- The policy room: versions that were in force, those that wait for their time, and drafts. Owner:
-- src/backoffice/rulebook. A version is never changed: what it holds is found by its hash.

-- Packed files (docs/formats: bundle) by the SHA-256 of their bytes: policies, and the scenarios beside them.
create table rulebook_pack (
  hash text not null primary key,
  packed bytea not null,
  kept_at bigint not null
);

-- state: scheduled, in_force, replaced, cancelled (a newer one took its place before its time). `act`: the
-- swap that the engine was told; 0 before. `draft`, `proposal`: '' for the first, adopted from a folder.
create table rulebook_version (
  number bigint not null primary key,
  policy text not null references rulebook_pack (hash),
  scenarios text not null references rulebook_pack (hash),
  state text not null,
  draft text not null,
  proposal text not null,
  author text not null,
  reason text not null,
  made_at bigint not null,
  effective_at bigint not null,
  act bigint not null
);
create unique index rulebook_version_in_force on rulebook_version (state) where state = 'in_force';
create index rulebook_version_due on rulebook_version (effective_at, number) where state = 'scheduled';

-- state: open, proposed, published, dropped. `tested`: the hashes of the files that were tested; '' for none.
-- `despite`, `take_effect`: as it was proposed.
create table rulebook_draft (
  id text not null primary key,
  version bigint not null,
  title text not null,
  author text not null,
  based_on bigint not null,
  state text not null,
  made_at bigint not null,
  changed_at bigint not null,
  proposal text not null,
  despite text not null,
  take_effect bigint not null,
  tested text not null,
  scenarios bigint not null,
  failed bigint not null
);

create table rulebook_file (
  draft text not null references rulebook_draft (id),
  name text not null,
  content text not null,
  primary key (draft, name)
);
