#include "policy/review.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "core/limits.h"
#include "yaml/yaml.h"

namespace tillwatch::policy {
namespace {

using payment::AttributeId;

class Review {
 public:
  Review(const Bundle& bundle, std::optional<core::TimeMs> now) : bundle_(bundle), now_(now) {}

  Faults run() {
    const Meanings meanings(bundle_, faults_);
    for (const RuleDefinition& rule : bundle_.model().rules) meanings.review(rule.when, faults_);
    check_units();
    for (const CompiledParameter& parameter : bundle_.parameters()) check_dates(parameter);
    for (std::size_t i = 0; i < bundle_.model().rules.size(); ++i) check_rule(i);
    check_keys();
    check_told();
    check_use();
    settle();
    return std::move(faults_);
  }

 private:
  void warn(const Place& place, std::string message, std::string hint) {
    faults_.push_back({place, std::move(message), std::move(hint), true});
  }

  // In the order of their places, one for each.
  void settle() {
    const auto place = [](const Fault& fault) {
      return std::tie(fault.place.file, fault.place.line, fault.place.column);
    };
    std::ranges::stable_sort(faults_, [&](const Fault& a, const Fault& b) { return place(a) < place(b); });
    const auto again = std::ranges::unique(faults_, [&](const Fault& a, const Fault& b) {
      return place(a) == place(b) && a.message == b.message;
    });
    faults_.erase(again.begin(), again.end());
  }

  void check_unit(const std::string& unit, const Place& place) {
    if (unit.empty() || parse_unit(unit)) return;
    std::vector<std::string> known;
    for (const UnitWord& word : unit_words()) known.emplace_back(word.word);
    const std::string near = yaml::nearest(unit, known);
    faults_.push_back({place, fmt::format("there is no unit '{}'", unit),
                       near.empty() ? fmt::format("units are: {}", fmt::join(known, ", "))
                                    : fmt::format("did you mean '{}'?", near)});
  }

  void check_units() {
    const Model& model = bundle_.model();
    for (const AttributeDefinition& each : model.attributes) check_unit(each.unit, each.place);
    for (const RegisteredDefinition& each : model.registered) check_unit(each.unit, each.place);
    for (const FeatureDefinition& each : model.features) check_unit(each.unit, each.place);
    for (const DerivedDefinition& each : model.derived) check_unit(each.unit, each.place);
    for (const ParameterDefinition& each : model.parameters) {
      check_unit(each.unit, each.place);
      const auto* whole = std::get_if<std::int64_t>(&each.value);
      const auto* decimal = std::get_if<double>(&each.value);
      const double value = whole != nullptr ? static_cast<double>(*whole) : decimal != nullptr ? *decimal : 0;
      if (each.unit == "share" && (value < 0 || value > 1))
        faults_.push_back({each.place, fmt::format("parameter '{}' is a share of {}", each.name, value),
                           "a share lies from 0 to 1: write 0.4 for 40 %, or unit: percent"});
      if (each.unit == "money" && decimal != nullptr)
        faults_.push_back({each.place, fmt::format("parameter '{}' has a fraction of a 分", each.name),
                           fmt::format("money is written in 分: {:.0f} for {:.2f} 元", value * 100, value)});
    }
  }

  void check_dates(const CompiledParameter& parameter) {
    for (std::size_t i = 0; i < parameter.dated.size(); ++i) {
      const ParameterDefinition& each = parameter.dated[i];
      if (each.effective_from && each.effective_to && *each.effective_from >= *each.effective_to)
        faults_.push_back({each.place, fmt::format("parameter '{}' ends before it begins", parameter.name),
                           "effective_to is the first instant at which it no longer counts"});
      if (i + 1 == parameter.dated.size()) continue;
      const core::TimeMs end = each.effective_to.value_or(core::time_max);
      const core::TimeMs next = parameter.dated[i + 1].effective_from.value_or(core::time_min);
      if (end < next)
        warn(parameter.dated[i + 1].place,
             fmt::format("parameter '{}' has no value from {} to {}", parameter.name, core::format_time(end),
                         core::format_time(next)),
             "what reads it has no answer then");
    }
    const ParameterDefinition& last = parameter.dated.back();
    if (now_ && last.effective_to.value_or(core::time_max) <= *now_)
      warn(last.place,
           fmt::format("parameter '{}' ran out at {}", parameter.name, core::format_time(*last.effective_to)),
           "add the value that counts from then on");
  }

  static bool has_chinese(const std::string& text) {
    // The lead bytes of U+3000 to U+9FFF.
    return std::ranges::any_of(text, [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte >= 0xe3 && byte <= 0xe9;
    });
  }

