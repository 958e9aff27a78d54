#include "policy/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/bytes.h"
#include "core/check.h"
#include "crypto/hash.h"
#include "payment/entry.h"

namespace tillwatch::policy {
Compiler::Compiler(Model model, core::Bytes packed, Faults& faults)
    : faults_(faults), names_(faults), bundle_(std::make_unique<Bundle>()) {
  bundle_->model_ = std::move(model);
  bundle_->packed_ = std::move(packed);
  bundle_->hash_ = hash_of(bundle_->packed_);
}

std::shared_ptr<const Bundle> Compiler::run() {
  check_unique();
  group_parameters();
  names_.declare_source_names(bundle_->model_, bundle_->parameters_);
  compile_features();
  names_.declare_deciding_names(bundle_->model_);
  compile_lists();
  compile_derived();
  compile_rules();
  bundle_->slots_ = names_.slots();
  prepare_wordings();
  return std::move(bundle_);
}

void Compiler::check_unique() {
  std::map<std::string, Place> rules;
  for (const RuleDefinition& rule : bundle_->model_.rules) {
    const auto [at, added] = rules.emplace(rule.id, rule.place);
    if (!added)
      faults_.push_back({rule.place, fmt::format("the rule id '{}' stands twice", rule.id),
                         fmt::format("first at {}", at->second.to_string())});
  }
}

void Compiler::group_parameters() {
  std::vector<CompiledParameter>& groups = bundle_->parameters_;
  for (const ParameterDefinition& parameter : bundle_->model_.parameters) {
    auto at = std::ranges::find(groups, parameter.name, &CompiledParameter::name);
    if (at == groups.end()) at = groups.insert(groups.end(), CompiledParameter{parameter.name, {}});
    at->dated.push_back(parameter);
  }
  for (CompiledParameter& group : groups) {
    std::ranges::stable_sort(group.dated, {}, [](const ParameterDefinition& p) {
      return p.effective_from.value_or(core::time_min);
    });
    for (std::size_t i = 1; i < group.dated.size(); ++i) {
      const ParameterDefinition& before = group.dated[i - 1];
      const ParameterDefinition& after = group.dated[i];
      if (before.value.index() != after.value.index())
        faults_.push_back({after.place,
                           fmt::format("the values of parameter '{}' differ in type", group.name),
                           "write 1.0 where the others are decimals"});
      if (before.effective_to.value_or(core::time_max) > after.effective_from.value_or(core::time_min))
        faults_.push_back({after.place, fmt::format("the dates of parameter '{}' overlap", group.name),
                           fmt::format("give the one at {} an effective_to", before.place.to_string())});
    }
  }
}

std::shared_ptr<const cel::Program> Compiler::compile(const Expression& expression,
                                                      const cel::Environment& environment,
                                                      const cel::Type* wanted) {
  if (expression.empty()) return nullptr;  // its absence is already a fault
  cel::CompileOptions options;
  if (wanted != nullptr) options.expected = *wanted;
  std::expected<cel::Program, cel::Faults> program = cel::compile(expression.source, environment, options);
  if (program) return std::make_shared<const cel::Program>(std::move(*program));
  add_faults(expression, program.error());
  return nullptr;
}

void Compiler::add_faults(const Expression& expression, const cel::Faults& faults) {
  for (const cel::Fault& fault : faults)
    faults_.push_back({expression.place_of(fault.line, fault.column), fault.message, fault.hint});
}

std::int32_t Compiler::source_program(std::vector<SourceProgram>& programs, const Expression& expression,
                                      const cel::Environment& environment, const cel::Type* wanted,
                                      std::uint32_t kinds) {
  const std::string known = (&programs == &bundle_->filters_ ? "f:" : "v:") + expression.source;
  const auto at = known_programs_.find(known);
  if (at != known_programs_.end()) {
    programs[static_cast<std::size_t>(at->second)].kinds |= kinds;
    return at->second;
  }
  std::shared_ptr<const cel::Program> program = compile(expression, environment, wanted);
  if (!program) return -1;
  programs.push_back({std::move(program), kinds});
  const auto index = static_cast<std::int32_t>(programs.size() - 1);
  known_programs_.emplace(known, index);
  return index;
}

ScalarType Compiler::scalar_of(const cel::Type& type, const Place& place, std::string_view what) {
  if (type == cel::Type::boolean()) return ScalarType::boolean;
  if (type == cel::Type::integer()) return ScalarType::integer;
  if (type == cel::Type::real()) return ScalarType::decimal;
  if (type == cel::Type::text()) return ScalarType::text;
  faults_.push_back({place, fmt::format("{} is a {}", what, type.to_string()),
                     "it must be an int, double, bool or string"});
  return ScalarType::integer;
}

void Compiler::compile_features() {
  for (std::uint32_t i = 0; i < bundle_->model_.features.size(); ++i) compile_feature(i);
  // Declared after all are compiled: a feature's expressions may not name a feature.
  for (std::uint32_t i = 0; i < bundle_->model_.features.size(); ++i) {
    const FeatureDefinition& definition = bundle_->model_.features[i];
    bundle_->feature_slots_.push_back(names_.declare_value(SlotInfo::Kind::feature, i, definition.name,
                                                           bundle_->features_[i].type, definition.unit,
                                                           definition.place));
  }
}

void Compiler::resolve_key(const FeatureDefinition& definition, CompiledFeature& feature) {
  for (const std::string& name : definition.key) {
    const payment::AttributeInfo* info = payment::find_attribute(name);
    if (info != nullptr) {
      feature.key.push_back(info->id);
      continue;
    }
    std::vector<std::string> known;
    for (const payment::AttributeInfo& each : payment::attributes()) known.emplace_back(each.name);
    const std::string near = yaml::nearest(name, known);
    faults_.push_back(
        {definition.place, fmt::format("the key of '{}' names no attribute '{}'", definition.name, name),
         near.empty() ? "see the reference of attributes" : fmt::format("did you mean '{}'?", near)});
  }
}

// A share's value is a condition, all others compute over whole numbers or texts.
void Compiler::compile_value(const FeatureDefinition& definition, const cel::Environment& environment,
                             CompiledFeature& feature) {
  if (definition.value.empty()) return;
  const cel::Type boolean = cel::Type::boolean();
  if (definition.aggregate == Aggregate::share) {
    feature.value =
        source_program(bundle_->filters_, definition.value, environment, &boolean, definition.kinds);
    return;
  }
  feature.value = source_program(bundle_->values_, definition.value, environment, nullptr, definition.kinds);
  if (feature.value < 0) return;
  const cel::Program& program = *bundle_->values_[static_cast<std::size_t>(feature.value)].program;
  feature.value_type = scalar_of(program.type(), definition.value.place, "the value of a feature");
  if (feature.value_type == ScalarType::decimal)
    faults_.push_back({definition.value.place, "a feature computes over whole numbers",
                       "multiply and convert: int(x * 1000.0)"});
}

namespace {

ScalarType result_type(Aggregate aggregate, bool of_text) {
  switch (aggregate) {
    case Aggregate::mean:
    case Aggregate::stddev:
    case Aggregate::first_seen_share:
    case Aggregate::share:
    case Aggregate::top_share:
      return ScalarType::decimal;
    case Aggregate::first:
    case Aggregate::last:
    case Aggregate::previous:
      return of_text ? ScalarType::text : ScalarType::integer;
    default:
      return ScalarType::integer;
  }
}

bool needs_number(Aggregate aggregate) {
  return aggregate == Aggregate::sum || aggregate == Aggregate::mean || aggregate == Aggregate::stddev ||
         aggregate == Aggregate::min || aggregate == Aggregate::max;
}

}  // namespace

void Compiler::compile_feature(std::uint32_t index) {
  const FeatureDefinition& definition = bundle_->model_.features[index];
  CompiledFeature feature;
  const cel::Environment environment = names_.environment();
  const cel::Type boolean = cel::Type::boolean();
  resolve_key(definition, feature);
  if (!definition.where.empty())
    feature.filter =
        source_program(bundle_->filters_, definition.where, environment, &boolean, definition.kinds);
  compile_value(definition, environment, feature);
  const bool of_text = feature.value_type == ScalarType::text;
  feature.type = result_type(definition.aggregate, of_text);
  if (needs_number(definition.aggregate) && of_text)
    faults_.push_back({definition.value.place, "this aggregate needs a number, the value is a string",
                       "use distinct, first or last"});
  compute_identity(definition, feature);
  bundle_->features_.push_back(std::move(feature));
}

std::string Compiler::definition_text(const Expression& expression) const {
  std::string text = expression.source;
  // A parameter's values are part of what the expression means.
  for (const CompiledParameter& parameter : bundle_->parameters_) {
    if (text.find("param." + parameter.name) == std::string::npos) continue;
    for (const ParameterDefinition& dated : parameter.dated) {
      text += fmt::format("|{}@{}=", parameter.name, dated.effective_from.value_or(core::time_min));
      std::visit([&text](const auto& value) { text += fmt::format("{}", value); }, dated.value);
    }
  }
  return text;
}

void Compiler::compute_identity(const FeatureDefinition& definition, CompiledFeature& feature) const {
  core::Bytes text;
  core::ByteWriter writer(text);
  writer.text("feature/1");
  writer.u32(definition.kinds);
  for (const std::string& name : definition.key) writer.text(name);
  writer.text(definition_text(definition.where));
  writer.u8(static_cast<std::uint8_t>(definition.aggregate));
  writer.text(definition_text(definition.value));
  writer.i64(definition.window);
  writer.u8(static_cast<std::uint8_t>(definition.calendar));
  if (definition.calendar != FeatureDefinition::Calendar::none)
    writer.i64(bundle_->model_.utc_offset_minutes);
  writer.u32(definition.n);
  writer.u8(definition.bucketed ? 1 : 0);
  writer.u32(definition.budget);
  const crypto::Digest256 digest = crypto::sha256(text);
  std::copy_n(digest.begin(), feature.identity.size(), feature.identity.begin());
}

void Compiler::compile_lists() {
  for (const ListDefinition& list : bundle_->model_.lists) {
    const payment::AttributeInfo* info = payment::find_attribute(list.of);
    if (info == nullptr || info->type != payment::AttributeType::text) {
      if (info == nullptr || info->id != payment::AttributeId::card_id)
        faults_.push_back(
            {list.place,
             fmt::format("the list '{}' is of '{}', which is no text attribute", list.name, list.of),
             "for cards use card.reference"});
    }
    bundle_->list_attributes_.push_back(info == nullptr ? payment::AttributeId::client : info->id);
  }
}

void Compiler::compile_derived() {
  for (std::uint32_t i = 0; i < bundle_->model_.derived.size(); ++i) {
    const DerivedDefinition& definition = bundle_->model_.derived[i];
    CompiledDerived derived;
    // Only what stands above it may be named, so that no circle can arise.
    derived.value = compile(definition.value, names_.environment(), nullptr);
    if (derived.value) {
      derived.type = scalar_of(derived.value->type(), definition.value.place, "a derived value");
      derived.reads = reads_of(*derived.value);
    }
    bundle_->derived_.push_back(derived);
    names_.declare_value(SlotInfo::Kind::derived, i, definition.name, derived.type, definition.unit,
                         definition.place);
  }
}

std::vector<std::uint32_t> Compiler::reads_of(const cel::Program& program) const {
  std::vector<std::uint32_t> reads;
  const auto add = [&reads](std::uint32_t slot) {
    if (std::ranges::find(reads, slot) == reads.end()) reads.push_back(slot);
  };
  for (const std::uint32_t slot : program.slots_read()) {
    add(slot);
    if (slot < Bundle::first_slot) continue;
    const SlotInfo& info = names_.slots()[slot - Bundle::first_slot];
    if (info.kind == SlotInfo::Kind::derived)
      for (const std::uint32_t inner : bundle_->derived_[info.index].reads) add(inner);
  }
  return reads;
}

void Compiler::compile_rules() {
  const cel::Environment environment = names_.environment();
  for (const RuleDefinition& definition : bundle_->model_.rules) {
    CompiledRule rule;
    rule.when = compile_condition(definition, environment, rule.reads);
    if (!definition.action.of.empty() && payment::find_attribute(definition.action.of) == nullptr)
      faults_.push_back(
          {definition.place,
           fmt::format("the action of '{}' binds no attribute '{}'", definition.id, definition.action.of),
           ""});
    bundle_->rules_.push_back(std::move(rule));
  }
  // What stands in the entry, or follows from its times, is looked at for every entry; features, registered
  // facts, lists and derived values only when a condition depends on them.
  bundle_->conditions_.arrange([this](std::uint32_t slot) {
    if (slot < Bundle::first_slot) return true;
    const SlotInfo::Kind kind = names_.slots()[slot - Bundle::first_slot].kind;
    return kind == SlotInfo::Kind::own || kind == SlotInfo::Kind::parameter || kind == SlotInfo::Kind::time;
  });
}

// A rule with dates is a condition about the admission time before its own, so that outside them it is false,
// whatever the rest would be.
std::shared_ptr<const cel::Program> Compiler::compile_condition(const RuleDefinition& rule,
                                                                const cel::Environment& environment,
                                                                std::vector<std::uint32_t>& reads) {
  if (rule.when.empty()) return nullptr;  // its absence is already a fault
  std::string source = rule.when.source;
  if (rule.effective_from || rule.effective_to) {
    const cel::Type boolean = cel::Type::boolean();
    const auto alone = compile(rule.when, environment, &boolean);
    if (!alone) return nullptr;
    reads = reads_of(*alone);
    source = fmt::format("admitted_at >= {} && admitted_at < {} && ({})",
                         rule.effective_from.value_or(core::time_min),
                         rule.effective_to.value_or(core::time_max), rule.when.source);
  }
  const auto number = bundle_->conditions_.add(source, environment);
  if (!number) {
    add_faults(rule.when, number.error());
    return nullptr;
  }
  std::shared_ptr<const cel::Program> program = bundle_->conditions_.program(*number);
  if (reads.empty()) reads = reads_of(*program);
  return program;
}

void Compiler::prepare_wordings() {
  for (const RuleDefinition& rule : bundle_->model_.rules) {
    bundle_->wording_en_.push_back(pieces_of(rule, rule.text.en));
    bundle_->wording_zh_.push_back(pieces_of(rule, rule.text.zh));
  }
}

std::vector<Bundle::WordingPiece> Compiler::pieces_of(const RuleDefinition& rule, const std::string& text) {
  std::vector<Bundle::WordingPiece> pieces;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = text.find('{', at);
    if (open == std::string::npos) break;
    const std::size_t close = text.find('}', open);
    if (close == std::string::npos) {
      faults_.push_back({rule.text_place, "a '{' in the text is never closed", "write {name of a value}"});
      return pieces;
    }
    const std::string name = text.substr(open + 1, close - open - 1);
    const std::int64_t slot = bundle_->find_slot(name);
    if (slot < 0) {
      std::vector<std::string> known;
      for (const SlotInfo& info : bundle_->slots_) known.push_back(info.name);
      for (const payment::AttributeInfo& info : payment::attributes()) known.emplace_back(info.name);
      const std::string near = yaml::nearest(name, known);
      faults_.push_back({rule.text_place, fmt::format("the text names '{}', which is no value", name),
                         near.empty() ? "name a feature, a derived value, a parameter or an attribute"
                                      : fmt::format("did you mean '{}'?", near)});
    }
    pieces.push_back({text.substr(at, open - at), slot});
    at = close + 1;
  }
  if (at < text.size()) pieces.push_back({text.substr(at), -1});
  return pieces;
}

}  // namespace tillwatch::policy
