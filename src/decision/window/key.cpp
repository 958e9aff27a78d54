// Three hash keys are derived from the installation's, so that id, hash and column hashes are independent.
#include "window/key.h"

#include "core/bytes.h"
#include "core/check.h"

namespace tillwatch::window {

namespace {
crypto::SipKey derived(const crypto::SipKey& key, std::string_view purpose) {
  crypto::SipKey result{};
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t word = crypto::siphash(key, std::string(purpose) + static_cast<char>('0' + half));
    for (std::size_t i = 0; i < 8; ++i) result[half * 8 + i] = static_cast<unsigned char>(word >> (8 * i));
  }
  return result;
}
}  // namespace

KeyMaker::KeyMaker(const crypto::SipKey& key)
    : index_key_(derived(key, "window index")),
      id_key_(derived(key, "window key id")),
      text_key_(derived(key, "window text")) {}

std::optional<KeyId> KeyMaker::make(std::span<const std::uint16_t> key, std::span<const Scalar> attributes) {
  bytes_.clear();
  core::ByteWriter out(bytes_);
  for (const std::uint16_t index : key) {
    CHECK(index < attributes.size());
    const Scalar& attribute = attributes[index];
    if (!attribute.present()) return std::nullopt;
    out.u8(static_cast<std::uint8_t>(attribute.kind));
    if (attribute.kind == Scalar::Kind::integer) {
      out.i64(attribute.integer);
    } else {
      out.text(attribute.text);
    }
  }
  const bool one_integer = key.size() == 1 && attributes[key.front()].kind == Scalar::Kind::integer;
  const std::uint64_t id = one_integer ? static_cast<std::uint64_t>(attributes[key.front()].integer)
                                       : crypto::siphash(id_key_, bytes_);
  return KeyId{id, crypto::siphash(index_key_, bytes_)};
}

}  // namespace tillwatch::window
