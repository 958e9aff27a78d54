#include "policy/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "policy/portrait.h"
#include "policy/vocabulary.h"

namespace tillwatch::policy {
namespace {

class Comparison {
 public:
  Comparison(const Bundle& before, const Bundle& after) : before_(before), after_(after) {}

  Difference run() {
    const Model& a = before_.model();
    const Model& b = after_.model();
    members("the pack", portrait_of_head(a), portrait_of_head(b));
    const auto by_name = [](const auto& each) { return each.name; };
    section("rules", a.rules, b.rules, [](const auto& each) { return each.id; });
    parameters();
    section("lists", a.lists, b.lists, by_name);
    features();
    section("derived values", a.derived, b.derived, by_name);
    section("registered facts", a.registered, b.registered,
            [](const auto& each) { return each.entity + "." + each.name; });
    section("outcomes", a.outcomes, b.outcomes,
            [](const auto& each) { return std::string(vocabulary::authorisations[each.authorisation]); });
    section("messages", a.messages, b.messages, [](const auto& each) { return each.reason; });
    section("attributes", a.attributes, b.attributes, by_name);
    order();
    backfill();
    return std::move(result_);
  }

 private:
  void heading() {
    if (!pending_.empty()) result_.lines.push_back(std::exchange(pending_, {}));
  }
  void say(const std::string& line) {
    heading();
    result_.lines.push_back(line);
  }

  void whole(const char* sign, const std::string& name, const Members& members) {
    say(fmt::format("{} {}", sign, name));
    for (const auto& [member, value] : members)
      if (!value.empty()) say(fmt::format("    {}: {}", member, value));
  }

  void members(const std::string& name, const Members& a, const Members& b) {
    std::vector<std::string> names;
    std::map<std::string, std::string> before(a.begin(), a.end()), after(b.begin(), b.end());
    for (const auto& list : {a, b})
      for (const auto& [member, value] : list)
        if (std::ranges::find(names, member) == names.end()) names.push_back(member);
    bool said = false;
    for (const std::string& member : names) {
      const std::string was = before[member], is = after[member];
      if (was == is) continue;
      if (!said) say("~ " + name);
      said = true;
      if (was.empty() || is.empty()) {
        say(fmt::format("    {} {}: {}", is.empty() ? "no longer" : "new", member, is.empty() ? was : is));
      } else {
        say(fmt::format("    {}: {}", member, was));
        say(fmt::format("    {:>{}}: {}", "now", member.size(), is));
      }
    }
  }

  template <class Definition, class Name>
  void section(const std::string& title, const std::vector<Definition>& a, const std::vector<Definition>& b,
               Name name) {
    pending_ = title;
    for (const Definition& was : a) {
      const auto is =
          std::ranges::find_if(b, [&](const Definition& each) { return name(each) == name(was); });
      if (is == b.end())
        whole("-", name(was), portrait(was));
      else
        members(name(was), portrait(was), portrait(*is));
    }
    for (const Definition& is : b)
      if (std::ranges::none_of(a, [&](const Definition& each) { return name(each) == name(is); }))
        whole("+", name(is), portrait(is));
    pending_.clear();
  }

  // A parameter is all its dated values; the source is told where the value is.
  static Members values_of(const CompiledParameter& parameter) {
    Members values;
    for (const ParameterDefinition& dated : parameter.dated) {
      const std::string from =
          dated.effective_from ? " from " + core::format_time(*dated.effective_from) : "";
      std::string text = in_words(dated);
      if (dated.effective_to) text += ", until " + core::format_time(*dated.effective_to);
      values.emplace_back("value" + from, text + "; source: " + dated.source);
    }
    return values;
  }

  void parameters() {
    pending_ = "parameters";
    const auto& a = before_.parameters();
    const auto& b = after_.parameters();
    for (const CompiledParameter& was : a) {
      const auto is = std::ranges::find(b, was.name, &CompiledParameter::name);
      if (is == b.end())
        whole("-", was.name, values_of(was));
      else
        members(was.name, values_of(was), values_of(*is));
    }
    for (const CompiledParameter& is : b)
      if (std::ranges::find(a, is.name, &CompiledParameter::name) == a.end())
        whole("+", is.name, values_of(is));
    pending_.clear();
  }

  // A feature that only has another name keeps its windows.
  void features() {
    std::vector<FeatureDefinition> a = before_.model().features, b = after_.model().features;
    pending_ = "features";
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto same = [&](const CompiledFeature& each) {
        return each.identity == before_.features()[i].identity;
      };
      const auto at = std::ranges::find_if(after_.features(), same);
      if (at == after_.features().end()) continue;
      const auto& now = after_.model().features[static_cast<std::size_t>(at - after_.features().begin())];
      const auto named = [&](const FeatureDefinition& each) { return each.name == a[i].name; };
      if (now.name == a[i].name || std::ranges::any_of(b, named)) continue;
      say(fmt::format("~ {} is called {} now", a[i].name, now.name));
      a[i].name = now.name;
    }
    const std::string title = std::exchange(pending_, {});
    section(title, a, b, [](const auto& each) { return each.name; });
  }

  // Rules are evaluated in the order of the pack.
  void order() {
    std::vector<std::string> a, b;
    for (const RuleDefinition& rule : before_.model().rules) a.push_back(rule.id);
    for (const RuleDefinition& rule : after_.model().rules) b.push_back(rule.id);
    std::erase_if(a, [&](const std::string& id) {
      return std::ranges::find(after_.model().rules, id, &RuleDefinition::id) == after_.model().rules.end();
    });
    std::erase_if(b, [&](const std::string& id) {
      return std::ranges::find(before_.model().rules, id, &RuleDefinition::id) == before_.model().rules.end();
    });
    if (a != b) say(fmt::format("~ the rules stand in another order: {}", fmt::join(b, ", ")));
  }

  void backfill() {
    for (std::size_t i = 0; i < after_.features().size(); ++i) {
      const CompiledFeature& feature = after_.features()[i];
      const bool known = std::ranges::any_of(
          before_.features(), [&](const CompiledFeature& each) { return each.identity == feature.identity; });
      const FeatureDefinition& definition = after_.model().features[i];
      if (known) {
        ++result_.kept;
        continue;
      }
      const core::DurationMs reach = definition.aggregate == Aggregate::first_seen_share
                                         ? std::max(definition.window, 90 * core::day_ms)
                                         : definition.window;
      result_.backfill.push_back(
          fmt::format("{}, from the last {} of the journal", definition.name, core::format_duration(reach)));
    }
  }

  const Bundle& before_;
  const Bundle& after_;
  Difference result_;
  std::string pending_;  // a heading that has nothing under it yet
};

}  // namespace

Difference difference(const Bundle& before, const Bundle& after) {
  return Comparison(before, after).run();
}

}  // namespace tillwatch::policy
