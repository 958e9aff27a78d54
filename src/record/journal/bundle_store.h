// format: docs/formats/bundle.md. Immutable blobs named by their SHA-256: the policies, lists and models that
// decisions were made with. Called by the policy swap, replay and evidence. Nothing is ever changed or
// removed here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "crypto/hash.h"
#include "ports/disk.h"

namespace tillwatch::journal {

class BundleStore {
 public:
  // Creates the folder where missing. `disk` must outlive the store.
  static core::Result<std::unique_ptr<BundleStore>> open(ports::Disk& disk, std::string directory);
  BundleStore(const BundleStore&) = delete;
  BundleStore& operator=(const BundleStore&) = delete;

  // Stores `content` (at most core::limits::bundle_bytes_max) durably and gives its name. Content that is
  // there already is read back first, and replaced where it is damaged. limit, io.
  core::Result<crypto::Digest256> put(std::string_view content);
  // not_found; corrupt where the file is not what its name says.
  core::Result<std::string> get(const crypto::Digest256& name);
  // The names of all bundles, in byte order.
  core::Result<std::vector<crypto::Digest256>> list();

 private:
  BundleStore(ports::Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}
  std::string path_of(const crypto::Digest256& name) const;

  ports::Disk& disk_;
  std::string directory_;
};

}  // namespace tillwatch::journal
