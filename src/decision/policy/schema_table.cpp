// The members of policy files (schema.h). Data only.
#include "core/limits.h"
#include "policy/schema.h"
#include "policy/vocabulary.h"

namespace tillwatch::policy {
namespace {

using enum MemberKind;

constexpr MemberRule file_members[] = {
    {"policy", text, false, "Name of the pack; in one of its files."},
    {"builds_on", text, false, "Folder of the pack below, as seen from this one: ../acquiring-first."},
    {"version", integer, false, "Counts up with each change.", {}, {}, 0, 1'000'000'000},
    {"authority", choice, false, "acquirer: the outcome takes effect; agent: it is a request.",
     vocabulary::authorities},
    {"base_currency", text, false, "ISO 4217 code of amount_base and of parameters with unit: money."},
    {"utc_offset_minutes", integer, false, "Of local.hour and of calendar windows.", {}, {}, -840, 840},
    {"description", wording, false, "What the pack is for."},
    {"attributes", list, false, "A site's own attributes of entries.", {}, "attribute"},
    {"registered",
     list,
     false,
     "What the registry tells about merchants, terminals and others.",
     {},
     "registered fact"},
    {"parameters", list, false, "Limits, each with unit, source and dates.", {}, "parameter"},
    {"features", list, false, "What is counted over windows.", {}, "feature"},
    {"lists", list, false, "Lists of cards, merchants, terminals.", {}, "list"},
    {"derived", list, false, "Values computed from others, in order.", {}, "derived value"},
    {"rules", list, false, "Rules, evaluated in order.", {}, "rule"},
    {"outcomes", list, false, "What the caller's host makes of each outcome.", {}, "outcome"},
    {"messages", list, false, "What a merchant may be told of each reason.", {}, "message"},
    {"overrides", list, false, "What this pack changes of the rules below.", {}, "rule override"},
    {"score", object, false, "Thresholds of the score.", {}, "score"},
};
constexpr MemberRule attribute_members[] = {
    {"name", text, true, "As expressions write it: loyalty.tier."},
    {"type", choice, false, "Default: string.", vocabulary::types},
    {"unit", unit, false, "What a number counts."},
};
constexpr MemberRule registered_members[] = {
    {"entity", choice, true, "Whom the fact is about.", vocabulary::entities},
    {"name", text, true, "Of the fact: registered_merchant.NAME."},
    {"type", choice, false, "Default: string.", vocabulary::types},
    {"unit", unit, false, "What a number counts."},
};
constexpr MemberRule parameter_members[] = {
    {"name", text, true,
     "param.NAME in expressions; may stand several times with dates that do not overlap."},
    {"unit", unit, false, "What the number counts: money (分), yuan (元), share, duration, count, ..."},
    {"source", text, true, "Which rule, contract or back-test the value comes from."},
    {"effective_from", date, false, "The first instant at which the value counts."},
    {"effective_to", date, false, "The first instant at which it no longer counts."},
    {"value", scalar, true, "A number, true or false, a text; a duration such as 10m with unit: duration."},
};
constexpr MemberRule feature_members[] = {
    {"name", text, true, "As expressions write it."},
    {"of", choices, false, "Kinds of entries that are counted. Default: transaction.", vocabulary::kinds},
    {"key", texts, true, "One to four attributes: [card.id, merchant.id]."},
    {"where", expression, false, "Which entries are counted; about the source entry."},
    {"aggregate", choice, true, "What is computed.", vocabulary::aggregates},
    {"value", expression, false, "Over what; about the source entry."},
    {"window", window, true, "A duration up to 400d, day or month."},
    {"empty", number, false, "The value over an empty window, where the aggregate has none."},
    {"n", integer, false, "previous: the n-th before; top_share: of how many.", {}, {}, 1, 16},
    {"k", integer, false, "Another name of n.", {}, {}, 1, 16},
    {"budget",
     integer,
     false,
     "Entries of a key that stay exact.",
     {},
     {},
     1,
     core::limits::window_entries_per_key_max},
    {"mode", choice, false, "bucketed: beyond its budget with a stated bound.", vocabulary::window_modes},
    {"unit", unit, false, "What it counts; inferred where it is not said."},
};
constexpr MemberRule list_members[] = {
    {"name", text, true, "listed.NAME in expressions."},
    {"of", text, true, "The attribute whose values stand on it."},
    {"effect", choice, false, "Default: none.", vocabulary::effects},
};
constexpr MemberRule derived_members[] = {
    {"name", text, true, "As expressions below it write it."},
    {"value", expression, true, "May read everything that stands above."},
    {"unit", unit, false, "What it counts; inferred where it is not said."},
};
constexpr MemberRule rule_members[] = {
    {"id", text, true, "Unique; decisions name it for ever."},
    {"typology", text, false, "The pattern it looks for: T07."},
    {"title", wording, true, "A few words."},
    {"on", choices, false, "Kinds of entries that it decides on. Default: transaction.", vocabulary::kinds},
    {"when", expression, true, "The condition."},
    {"action", object, true, "What it asks for.", {}, "action"},
    {"severity", integer, false, "1 to 4.", {}, {}, 1, 4},
    {"confidence", share, false, "How sure it is."},
    {"weight", share, false, "Its weight in the score."},
    {"reason", text, true, "Category that may be told to a merchant."},
    {"mode", choice, false, "shadow: without effect.", vocabulary::modes},
    {"on_error", choice, false, "Where the condition has no answer.", vocabulary::on_troubles},
    {"on_unknown", choice, false, "Where a value is unknown.", vocabulary::on_troubles},
    {"ceiling", share, false, "Share of hits above which it drops to shadow."},
    {"effective_from", date, false, "The first instant at which it counts."},
    {"effective_to", date, false, "The first instant at which it no longer counts."},
    {"text", wording, true, "The sentence for the desk; {name} shows a value."},
    {"evidence", texts, false, "What has to be collected."},
};
constexpr MemberRule outcome_members[] = {
    {"authorisation", choice, true, "The outcome.", vocabulary::authorisations},
    {"code", text, false, "The host's response code: 59."},
    {"title", wording, false, "A few words for receipts and screens."},
};
constexpr MemberRule message_members[] = {
    {"reason", text, true, "The reason category of rules."},
    {"text", wording, true, "What a merchant may be told: no threshold, no method."},
};
constexpr MemberRule override_members[] = {
    {"rule", text, true, "Id of a rule of the pack below."},
    {"mode", choice, false, "Its mode here.", vocabulary::modes},
    {"ceiling", share, false, "Its ceiling here."},
    {"effective_from", date, false, "From when on it counts here."},
    {"effective_to", date, false, "Until when it counts here."},
};
constexpr MemberRule score_members[] = {
    {"challenge_at", share, false, "At this score a challenge is asked for."},
    {"decline_at", share, false, "At this score a decline is asked for."},
};
constexpr MemberRule action_members[] = {
    {"acquirer",
     object,
     false,
     "What it asks for where the authority is the acquirer's; `agent` has to stand beside it.",
     {},
     "lattices"},
    {"agent", object, false, "What it asks for where the authority is an agent's.", {}, "lattices"},
    {"authorisation", choice, false, "Default: allow.", vocabulary::authorisations},
    {"settlement", choice, false, "Default: release.", vocabulary::settlements},
    {"subject", choice, false, "Default: none.", vocabulary::subjects},
    {"of", text, false, "Attribute of whom a restrict or suspend binds."},
    {"for", duration, false, "For how long. Default: 24h."},
};

constexpr SectionRule sections[] = {
    {"policy file", file_members},
    {"attribute", attribute_members},
    {"registered fact", registered_members},
    {"parameter", parameter_members},
    {"feature", feature_members},
    {"list", list_members},
    {"derived value", derived_members},
    {"rule", rule_members},
    {"outcome", outcome_members},
    {"message", message_members},
    {"rule override", override_members},
    {"score", score_members},
    {"action", action_members},
    {"lattices", std::span(action_members).subspan(2)},
};

}  // namespace

std::span<const SectionRule> schema_sections() {
  return sections;
}

}  // namespace tillwatch::policy