  void check_translation(const Wording& wording, const std::string& what, const Place& place) {
    const auto blank = [](const std::string& text) {
      return text.find_first_not_of(" \n") == std::string::npos;
    };
    if (blank(wording.en) || blank(wording.zh))
      faults_.push_back({place,
                         fmt::format("{} is empty in {}", what, blank(wording.en) ? "English" : "Chinese"),
                         "a desk reads it in either language: {en: \"...\", zh: \"...\"}"});
    else if (!has_chinese(wording.zh) && wording.zh.size() > 3)
      warn(place, fmt::format("the zh of {} has no Chinese character", what), "translate it");
    else if (has_chinese(wording.en))
      warn(place, fmt::format("the en of {} has Chinese characters", what), "translate it");
  }

  static std::set<std::string> named_in(const std::vector<Bundle::WordingPiece>& pieces,
                                        const Bundle& bundle) {
    std::set<std::string> names;
    for (const Bundle::WordingPiece& piece : pieces)
      if (piece.slot >= 0) names.insert(bundle.slot(static_cast<std::uint32_t>(piece.slot)).name);
    return names;
  }

  void check_rule(std::size_t index) {
    const RuleDefinition& rule = bundle_.model().rules[index];
    check_translation(rule.title, fmt::format("the title of '{}'", rule.id), rule.place);
    check_translation(rule.text, fmt::format("the text of '{}'", rule.id), rule.text_place);
    const auto english = named_in(bundle_.wording(index, false), bundle_);
    const auto chinese = named_in(bundle_.wording(index, true), bundle_);
    for (const auto& [has, lacks, where] :
         {std::tuple(english, chinese, "Chinese"), std::tuple(chinese, english, "English")})
      for (const std::string& name : has) {
        // The same value in another unit is not missing: single_limit and single_limit_yuan.
        const bool there = std::ranges::any_of(lacks, [&](const std::string& other) {
          return other.starts_with(name) || name.starts_with(other);
        });
        if (!there)
          warn(rule.text_place, fmt::format("the {} text of '{}' does not say {{{}}}", where, rule.id, name),
               "the other language does");
      }
    const ActionDefinition& action = rule.action;
    if (rule.mode == RuleMode::live && action.authorisation == 0 && action.settlement == 0 &&
        action.subject == 0)
      warn(rule.place, fmt::format("'{}' asks for nothing", rule.id), "give it an action, or mode: shadow");
  }

  // A key that is new with every entry grows with the stream, whatever the budget of one key.
  void check_keys() {
    for (std::size_t i = 0; i < bundle_.features().size(); ++i)
      for (const AttributeId id : bundle_.features()[i].key) {
        const bool each_new = id == AttributeId::id || id == AttributeId::content_digest ||
                              id == AttributeId::tx_rrn || id == AttributeId::tx_arqc ||
                              id == AttributeId::amount || id == AttributeId::amount_base ||
                              id == AttributeId::tx_terminal_time;
        if (!each_new) continue;
        const FeatureDefinition& definition = bundle_.model().features[i];
        warn(definition.place,
             fmt::format("'{}' has a key of its own for almost every entry, by {}", definition.name,
                         payment::find_attribute(id)->name),
             "its memory grows with the traffic of its window: key it by a card, a merchant or a terminal");
      }
  }

  // Once a pack says what merchants are told, it says it of every reason.
  void check_told() {
    const Model& model = bundle_.model();
    for (const OutcomeDefinition& outcome : model.outcomes)
      if (!outcome.title.en.empty() || !outcome.title.zh.empty())
        check_translation(outcome.title, "the title of an outcome", outcome.place);
    for (const MessageDefinition& message : model.messages) {
      check_translation(message.text, fmt::format("the message of '{}'", message.reason), message.place);
      if (std::ranges::find(model.rules, message.reason, &RuleDefinition::reason) == model.rules.end())
        warn(message.place, fmt::format("no rule has the reason '{}'", message.reason),
             "leave the message out");
    }
    if (model.messages.empty()) return;
    for (const RuleDefinition& rule : model.rules)
      if (model.message_of(rule.reason) == nullptr)
        warn(rule.place, fmt::format("nothing is said to a merchant about the reason '{}'", rule.reason),
             "add it under `messages`");
  }

  void check_use();
  std::set<std::uint32_t> used_slots() const;

