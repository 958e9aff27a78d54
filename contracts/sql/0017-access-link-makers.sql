-- Who made a one-time link, and when an account was entered by it, so that nobody is approved by an account that he let
-- himself into. Owner: src/backoffice/access (standing.h). No row for a link of the machine's.
alter table access_invitation add column entered_at bigint;
create index access_invitation_account on access_invitation (account);

-- `maker`: an account. Whoever entered the maker's own account by a link of his, in the week before, made it too.
create table access_invitation_maker (
  invitation text not null references access_invitation (hash),
  maker text not null,
  primary key (invitation, maker)
);

-- Earlier links: by the act of the same account and instant. Whether one was used or replaced by another was not kept:
-- all count as used.
insert into access_invitation_maker (invitation, maker)
  select distinct i.hash, o.actor from access_invitation i join outbox o on o.subject = 'account:' || i.account
    and o.at = i.made_at and o.kind in ('account.created', 'account.invited', 'account.reset_link');
update access_invitation set entered_at = used_at where used_at is not null;
