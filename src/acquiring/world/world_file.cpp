#include "world/world_file.h"

#include <algorithm>
#include <vector>

#include "yaml/yaml.h"

namespace tillwatch::world {
namespace {

using core::ErrorCode;
using yaml::Node;

core::Status fault(const Node& at, std::string detail) {
  return core::fail(ErrorCode::invalid, at.place.to_string(), std::move(detail));
}

core::Status unknown(const Node& key, const std::vector<std::string>& known) {
  std::string detail = "'" + key.scalar + "' is no parameter here";
  const std::string near = yaml::nearest(key.scalar, known);
  if (!near.empty()) detail += "; did you mean '" + near + "'?";
  detail += near.empty() ? ". Known are: " : " Known are: ";
  for (const std::string& name : known) detail += name + (name == known.back() ? "" : ", ");
  return fault(key, std::move(detail));
}

core::Status read_number(const Node& node, std::string_view name, std::int64_t least, std::int64_t most,
                         std::string_view unit, std::int64_t& out) {
  std::int64_t value = 0;
  if (!yaml::as_integer(node, value))
    return fault(node, "'" + std::string(name) + "' takes a whole number (" + std::string(unit) + ")");
  if (value < least || value > most)
    return fault(node, "'" + std::string(name) + "' is " + std::to_string(value) + "; it lies within " +
                           std::to_string(least) + " to " + std::to_string(most) + " (" + std::string(unit) +
                           ")");
  out = value;
  return {};
}

core::Status read_numbers(const Node& node, std::string_view name, std::int64_t least, std::int64_t most,
                          std::string_view unit, bool range, std::span<std::int64_t> out) {
  if (out.size() == 1) return read_number(node, name, least, most, unit, out[0]);
  if (range && node.is_scalar()) {
    TRY_STATUS(read_number(node, name, least, most, unit, out[0]));
    out[1] = out[0];
    return {};
  }
  if (node.kind != Node::Kind::sequence || node.items.size() != out.size())
    return fault(node, "'" + std::string(name) + "' takes a list of " + std::to_string(out.size()) +
                           " whole numbers" + (range ? ", from and to, or one number for both" : ""));
  for (std::size_t i = 0; i < out.size(); ++i)
    TRY_STATUS(read_number(node.items[i], name, least, most, unit, out[i]));
  if (range && out[0] > out[1])
    return fault(node, "'" + std::string(name) + "' falls: write the smaller one first");
  return {};
}

core::Status must_be_mapping(const Node& node, std::string_view name) {
  if (node.kind == Node::Kind::mapping || node.kind == Node::Kind::null) return {};
  return fault(node, "'" + std::string(name) + "' holds parameters: write them below it, one a line");
}

// A hump is written like a range but is a middle and a spread.
template <class S>
bool ascends(const Field<S>& field) {
  return is_range(field) && field.name.find("hump") == std::string_view::npos;
}

template <class S>
core::Status read_fields(const Node& node, std::string_view name, std::span<const Field<S>> fields, S& out,
                         std::vector<std::string> further, const auto& other) {
  TRY_STATUS(must_be_mapping(node, name));
  for (const yaml::Member& member : node.members) {
    const auto field = std::ranges::find(fields, std::string_view(member.key.scalar), &Field<S>::name);
    if (field != fields.end()) {
      TRY_STATUS(read_numbers(member.value, field->name, field->least, field->most, field->unit,
                              ascends(*field), numbers_of(out, *field)));
      continue;
    }
    TRY(taken, other(member));
    if (taken) continue;
    std::vector<std::string> known;
    for (const Field<S>& each : fields) known.emplace_back(each.name);
    known.insert(known.end(), further.begin(), further.end());
    return unknown(member.key, known);
  }
  return {};
}

template <class S>
core::Status read_group(const Node& node, std::string_view name, std::span<const Field<S>> fields, S& out) {
  return read_fields(node, name, fields, out, {},
                     [](const yaml::Member&) -> core::Result<bool> { return false; });
}

// What two parameters of a kind, or the numbers of one, have to be together. The place is that of the one
// that was written; `node` is the kind's.
core::Status check_kind(const Node& node, const Kind& kind) {
  const auto at = [&](std::string_view first, std::string_view second) -> const Node& {
    const Node* found = node.find(first);
    if (found == nullptr) found = node.find(second);
    return found == nullptr ? node : *found;
  };
  std::int64_t entry = 0, week = 0;
  for (const std::int64_t share : kind.entry_permille) entry += share;
  for (const std::int64_t share : kind.weekday_permille) week += share;
  if (entry != 1000)
    return fault(at("entry_permille", ""),
                 "'entry_permille' adds up to " + std::to_string(entry) + " instead of 1000");
  if (week == 0)
    return fault(at("weekday_permille", ""),
                 "'weekday_permille' is 0 on every day; set 'demand_milli' to 0 instead");
  if (kind.open[1] < kind.open[0] + 60)
    return fault(at("open", ""),
                 "'open' has to span an hour at least; let it close 60 minutes after it opens");
  if (kind.below >= kind.grain && kind.below > 0)
    return fault(at("below", "grain"), "'below' is " + std::to_string(kind.below) +
                                           " and has to be smaller than 'grain', which is " +
                                           std::to_string(kind.grain));
  if (kind.single_limit < kind.grain * 2)
    return fault(at("single_limit", "grain"), "'single_limit' is " + std::to_string(kind.single_limit) +
                                                  " and has to be twice 'grain' at least, which is " +
                                                  std::to_string(kind.grain));
  return {};
}

core::Status read_kinds(const Node& node, Settings& out) {
  TRY_STATUS(must_be_mapping(node, "kinds"));
  std::vector<std::string> known;
  for (const KindName& kind : kind_names()) known.emplace_back(kind.name);
  for (const yaml::Member& member : node.members) {
    const auto at = std::ranges::find(known, member.key.scalar);
    if (at == known.end()) return unknown(member.key, known);
    Kind& kind = out.kinds[static_cast<std::size_t>(at - known.begin())];
    TRY_STATUS(read_group(member.value, member.key.scalar, kind_fields(), kind));
    TRY_STATUS(check_kind(member.value, kind));
  }
  std::int64_t weight = 0;
  for (const Kind& kind : out.kinds) weight += kind.demand_milli > 0 ? kind.weight : 0;
  if (weight == 0)
    return fault(
        node,
        "no kind has both a 'weight' and a 'demand_milli': nobody would sell anything; give one kind both");
  return {};
}

core::Status read_typologies(const Node& node, Settings& out) {
  TRY_STATUS(must_be_mapping(node, "typologies"));
  std::vector<std::string> known;
  for (const TypologyInfo& info : typologies()) known.emplace_back(info.name);
  for (const yaml::Member& member : node.members) {
    const auto at = std::ranges::find(known, member.key.scalar);
    if (at == known.end()) return unknown(member.key, known);
    const auto id = static_cast<std::size_t>(at - known.begin());
    const TypologyInfo& info = typologies()[id];
    Planting& planting = out.typologies[id];
    std::vector<std::string> further;
    for (const DrawnInfo& drawn : info.drawn)
      if (!drawn.name.empty()) further.emplace_back(drawn.name);
    const auto other = [&](const yaml::Member& each) -> core::Result<bool> {
      for (std::size_t i = 0; i < info.drawn.size(); ++i) {
        const DrawnInfo& drawn = info.drawn[i];
        if (drawn.name.empty() || drawn.name != each.key.scalar) continue;
        TRY_STATUS(read_numbers(each.value, drawn.name, drawn.least, drawn.most, drawn.unit, true,
                                planting.drawn[i]));
        return true;
      }
      return false;
    };
    TRY_STATUS(read_fields(member.value, info.name, planting_fields(), planting, further, other));
  }
  return {};
}

core::Status read_name(const Node& node, Settings& out) {
  const bool good = node.is_scalar() && !node.scalar.empty() && node.scalar.size() <= world_name_bytes_max &&
                    std::ranges::all_of(node.scalar, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                    });
  if (!good) return fault(node, "'world' takes a name of lower-case letters, digits and hyphens, at most 40");
  out.name = node.scalar;
  return {};
}

core::Status read_first_day(const Node& node, Settings& out) {
  const auto time = node.is_scalar() && node.scalar.size() == 10
                        ? core::parse_time(node.scalar + "T00:00:00Z")
                        : std::nullopt;
  if (!time) return fault(node, "'first_day' takes a date of the calendar, written like 2026-03-01");
  out.first_day = *time / core::day_ms;
  return {};
}

core::Status read_head(const yaml::Member& member, Settings& out, bool& known) {
  known = true;
  const std::string& name = member.key.scalar;
  if (name == "world") return read_name(member.value, out);
  if (name == "first_day") return read_first_day(member.value, out);
  if (name == "days") return read_number(member.value, name, 1, days_max, "days", out.days);
  if (name == "seed") {
    std::int64_t seed = 0;
    TRY_STATUS(read_number(member.value, name, 0, (std::int64_t{1} << 53) - 1, "any number", seed));
    out.seed = static_cast<std::uint64_t>(seed);
    return {};
  }
  if (name == "mix") {
    if (member.value.scalar == "realistic")
      out.mix = Mix::realistic;
    else if (member.value.scalar == "training")
      out.mix = Mix::training;
    else
      return fault(member.value, "'mix' is 'realistic' or 'training'");
    return {};
  }
  known = false;
  return {};
}

core::Status read_groups(const yaml::Member& member, Settings& out) {
  const std::string& name = member.key.scalar;
  if (name == "population") return read_group(member.value, name, population_fields(), out.population);
  if (name == "people") return read_group(member.value, name, people_fields(), out.people);
  if (name == "flow") return read_group(member.value, name, flow_fields(), out.flow);
  if (name == "money") return read_group(member.value, name, money_fields(), out.money);
  if (name == "labels") return read_group(member.value, name, label_fields(), out.labels);
  if (name == "files") return read_group(member.value, name, file_fields(), out.files);
  if (name == "kinds") return read_kinds(member.value, out);
  if (name == "typologies") return read_typologies(member.value, out);
  return unknown(member.key, {"world", "seed", "first_day", "days", "mix", "population", "people", "flow",
                              "money", "labels", "files", "kinds", "typologies"});
}

core::Status check_days(const Node& root, const Settings& settings) {
  const Day begin = core::days_from_civil({2025, 1, 1}), end = core::days_from_civil({2027, 12, 31});
  const Node* first = root.find("first_day");
  const Node* days = root.find("days");
  if (settings.first_day < begin || settings.first_day > end)
    return fault(first != nullptr ? *first : root,
                 "'first_day' has to lie within 2025-01-01 to 2027-12-31, which the calendar knows");
  const std::int64_t room = end - settings.first_day + 1;
  if (settings.days <= room) return {};
  return fault(days != nullptr    ? *days
               : first != nullptr ? *first
                                  : root,
               "'days' is " + std::to_string(settings.days) +
                   ", past 2027-12-31 where the calendar ends; from this "
                   "'first_day' there are " +
                   std::to_string(room) + " at most");
}

}  // namespace

core::Result<Settings> read_world(std::string_view text, std::string_view file) {
  TRY(root, yaml::parse(text, file));
  Settings out;
  if (root.kind != Node::Kind::mapping)
    return core::fail(ErrorCode::invalid, root.place.to_string(),
                      "a world file is a mapping; 'world: NAME' is its least");
  for (const yaml::Member& member : root.members) {
    bool known = false;
    TRY_STATUS(read_head(member, out, known));
    if (!known) TRY_STATUS(read_groups(member, out));
  }
  if (root.find("world") == nullptr)
    return core::fail(ErrorCode::invalid, root.place.to_string(),
                      "'world' is missing: the name of the world");
  TRY_STATUS(check_days(root, out));
  return out;
}

}  // namespace tillwatch::world
