-- Sums over the decisions on transactions of an hour of admission, by the agent whose merchants' they are now: for the
-- first page of who sees a part of the tree. Owner: src/backoffice/registry (agent_sums.h). Kept for three days.
create table registry_agent_hour (
  agent text not null,
  hour bigint not null,
  currency text not null,
  count bigint not null,
  amount bigint not null,
  challenged bigint not null,
  declined bigint not null,
  held bigint not null,
  fired bigint not null,
  primary key (agent, hour, currency)
);
create index registry_agent_hour_hour on registry_agent_hour (hour);

-- `moved` grows whenever a merchant's agent or numbers change: whoever remembers them asks again.
create table registry_agent_mark (
  id bigint not null primary key,
  moved bigint not null
);
insert into registry_agent_mark (id, moved) values (1, 0);

insert into registry_agent_hour (agent, hour, currency, count, amount, challenged, declined, held, fired)
  select m.agent, d.admitted_at - d.admitted_at % 3600000, coalesce(d.currency, ''), count(*),
    cast(coalesce(sum(d.amount), 0) as bigint),
    cast(sum(case when d.asked_authorisation = 1 then 1 else 0 end) as bigint),
    cast(sum(case when d.asked_authorisation = 2 then 1 else 0 end) as bigint),
    cast(sum(case when d.asked_settlement = 1 then 1 else 0 end) as bigint),
    cast(sum(d.fired) as bigint)
  from decision d join registry_merchant_number n on n.number = d.merchant join registry_merchant m on m.id = n.merchant
  where d.kind = 'transaction' and m.agent is not null
    and d.admitted_at > (select max(admitted_at) from decision) - 259200000
  group by 1, 2, 3;
