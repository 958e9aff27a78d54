-- Indexes of decisions that stay cheap to write however many there are: by era, a stretch of 65,536 sequences
-- (src/edge/relay/eras.h says the same). Only the newest era is written, so its part of each index stays in memory;
-- a reader asks the eras one after the other. What is 0 nearly always is indexed only where it is not.
drop index decision_merchant;
drop index decision_terminal;
drop index decision_agent;
drop index decision_card;
drop index decision_request;
drop index decision_fired;
drop index decision_authorisation;
create index decision_merchant on decision ((sequence >> 16), merchant) where merchant is not null;
create index decision_terminal on decision ((sequence >> 16), terminal) where terminal is not null;
create index decision_agent on decision ((sequence >> 16), agent) where agent is not null;
create index decision_card on decision ((sequence >> 16), card) where card is not null;
create index decision_request on decision ((sequence >> 16), request_id) where request_id is not null;
create index decision_fired on decision (fired) where fired = 1;
