// What of the engine goes into a snapshot beside its arenas, and how it is read back.
#include <algorithm>
#include <utility>

#include "engine/engine.h"

namespace tillwatch::engine {

using core::ErrorCode;

std::vector<state::Arena*> Engine::arenas() {
  apply_unseen();
  std::vector<state::Arena*> all{&arena_};
  for (const std::unique_ptr<Generation>& generation : generations_) all.push_back(&generation->arena());
  return all;
}

// format: snapshot (the caller's roots blob)
core::Bytes Engine::roots() const {
  core::Bytes bytes;
  core::ByteWriter out(bytes);
  out.u32(semantics_version);
  out.text(policy::to_hex(bundle_->hash()));
  out.u64(last_.value);
  out.i64(last_admitted_);
  out.i64(reach_);
  out.varint(retracted_.size());
  for (const auto& [batch, sequence] : retracted_) {
    out.text(batch);
    out.u64(sequence.value);
  }
  out.varint(generations_.size());
  for (const std::unique_ptr<Generation>& generation : generations_) {
    out.text(policy::to_hex(generation->bundle().hash()));
    out.varint(generation->features().size());
    for (const std::uint32_t feature : generation->features()) out.varint(feature);
  }
  facts_.save_roots(out);
  for (const std::unique_ptr<Generation>& generation : generations_) generation->save_roots(out);
  ceilings_.save(out);
  acts_.save(out);
  return bytes;
}

core::Result<std::unique_ptr<Engine>> Engine::begin_restore(const Options& options, core::Bytes roots,
                                                            BundleSource bundles) {
  core::ByteReader in(roots);
  if (in.u32() != semantics_version)
    return core::fail(ErrorCode::unsupported, "snapshot",
                      "the snapshot was taken by a program whose step has another meaning");
  const BundlePointer bundle = bundles(std::string(in.text()));
  if (!bundle)
    return core::fail(ErrorCode::not_found, "snapshot",
                      "the policy bundle that the snapshot names is not kept");
  std::unique_ptr<Engine> engine(new Engine(options, bundle, bundles));
  engine->last_ = core::Sequence(in.u64());
  engine->last_admitted_ = in.i64();
  engine->reach_ = in.i64();
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left) {
    std::string batch(in.text());
    engine->retracted_[std::move(batch)] = core::Sequence(in.u64());
  }
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left) {
    const BundlePointer origin = bundles(std::string(in.text()));
    std::vector<std::uint32_t> features;
    for (std::uint64_t count = in.varint(); in.ok() && count > 0; --count)
      features.push_back(static_cast<std::uint32_t>(in.varint()));
    if (!in.ok()) break;
    if (!origin)
      return core::fail(ErrorCode::not_found, "snapshot",
                        "a policy bundle that the snapshot names is not kept");
    if (std::ranges::any_of(features,
                            [&](std::uint32_t feature) { return feature >= origin->features().size(); }))
      return core::fail(ErrorCode::corrupt, "snapshot",
                        "the snapshot names a feature that its policy does not have");
    TRY(generation, Generation::create(origin, std::move(features),
                                       {options.hash_key, options.window_limits, options.sabotage}));
    engine->generations_.push_back(std::move(generation));
  }
  if (!in.ok()) return core::fail(ErrorCode::corrupt, "snapshot", "the snapshot's roots are damaged");
  engine->restoring_from_ = in.position();
  engine->restoring_ = std::move(roots);
  return engine;
}

core::Status Engine::finish_restore() {
  const core::Bytes roots = std::exchange(restoring_, {});
  core::ByteReader in(std::string_view(roots).substr(restoring_from_));
  TRY_STATUS(facts_.load_roots(in));
  for (const std::unique_ptr<Generation>& generation : generations_) TRY_STATUS(generation->load_roots(in));
  TRY_STATUS(put_in_force(bundle_));
  TRY_STATUS(ceilings_.load(in, bundle_->rules().size()));
  acts_.load(in);
  if (!in.ok() || !in.at_end())
    return core::fail(ErrorCode::corrupt, "snapshot", "the snapshot's roots are damaged");
  return {};
}

}  // namespace tillwatch::engine
