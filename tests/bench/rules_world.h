// The world of the rules benchmark: 120 attributes of four types, and random events in which one attribute of
// twenty is absent. Shared by the program that writes the rules and the one that measures them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace rules_world {

inline constexpr int rule_count = 500;
inline constexpr int attribute_count = 120;
inline constexpr int integer_count = 80;
inline constexpr int real_count = 16;
inline constexpr int text_count = 16;
inline constexpr int flag_count = 8;

enum class Type : std::uint8_t { integer, real, text, boolean };

constexpr Type type_of(int attribute) {
  if (attribute < integer_count) return Type::integer;
  if (attribute < integer_count + real_count) return Type::real;
  return attribute < integer_count + real_count + text_count ? Type::text : Type::boolean;
}
constexpr int first_of(Type type) {
  switch (type) {
    case Type::integer:
      return 0;
    case Type::real:
      return integer_count;
    case Type::text:
      return integer_count + real_count;
    case Type::boolean:
      break;
  }
  return integer_count + real_count + text_count;
}

inline constexpr std::string_view texts[] = {"CNY",  "USD",  "EUR",  "JPY",    "5411",   "5812",
                                             "5999", "6011", "7995", "online", "manual", "contactless"};

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % n;
  }

 private:
  std::uint64_t state_;
};

// As a C++ programmer keeps it.
struct Event {
  std::int64_t integers[integer_count] = {};
  double reals[real_count] = {};
  std::string_view texts[text_count] = {};
  bool flags[flag_count] = {};
  bool has[attribute_count] = {};
};

inline std::vector<Event> make_events(std::size_t count) {
  Random random(7);
  std::vector<Event> events(count);
  for (Event& event : events) {
    for (std::int64_t& number : event.integers) number = static_cast<std::int64_t>(random.below(1000));
    for (double& number : event.reals) number = static_cast<double>(random.below(4000)) / 4;
    for (std::string_view& text : event.texts) text = texts[random.below(std::size(texts))];
    for (bool& flag : event.flags) flag = random.below(2) == 0;
    for (bool& has : event.has) has = random.below(20) != 0;
  }
  return events;
}

}  // namespace rules_world
