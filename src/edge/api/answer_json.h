// What is stored, as the JSON that callers get (contracts/openapi.yaml: Decision, Receipt). Called by
// ApiHandler and by whoever prints a decision. Depends on the stored bytes and the bundle they name alone:
// the same record gives the same bytes for ever.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"
#include "core/strong.h"
#include "engine/decision.h"
#include "json/writer.h"
#include "payment/entry.h"
#include "policy/bundle.h"

namespace tillwatch::api {

// `recorded` false: a dry run, which has no id and no sequence. `bundle` may be nullptr: then the reasons
// have no words.
void write_decision(json::Writer& out, const payment::EntryView& entry, const engine::Decision& decision,
                    const policy::Bundle* bundle, bool recorded);

// An event that is no transaction.
void write_receipt(json::Writer& out, const payment::EntryView& entry, core::Sequence sequence);

// The policy in force.
void write_policy(json::Writer& out, const policy::Bundle& bundle);

}  // namespace tillwatch::api