  const Bundle& bundle_;
  std::optional<core::TimeMs> now_;
  Faults faults_;
};

// What some rule reads, in its condition or its wording, and what those values read in turn.
std::set<std::uint32_t> Review::used_slots() const {
  std::set<std::uint32_t> used;
  const auto add = [&](std::uint32_t slot) {
    used.insert(slot);
    if (slot < Bundle::first_slot) return;
    const SlotInfo& info = bundle_.slots()[slot - Bundle::first_slot];
    if (info.kind != SlotInfo::Kind::derived) return;
    for (const std::uint32_t inner : bundle_.derived()[info.index].reads) used.insert(inner);
  };
  for (std::size_t i = 0; i < bundle_.rules().size(); ++i) {
    for (const std::uint32_t slot : bundle_.rules()[i].reads) add(slot);
    for (const bool chinese : {false, true})
      for (const Bundle::WordingPiece& piece : bundle_.wording(i, chinese))
        if (piece.slot >= 0) add(static_cast<std::uint32_t>(piece.slot));
  }
  for (std::uint32_t i = 0; i < bundle_.features().size(); ++i) {
    if (!used.contains(bundle_.slot_of_feature(i))) continue;
    const CompiledFeature& feature = bundle_.features()[i];
    if (feature.filter >= 0)
      for (const auto slot :
           bundle_.filters()[static_cast<std::size_t>(feature.filter)].program->slots_read())
        used.insert(slot);
    const auto& values =
        bundle_.model().features[i].aggregate == Aggregate::share ? bundle_.filters() : bundle_.values();
    if (feature.value >= 0)
      for (const auto slot : values[static_cast<std::size_t>(feature.value)].program->slots_read())
        used.insert(slot);
  }
  return used;
}

void Review::check_use() {
  const Model& model = bundle_.model();
  if (model.rules.empty()) return;  // a pack of features alone: others read them
  const std::set<std::uint32_t> used = used_slots();
  for (std::size_t i = 0; i < bundle_.slots().size(); ++i) {
    const SlotInfo& info = bundle_.slots()[i];
    if (used.contains(Bundle::first_slot + static_cast<std::uint32_t>(i))) continue;
    switch (info.kind) {
      case SlotInfo::Kind::feature:
        warn(model.features[info.index].place, fmt::format("no rule reads the feature '{}'", info.name),
             "it costs memory all the same: use it or leave it out");
        break;
      case SlotInfo::Kind::parameter:
        warn(bundle_.parameters()[info.index].dated.front().place,
             fmt::format("nothing reads the parameter '{}'", bundle_.parameters()[info.index].name),
             "use it or leave it out");
        break;
      case SlotInfo::Kind::derived:
        warn(model.derived[info.index].place, fmt::format("no rule reads the derived value '{}'", info.name),
             "use it or leave it out");
        break;
      case SlotInfo::Kind::listed:
        if (model.lists[info.index].effect == ListEffect::none)
          warn(model.lists[info.index].place,
               fmt::format("the list '{}' has no effect and no rule reads it", model.lists[info.index].name),
               fmt::format("give it an effect, or write {} in a condition", info.name));
        break;
      case SlotInfo::Kind::registered:
        warn(model.registered[info.index].place, fmt::format("no rule reads '{}'", info.name),
             "use it or leave it out");
        break;
      case SlotInfo::Kind::own:
        warn(model.attributes[info.index].place, fmt::format("no rule reads the attribute '{}'", info.name),
             "use it or leave it out");
        break;
      default:
        break;
    }
  }
}

}  // namespace

Faults review(const Bundle& bundle, std::optional<core::TimeMs> now) {
  return Review(bundle, now).run();
}

MemoryBound memory_bound(const Bundle& bundle) {
  namespace limits = core::limits;
  // The widest row: time, bits, and eight bytes a column; a bucket of a ring.
  constexpr std::uint64_t row_bytes = 8 + 8 + 8;
  constexpr std::uint64_t bucket_bytes = 64;
  MemoryBound bound;
  for (const FeatureDefinition& feature : bundle.model().features) {
    auto key = std::ranges::find(bound.keys, feature.key, &MemoryBound::Key::attributes);
    if (key == bound.keys.end()) key = bound.keys.insert(bound.keys.end(), {feature.key, 0, 0});
    const std::uint64_t budget =
        feature.budget != 0 ? feature.budget : limits::window_entries_per_key_default;
    key->entries += budget;
    key->bytes += budget * row_bytes;
    if (feature.bucketed) key->bytes += limits::window_buckets_per_ring_max * bucket_bytes;
  }
  bound.keys_max = limits::window_keys_default;
  bound.entries_max = limits::window_entries_default;
  constexpr std::uint64_t key_bytes = 128;
  bound.bytes_max = bound.keys_max * key_bytes + bound.entries_max * row_bytes;
  return bound;
}

}  // namespace tillwatch::policy
