#include "policy/packs.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/limits.h"
#include "yaml/yaml.h"

namespace tillwatch::policy {
namespace {

// The `builds_on` of one file, with its place.
std::optional<std::pair<std::string, Place>> builds_on(const SourceFile& file) {
  if (file.text.find("builds_on") == std::string::npos) return std::nullopt;
  const auto root = yaml::parse(file.text, file.name);
  if (!root) return std::nullopt;
  const yaml::Node* node = root->find("builds_on");
  if (node == nullptr || !node->is_scalar() || node->scalar.empty()) return std::nullopt;
  return std::pair(node->scalar, node->place);
}

template <class Definition>
void append(std::vector<Definition>& to, std::vector<Definition> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool other_kind(const ParameterDefinition& own, const ParameterDefinition& below) {
  return own.value.index() != below.value.index() || own.unit != below.unit;
}

// All values of a name come from the site where it gives one.
void merge_parameters(Model& base, std::vector<ParameterDefinition> site, Faults& faults) {
  for (const ParameterDefinition& own : site) {
    const auto below = std::ranges::find(base.parameters, own.name, &ParameterDefinition::name);
    if (below == base.parameters.end()) continue;
    if (other_kind(own, *below))
      faults.push_back(
          {own.place,
           fmt::format("parameter '{}' has another type or unit than the one it takes the place of",
                       own.name),
           fmt::format("keep to {}: {}", below->place.to_string(),
                       below->unit.empty() ? "no unit" : "unit: " + below->unit)});
  }
  // What does not fit is left out, so that nothing else is told because of it.
  std::erase_if(site, [&](const ParameterDefinition& own) {
    const auto below = std::ranges::find(base.parameters, own.name, &ParameterDefinition::name);
    return below != base.parameters.end() && other_kind(own, *below);
  });
  std::erase_if(base.parameters, [&](const ParameterDefinition& below) {
    return std::ranges::find(site, below.name, &ParameterDefinition::name) != site.end();
  });
  append(base.parameters, std::move(site));
}

void merge_lists(Model& base, const std::vector<ListDefinition>& site, Faults& faults) {
  for (const ListDefinition& own : site) {
    const auto below = std::ranges::find(base.lists, own.name, &ListDefinition::name);
    if (below == base.lists.end()) {
      base.lists.push_back(own);
      continue;
    }
    if (below->of != own.of)
      faults.push_back({own.place,
                        fmt::format("the list '{}' is of '{}' in the pack below", own.name, below->of),
                        "a site changes the effect of a list, not what stands on it: choose another name"});
    *below = own;
  }
}

void merge_rules(Model& base, std::vector<RuleDefinition> site, Faults& faults) {
  for (const RuleDefinition& own : site) {
    const auto below = std::ranges::find(base.rules, own.id, &RuleDefinition::id);
    if (below != base.rules.end())
      faults.push_back(
          {own.place, fmt::format("the rule '{}' belongs to the pack below", own.id),
           "its text and condition stay: change its mode, ceiling or dates under `overrides`, its "
           "limits under `parameters`, or give this rule an id of its own"});
  }
  std::erase_if(site, [&](const RuleDefinition& own) {
    return std::ranges::find(base.rules, own.id, &RuleDefinition::id) != base.rules.end();
  });
  append(base.rules, std::move(site));
}

// The host's codes are the site's; what merchants are told stays as it was signed.
void merge_told(Model& base, const Model& site, Faults& faults) {
  for (const OutcomeDefinition& own : site.outcomes) {
    std::erase_if(base.outcomes,
                  [&](const OutcomeDefinition& below) { return below.authorisation == own.authorisation; });
    base.outcomes.push_back(own);
  }
  for (const MessageDefinition& own : site.messages) {
    if (base.message_of(own.reason) == nullptr)
      base.messages.push_back(own);
    else
      faults.push_back({own.place, fmt::format("the message of '{}' belongs to the pack below", own.reason),
                        "its text stays: give rules of your own a reason of your own"});
  }
}

void apply_overrides(Model& base, const std::vector<RuleOverride>& overrides, Faults& faults) {
  for (const RuleOverride& own : overrides) {
    const auto rule = std::ranges::find(base.rules, own.rule, &RuleDefinition::id);
    if (rule == base.rules.end()) {
      std::vector<std::string> known;
      for (const RuleDefinition& each : base.rules) known.push_back(each.id);
      const std::string near = yaml::nearest(own.rule, known);
      faults.push_back({own.place, fmt::format("the pack below has no rule '{}'", own.rule),
                        near.empty() ? "name one of its rules" : fmt::format("did you mean '{}'?", near)});
      continue;
    }
    if (own.mode) rule->mode = *own.mode;
    if (own.ceiling_ppm) rule->ceiling_ppm = *own.ceiling_ppm;
    if (own.effective_from) rule->effective_from = own.effective_from;
    if (own.effective_to) rule->effective_to = own.effective_to;
  }
}

}  // namespace

std::optional<std::string> base_folder_of(std::span<const SourceFile> files) {
  for (const SourceFile& file : files)
    if (const auto found = builds_on(file)) return found->first;
  return std::nullopt;
}

std::string prefix_below(std::string_view prefix, std::string_view folder) {
  std::vector<std::string_view> parts;
  const std::string whole = std::string(prefix) + std::string(folder);
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..")
      parts.pop_back();
    else
      parts.push_back(part);
  }
  std::string result;
  for (const std::string_view part : parts) result += std::string(part) + "/";
  return result;
}

std::string prefix_of(std::string_view file_name) {
  const std::size_t slash = file_name.rfind('/');
  return std::string(file_name.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
}

std::vector<PackFiles> packs_in_order(std::span<const SourceFile> files, Faults& faults) {
  std::map<std::string, PackFiles> packs;
  for (const SourceFile& file : files) {
    PackFiles& pack = packs[prefix_of(file.name)];
    pack.prefix = prefix_of(file.name);
    pack.files.push_back(&file);
  }
  std::vector<PackFiles> order;
  std::string next;
  while (packs.contains(next)) {
    PackFiles pack = std::move(packs.extract(next).mapped());
    std::ranges::sort(pack.files, {}, [](const SourceFile* file) { return std::string_view(file->name); });
    std::optional<std::pair<std::string, Place>> below;
    for (const SourceFile* file : pack.files)
      if (!below) below = builds_on(*file);
    order.push_back(std::move(pack));
    if (!below) break;
    next = prefix_below(order.back().prefix, below->first);
    const auto fault = [&](std::string message, std::string hint) {
      faults.push_back({below->second, std::move(message), std::move(hint)});
    };
    const bool circle = std::ranges::find(order, next, &PackFiles::prefix) != order.end();
    if (below->first.starts_with('/'))
      fault("'builds_on' is an absolute path",
            "write the folder as seen from this pack, such as ../acquiring-first");
    else if (circle)
      fault("the packs build on each other in a circle", "leave out one 'builds_on'");
    else if (!packs.contains(next))
      fault(fmt::format("there is no pack in '{}'", below->first),
            "name its folder as seen from this pack, such as ../acquiring-first");
    else if (order.size() == core::limits::policy_packs_max)
      fault(fmt::format("more than {} packs build on each other", core::limits::policy_packs_max),
            "put two of them into one");
    else
      continue;
    break;
  }
  std::ranges::reverse(order);
  return order;
}

Model merged(Model base, Model site, Faults& faults) {
  base.builds_on.push_back(base.name);
  base.name = std::move(site.name);
  base.version = site.version;
  base.acquirer = site.acquirer;
  base.base_currency = std::move(site.base_currency);
  base.utc_offset_minutes = site.utc_offset_minutes;
  base.description = std::move(site.description);
  base.score = site.score;
  append(base.attributes, std::move(site.attributes));
  append(base.registered, std::move(site.registered));
  merge_parameters(base, std::move(site.parameters), faults);
  append(base.features, std::move(site.features));
  merge_lists(base, site.lists, faults);
  append(base.derived, std::move(site.derived));
  merge_told(base, site, faults);
  apply_overrides(base, site.overrides, faults);
  merge_rules(base, std::move(site.rules), faults);
  return base;
}

}  // namespace tillwatch::policy
