// The journal and the policies as the desk reads them: single records, and the bundle that made a decision,
// for its words. Called by the decisions room on the service thread; made by the wiring. Never writes the
// journal.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "core/error.h"
#include "core/strong.h"
#include "journal/bundle_store.h"
#include "journal/record.h"
#include "journal/record_lookup.h"
#include "policy/bundle.h"
#include "ports/disk.h"

namespace tillwatch::desk {

class DecisionRecords {
 public:
  static constexpr std::size_t bundles_kept_max = 8;

  // `disk` outlives this. `directory`: of the record, with the folders journal and bundles.
  DecisionRecords(ports::Disk& disk, const std::string& directory)
      : disk_(disk), bundle_directory_(directory + "/bundles"), lookup_(disk, directory + "/journal") {}

  // `sequence` must be durable. Errors: not_found (its part of the journal was retired), corrupt, io.
  core::Result<journal::OwnedRecord> read(core::Sequence sequence);
  // nullptr where it cannot be had: then a decision has no words.
  std::shared_ptr<const policy::Bundle> bundle_of(const std::array<unsigned char, 32>& hash);

 private:
  ports::Disk& disk_;
  std::string bundle_directory_;
  journal::RecordLookup lookup_;
  std::unique_ptr<journal::BundleStore> bundles_;
  std::map<std::array<unsigned char, 32>, std::shared_ptr<const policy::Bundle>> loaded_;
};

}  // namespace tillwatch::desk
