// The words that a policy file may have where one of several is wanted, in the order of their enumerators.
// Called by the reader, by the difference of two policies and by the schema: one table for all.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tillwatch::policy {

namespace vocabulary {
inline constexpr std::array<std::string_view, 4> types{"bool", "int", "double", "string"};
inline constexpr std::array<std::string_view, 14> aggregates{
    "count", "sum",       "mean",  "stddev", "min",      "max",       "distinct", "first_seen_share",
    "share", "top_share", "first", "last",   "previous", "since_last"};
inline constexpr std::array<std::string_view, 5> effects{"none", "block", "overridable_block", "override",
                                                         "snooze"};
inline constexpr std::array<std::string_view, 8> entities{"merchant", "terminal", "agent",  "rep",
                                                          "channel",  "account",  "person", "card"};
inline constexpr std::array<std::string_view, 3> modes{"live", "shadow", "off"};
inline constexpr std::array<std::string_view, 2> authorities{"agent", "acquirer"};
inline constexpr std::array<std::string_view, 3> authorisations{"allow", "challenge", "decline"};
inline constexpr std::array<std::string_view, 2> settlements{"release", "hold"};
inline constexpr std::array<std::string_view, 4> subjects{"none", "watch", "restrict", "suspend"};
inline constexpr std::array<std::string_view, 2> on_troubles{"ignore", "match"};
inline constexpr std::array<std::string_view, 2> window_modes{"exact", "bucketed"};
// Entry kinds that a feature or a rule may look at.
inline constexpr std::array<std::string_view, 9> kinds{"transaction",      "outcome",     "label",
                                                       "terminal_status",  "log_in",      "advert",
                                                       "registry_command", "list_change", "decision"};
}  // namespace vocabulary

template <std::size_t n>
std::vector<std::string> words_of(const std::array<std::string_view, n>& table) {
  return {table.begin(), table.end()};
}

}  // namespace tillwatch::policy
