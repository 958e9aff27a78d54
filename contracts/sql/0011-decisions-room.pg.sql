-- What the decisions room asks for beside 0007: decisions on which the policy asked for more than to allow. In
-- agent mode the effective outcome stays quiet, so that its index does not help.
create index decision_asked on decision (asked_authorisation, sequence) where asked_authorisation > 0;
create index outbox_kind on outbox (kind, number);
