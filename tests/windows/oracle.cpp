// See oracle.h.
#include "windows/oracle.h"

#include <cmath>

namespace tillwatch::windows {

using window::build_plan;
using window::Plan;
using window::ValueForm;

namespace {

// Writes a snapshot straight into another arena.
class IntoArena : public state::SnapshotSink {
 public:
  explicit IntoArena(state::Arena& into) : into_(into) {}
  core::Status begin(std::uint32_t pages, std::string_view own, std::string_view caller) override {
    roots = caller;
    return into_.begin_restore(pages, own);
  }
  core::Status page(std::uint32_t number, std::span<const std::byte> used) override {
    return into_.restore_page(number, used);
  }
  core::Status end() override { return into_.finish_restore(); }
  std::string roots;

 private:
  state::Arena& into_;
};

bool same_value(const FeatureDefinition& d, const Answer& want, const FeatureValue& got) {
  if (want.entries != got.entries) return false;
  switch (got.form) {
    case ValueForm::integer:
      return want.integer == got.integer;
    case ValueForm::text:
      return want.text == got.text;
    case ValueForm::real:
      // The model computes a deviation another way; everything else must be the same bits.
      if (d.aggregate != Aggregate::stddev) return want.real == got.real;
      return std::fabs(want.real - got.real) <= 1e-14 * std::fabs(want.real);
    case ValueForm::list:
      break;
  }
  if (want.list.size() != got.list.size()) return false;
  for (std::size_t i = 0; i < got.list.size(); ++i) {
    if (want.list[i].view() != got.list[i]) return false;
  }
  return true;
}

core::Result<Plan> plan_of(const std::vector<FeatureDefinition>& definitions) {
  return build_plan(definitions);
}

}  // namespace

Given::Given(const Entry& entry, core::TimeMs reach)
    : filters_(std::make_unique<bool[]>(entry.filters.size())) {
  for (const Value& v : entry.attributes) attributes_.push_back(v.view());
  for (const Value& v : entry.values) values_.push_back(v.view());
  for (std::size_t i = 0; i < entry.filters.size(); ++i) filters_[i] = entry.filters[i] != 0;
  inputs_ = EntryInputs{entry.kind, entry.time,  entry.sequence,
                        reach,      attributes_, {filters_.get(), entry.filters.size()},
                        values_};
}

std::string difference(const FeatureDefinition& d, const Entry& e, const Answer& want,
                       const FeatureValue& got) {
  if (want.state == got.state && (want.state != FeatureState::known || same_value(d, want, got))) return "";
  const auto side = [](FeatureState state, std::int64_t integer, double real, std::uint64_t entries) {
    return "state " + std::to_string(static_cast<int>(state)) + " integer " + std::to_string(integer) +
           " real " + std::to_string(real) + " entries " + std::to_string(entries);
  };
  return "aggregate " + std::to_string(static_cast<int>(d.aggregate)) + ", window kind " +
         std::to_string(static_cast<int>(d.window.kind)) + " of " + std::to_string(d.window.length_ms) +
         " ms, budget " + std::to_string(d.budget) + ", at sequence " + std::to_string(e.sequence) +
         ": want " + side(want.state, want.integer, want.real, want.entries) + "; got " +
         side(got.state, got.integer, got.real, got.entries);
}

Pair::Pair(std::uint64_t seed, const WorldShape& shape, StoreOptions options)
    : seed_(seed), world_(seed, shape), options_(options), definitions_(world_.definitions()) {
  auto plan = plan_of(definitions_);
  CHECK(plan.has_value());
  arena_ = std::make_unique<state::Arena>();
  store_ = std::make_unique<Store>(*arena_, std::move(*plan), options_);
}

std::vector<std::string> Pair::check(Store& store, const Entry& entry, core::TimeMs reach) {
  const Given given(entry, reach);
  store.apply(given.inputs());
  store.begin_evaluation(given.inputs().attributes, entry.time, entry.sequence);
  std::vector<std::string> found;
  for (std::uint32_t f = 0; f < definitions_.size(); ++f) {
    std::string text =
        difference(definitions_[f], entry, model_.evaluate(definitions_[f], entry), store.evaluate(f));
    if (!text.empty()) found.push_back("seed " + std::to_string(seed_) + ": " + text);
  }
  return found;
}

std::vector<std::string> Pair::step() {
  const Entry entry = world_.next();
  model_.apply(entry);
  return check(*store_, entry, world_.reach());
}

std::vector<std::string> Pair::restart_from_snapshot(int entries_meanwhile) {
  auto copy = std::make_unique<state::Arena>();
  IntoArena sink(*copy);
  core::Bytes roots;
  core::ByteWriter writer(roots);
  store_->save_roots(writer);
  CHECK(arena_->begin_snapshot(sink, roots).has_value());
  std::vector<std::pair<Entry, core::TimeMs>> meanwhile;
  for (int i = 0; i < entries_meanwhile; ++i) {
    meanwhile.emplace_back(world_.next(), world_.reach());
    store_->apply(Given(meanwhile.back().first, meanwhile.back().second).inputs());
    if (arena_->snapshot_running()) CHECK(arena_->copy_some(1).has_value());
  }
  while (arena_->snapshot_running()) CHECK(arena_->copy_some(1).has_value());
  auto plan = plan_of(definitions_);
  auto restored = std::make_unique<Store>(*copy, std::move(*plan), options_);
  core::ByteReader reader(sink.roots);
  CHECK(restored->load_roots(reader).has_value() && reader.ok() && reader.at_end());
  std::vector<std::string> found;
  for (const auto& [entry, reach] : meanwhile) {
    model_.apply(entry);
    for (std::string& text : check(*restored, entry, reach)) found.push_back("after restore, " + text);
  }
  store_ = std::move(restored);
  arena_ = std::move(copy);
  return found;
}

}  // namespace tillwatch::windows
