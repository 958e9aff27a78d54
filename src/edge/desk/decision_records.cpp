#include "desk/decision_records.h"

#include <utility>

namespace tillwatch::desk {

core::Result<journal::OwnedRecord> DecisionRecords::read(core::Sequence sequence) {
  core::Result<journal::OwnedRecord> record = lookup_.read(sequence);
  if (record || record.error().code != core::ErrorCode::not_found) return record;
  // The lookup speaks of folders and segments, which say nothing to whoever asks from a browser.
  return core::fail(core::ErrorCode::not_found, "",
                    "the list still knows this decision, but the journal no longer holds its record");
}

std::shared_ptr<const policy::Bundle> DecisionRecords::bundle_of(const std::array<unsigned char, 32>& hash) {
  if (const auto at = loaded_.find(hash); at != loaded_.end()) return at->second;
  if (!bundles_) {
    auto opened = journal::BundleStore::open(disk_, bundle_directory_);
    if (!opened) return nullptr;
    bundles_ = *std::move(opened);
  }
  const core::Result<std::string> packed = bundles_->get(hash);
  if (!packed) return nullptr;
  auto bundle = policy::Bundle::restore(*packed);
  if (!bundle) return nullptr;
  if (loaded_.size() >= bundles_kept_max) loaded_.clear();
  return loaded_.emplace(hash, *std::move(bundle)).first->second;
}

}  // namespace tillwatch::desk
