// A decision in words, from the policy's own text and the values that were read. Called by edge/api, replay
// and the demo. Depends on the stored record and the bundle it names alone, so that a repeated question gets
// the same sentence.
#pragma once

#include <string>

#include "engine/decision.h"
#include "policy/bundle.h"

namespace tillwatch::engine {

enum class Language : std::uint8_t { english, chinese };

// The rule's text with the values put in; its title where the rule is no longer in the bundle's text. "" for
// an unknown rule.
std::string words(const policy::Bundle& bundle, const RuleHit& hit, const Decision& decision,
                  Language language);
std::string title(const policy::Bundle& bundle, const RuleHit& hit, Language language);

// A value as people write it: 12,345.67 for money of two minor digits, 2h30m for a span in ms, plain
// otherwise; "unknown" and "none" in the language where there is no value.
std::string value_in_words(const Reading& reading, std::string_view unit, Language language);

}  // namespace tillwatch::engine
