#include "pipeline/admission.h"

#include <array>

namespace tillwatch::pipeline {

using payment::AttributeId;
using payment::EntryBuilder;
using payment::EntryKind;
using payment::Value;

namespace {

// What an outcome, label, refund or reversal takes over from the transaction it is about.
constexpr auto inherited = std::to_array<AttributeId>({
    AttributeId::card_reference,  AttributeId::card_previous_reference,
    AttributeId::card_identity,   AttributeId::card_bin,
    AttributeId::card_masked,     AttributeId::card_funding,
    AttributeId::card_issuer,     AttributeId::card_country,
    AttributeId::merchant_id,     AttributeId::merchant_mcc,
    AttributeId::merchant_region, AttributeId::merchant_city,
    AttributeId::terminal_id,     AttributeId::terminal_serial,
    AttributeId::agent_id,        AttributeId::agent_rep,
    AttributeId::channel_id,      AttributeId::account_id,
    AttributeId::person_id,       AttributeId::amount,
    AttributeId::currency,        AttributeId::tx_instrument,
});

bool names_original(EntryKind kind) {
  return kind == EntryKind::outcome || kind == EntryKind::label || kind == EntryKind::transaction;
}

void judge_time(EntryBuilder& entry, core::TimeMs admitted_at, const AdmissionRules& rules,
                AdmissionNote& note) {
  payment::EntryHeader& header = entry.header;
  header.admitted_at = admitted_at;
  header.flags &= payment::flag_history | payment::flag_event_time_missing;
  if ((header.flags & payment::flag_event_time_missing) != 0) header.event_time = admitted_at;
  header.raw_event_time = header.event_time;
  if (header.history()) return;
  if (header.event_time >= admitted_at - rules.past_ms_max &&
      header.event_time <= admitted_at + rules.future_ms_max)
    return;
  header.event_time = admitted_at;
  header.flags |= payment::flag_event_time_replaced;
  note.event_time_replaced = true;
}

}  // namespace

payment::Digest128 original_key(const EntryBuilder& entry) {
  const Value original = entry.get(AttributeId::tx_original_id);
  if (original.absent() || !names_original(entry.header.kind)) return {};
  EntryBuilder probe;
  probe.header.kind = EntryKind::transaction;
  const Value client = entry.get(AttributeId::client);
  if (!client.absent()) probe.set(AttributeId::client, client);
  probe.set(AttributeId::id, original);
  core::Bytes bytes;
  payment::EntryView view;
  if (!probe.encode(bytes) || !view.decode(bytes)) return {};
  return payment::key_of(view);
}

void complete_from(EntryBuilder& entry, const payment::EntryView& original) {
  const bool own_card = !entry.get(AttributeId::card_reference).absent();
  for (const AttributeId id : inherited) {
    const bool of_card = id == AttributeId::card_reference || id == AttributeId::card_previous_reference ||
                         id == AttributeId::card_identity || id == AttributeId::card_masked ||
                         id == AttributeId::card_bin || id == AttributeId::card_funding ||
                         id == AttributeId::card_issuer || id == AttributeId::card_country;
    if (of_card && own_card) continue;
    if (original.has(id) && entry.get(id).absent()) entry.set(id, original.get(id));
  }
  if (original.has(AttributeId::amount))
    entry.set(AttributeId::tx_original_amount, original.get(AttributeId::amount));
  if (original.has(AttributeId::card_reference))
    entry.set(AttributeId::tx_original_card_reference, original.get(AttributeId::card_reference));
}

void set_base_amount(EntryBuilder& entry, std::string_view base_currency) {
  const Value amount = entry.get(AttributeId::amount);
  const Value currency = entry.get(AttributeId::currency);
  if (!amount.absent() && (currency.absent() || currency.text() == base_currency))
    entry.set(AttributeId::amount_base, amount);
}

core::Result<AdmissionNote> admit(EntryBuilder& entry, core::TimeMs admitted_at, const AdmissionRules& rules,
                                  const FindOriginal& find_original) {
  const EntryKind kind = entry.header.kind;
  if (kind == EntryKind::tick || kind == EntryKind::decision || kind == EntryKind::policy_swap ||
      kind == EntryKind::act)
    return core::fail(
        core::ErrorCode::denied, "kind",
        "entries of kind '" + std::string(payment::name_of(kind)) + "' are made by the server itself");
  AdmissionNote note;
  judge_time(entry, admitted_at, rules, note);
  const payment::Digest128 key = original_key(entry);
  if (key != payment::Digest128{}) {
    TRY(found, find_original(key));
    TRY_STATUS(payment::keep_content_digest(entry));
    payment::EntryView original;
    if (found) {
      TRY_STATUS(original.decode(*found));
      complete_from(entry, original);
    } else {
      entry.header.flags |= payment::flag_orphan;
      note.orphan = true;
    }
  }
  set_base_amount(entry, rules.base_currency);
  return note;
}

}  // namespace tillwatch::pipeline
