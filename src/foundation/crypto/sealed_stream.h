// Much content sealed under a passphrase, in chunks: argon2id makes the key, libsodium's secretstream
// (XChaCha20-Poly1305) seals. A chunk that was altered, moved, left out or repeated is noticed, and so is a
// missing end. Called by the backup (docs/formats/backup.md). Never holds more than a chunk; never stores a
// passphrase.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "crypto/sealed_box.h"
#include "crypto/secret.h"
#include "ports/random.h"

namespace tillwatch::crypto {

inline constexpr std::size_t stream_head_bytes = 64;
inline constexpr std::size_t stream_chunk_bytes = 1024 * 1024;  // of content
inline constexpr std::size_t stream_overhead_bytes = 17;        // which sealing adds to a chunk

struct StreamState;
struct StreamStateWipe {
  void operator()(StreamState* state) const;
};

class SealingStream {
 public:
  // Errors: invalid (passphrase shorter than passphrase_bytes_min), limit (not enough memory for argon2id).
  static core::Result<SealingStream> begin(const Secret& passphrase, ports::Random& random,
                                           SealCost cost = {});
  // stream_head_bytes, to be written first.
  const std::string& head() const { return head_; }
  // Replaces `out` with the sealed chunk. `content`: exactly stream_chunk_bytes, the last one 0 to that.
  void seal(std::string_view content, bool is_last, std::string& out);

 private:
  SealingStream() = default;
  std::string head_;
  std::unique_ptr<StreamState, StreamStateWipe> state_;
};

class UnsealingStream {
 public:
  // Errors: invalid (no such head, or parameters out of bounds), limit.
  static core::Result<UnsealingStream> begin(std::string_view head, const Secret& passphrase);
  // Replaces `out` with the content; true where this was the last chunk, behind which nothing may come.
  // Errors: denied (wrong passphrase, or altered).
  core::Result<bool> unseal(std::string_view sealed, std::string& out);

 private:
  UnsealingStream() = default;
  std::string head_;
  bool ended_ = false;
  std::unique_ptr<StreamState, StreamStateWipe> state_;
};

}  // namespace tillwatch::crypto
