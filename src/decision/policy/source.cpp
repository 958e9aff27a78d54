#include "policy/source.h"

#include <algorithm>

#include "crypto/hash.h"

namespace tillwatch::policy {

core::Bytes pack(std::vector<SourceFile> files) {
  std::ranges::sort(files, {}, &SourceFile::name);
  core::Bytes bytes;
  core::ByteWriter writer(bytes);
  writer.raw("TWB1");
  writer.varint(files.size());
  for (const SourceFile& file : files) {
    writer.text(file.name);
    writer.text(file.text);
  }
  return bytes;
}

core::Result<std::vector<SourceFile>> unpack(std::string_view bytes) {
  core::ByteReader in(bytes);
  std::vector<SourceFile> files;
  if (in.raw(4) != "TWB1") in.fail();
  for (std::uint64_t left = in.varint(); in.ok() && left > 0; --left) {
    SourceFile file;
    file.name = in.text();
    file.text = in.text();
    if (in.ok()) files.push_back(std::move(file));
  }
  if (!in.ok() || !in.at_end())
    return core::fail(core::ErrorCode::corrupt, "bundle", "the bytes are not a policy bundle");
  return files;
}

BundleHash hash_of(std::string_view packed) {
  return crypto::sha256(packed);
}

std::string to_hex(const BundleHash& hash) {
  return crypto::to_hex(hash);
}

}  // namespace tillwatch::policy
