-- What people put on the policy's lists: blocked cards, muted merchants, exceptions. Owner: src/backoffice/rulebook.
-- Rows are never deleted: an item that ended stays as its list's history. What is in force is the engine's; `act`
-- and `end_act` say when it was told.

-- `value`: as traffic has it in the list's attribute; never a card number, but a card's keyed reference. `shown`: what
-- people see of it, of a card its masked digits. `decision`: where the value was taken from; 0: somebody wrote it.
-- `owner` answers for it. `reason`: a code,
-- which decisions repeat; `note`: in words, for people only. expires_at, ended_at: 0 for never, not yet. `proposal`,
-- `end_proposal`: '' where one person was enough. end_word: removed, replaced (by a later item of the same value),
-- expired.
create table rulebook_list_item (
  id text not null primary key,
  list text not null,
  value text not null,
  shown text not null,
  decision bigint not null,
  owner text not null,
  reason text not null,
  note text not null,
  expires_at bigint not null,
  made_by text not null,
  made_at bigint not null,
  act bigint not null,
  proposal text not null,
  ended_at bigint not null,
  end_word text not null,
  ended_by text not null,
  end_note text not null,
  end_act bigint not null,
  end_proposal text not null
);
create unique index rulebook_list_item_standing on rulebook_list_item (list, value) where ended_at = 0;
create index rulebook_list_item_open on rulebook_list_item (list, id) where ended_at = 0;
create index rulebook_list_item_all on rulebook_list_item (list, id);
create index rulebook_list_item_value on rulebook_list_item (list, value, id);
