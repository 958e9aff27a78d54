// Names of entities as small numbers: what a finding is about, and who takes part in an instance. Used by the
// readers and the judge of this module.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tillwatch::scoring {

enum class EntityKind : std::uint8_t { merchant, terminal, card, agent };
inline constexpr std::array<std::string_view, 4> entity_kind_names = {"merchant", "terminal", "card",
                                                                      "agent"};
std::optional<EntityKind> entity_kind_of(std::string_view name);

using EntityNumber = std::uint32_t;

class Entities {
 public:
  EntityNumber number_of(EntityKind kind, std::string_view id) {
    key_.assign(1, static_cast<char>('0' + static_cast<int>(kind))).append(id);
    const auto [at, fresh] = numbers_.emplace(key_, static_cast<EntityNumber>(numbers_.size()));
    return at->second;
  }
  std::size_t size() const { return numbers_.size(); }

 private:
  std::unordered_map<std::string, EntityNumber> numbers_;
  std::string key_;
};

}  // namespace tillwatch::scoring
