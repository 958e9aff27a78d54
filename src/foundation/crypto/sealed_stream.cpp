// format: backup
#include "crypto/sealed_stream.h"

#include <sodium.h>

#include <array>
#include <cstring>

#include "core/bytes.h"
#include "core/check.h"
#include "crypto/passphrase_key.h"

namespace tillwatch::crypto {

struct StreamState {
  crypto_secretstream_xchacha20poly1305_state state{};
};

void StreamStateWipe::operator()(StreamState* state) const {
  wipe(&state->state, sizeof state->state);
  std::default_delete<StreamState>()(state);
}

namespace {

using core::ErrorCode;

constexpr std::string_view magic = "TWSEAL1\n";
static_assert(crypto_secretstream_xchacha20poly1305_ABYTES == stream_overhead_bytes);
static_assert(crypto_secretstream_xchacha20poly1305_HEADERBYTES == 24);
static_assert(crypto_secretstream_xchacha20poly1305_KEYBYTES == 32);
static_assert(8 + 8 + 8 + crypto_pwhash_SALTBYTES + 24 == stream_head_bytes);

const unsigned char* octets(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}
unsigned char* octets(std::string& text) {
  return static_cast<unsigned char*>(static_cast<void*>(text.data()));
}

}  // namespace

core::Result<SealingStream> SealingStream::begin(const Secret& passphrase, ports::Random& random,
                                                 SealCost cost) {
  CHECK(sodium_init() >= 0);
  if (passphrase.size() < passphrase_bytes_min)
    return core::fail(ErrorCode::invalid, "passphrase",
                      "the passphrase is too short: take at least 15 characters");
  std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
  random.fill(std::as_writable_bytes(std::span(salt)));
  TRY(key, key_of(passphrase, salt, cost));
  SealingStream stream;
  stream.state_.reset(std::make_unique<StreamState>().release());
  std::array<unsigned char, crypto_secretstream_xchacha20poly1305_HEADERBYTES> nonce{};
  CHECK(crypto_secretstream_xchacha20poly1305_init_push(&stream.state_->state, nonce.data(),
                                                        octets(key.view())) == 0);
  core::ByteWriter head(stream.head_);
  head.raw(magic);
  head.u64(cost.operations);
  head.u64(cost.memory_bytes);
  head.raw(core::as_text(std::as_bytes(std::span(salt))));
  head.raw(core::as_text(std::as_bytes(std::span(nonce))));
  CHECK(stream.head_.size() == stream_head_bytes);
  return stream;
}

void SealingStream::seal(std::string_view content, bool is_last, std::string& out) {
  CHECK(is_last ? content.size() <= stream_chunk_bytes : content.size() == stream_chunk_bytes);
  out.resize(content.size() + stream_overhead_bytes);
  const unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                    : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  // The head is authenticated with every chunk: a changed cost would otherwise only look like a wrong
  // passphrase.
  CHECK(crypto_secretstream_xchacha20poly1305_push(&state_->state, octets(out), nullptr, octets(content),
                                                   content.size(), octets(head_), head_.size(), tag) == 0);
}

core::Result<UnsealingStream> UnsealingStream::begin(std::string_view head, const Secret& passphrase) {
  CHECK(sodium_init() >= 0);
  SealCost cost;
  if (head.size() == stream_head_bytes && head.starts_with(magic)) {
    core::ByteReader numbers(head.substr(magic.size(), 16));
    cost.operations = numbers.u64();
    cost.memory_bytes = numbers.u64();
  } else {
    cost.operations = 0;
  }
  if (!is_within_bounds(cost))
    return core::fail(ErrorCode::invalid, "backup",
                      "this is no backup of this program, or one of a later version");
  std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
  std::memcpy(salt.data(), head.data() + 24, salt.size());
  TRY(key, key_of(passphrase, salt, cost));
  UnsealingStream stream;
  stream.head_ = head;
  stream.state_.reset(std::make_unique<StreamState>().release());
  CHECK(crypto_secretstream_xchacha20poly1305_init_pull(&stream.state_->state, octets(head.substr(40)),
                                                        octets(key.view())) == 0);
  return stream;
}

core::Result<bool> UnsealingStream::unseal(std::string_view sealed, std::string& out) {
  unsigned char tag = 0;
  const bool fits =
      sealed.size() >= stream_overhead_bytes && sealed.size() <= stream_chunk_bytes + stream_overhead_bytes;
  if (fits) out.resize(sealed.size() - stream_overhead_bytes);
  if (!fits || ended_ ||
      crypto_secretstream_xchacha20poly1305_pull(&state_->state, octets(out), nullptr, &tag, octets(sealed),
                                                 sealed.size(), octets(head_), head_.size()) != 0) {
    out.clear();
    return core::fail(ErrorCode::denied, "backup", "the passphrase is wrong, or the backup was altered");
  }
  ended_ = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return ended_;
}

}  // namespace tillwatch::crypto
