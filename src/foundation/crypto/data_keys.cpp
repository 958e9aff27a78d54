// format: data-keys
#include "crypto/data_keys.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "core/bytes.h"
#include "core/check.h"
#include "crypto/secret_text.h"

namespace tillwatch::crypto {
namespace {

using core::ErrorCode;

constexpr std::string_view magic = "tillwatch-data-keys ";
constexpr std::string_view version_line = "tillwatch-data-keys 1";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t keys_max = 100;
constexpr std::size_t tag_bytes = 16;
constexpr std::uint8_t box_version = 1;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t head_bytes = 1 + 4 + nonce_bytes;
constexpr std::size_t check_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* octets(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}
unsigned char* octets(std::string& text) {
  return static_cast<unsigned char*>(static_cast<void*>(text.data()));
}

// Sealing and tagging never share a key.
Secret derive(const Secret& key, std::string_view purpose) {
  Digest256 digest = HmacSha256(key.view()).of(purpose);
  Secret derived = Secret::of(core::as_text(std::as_bytes(std::span(digest))));
  wipe(digest.data(), digest.size());
  return derived;
}

std::string_view word(std::string_view& rest) {
  const std::size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view part = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return part;
}

std::string tag_under(std::uint32_t number, const HmacSha256& mac, std::string_view domain,
                      std::string_view value) {
  std::string message;
  core::ByteWriter writer(message);
  writer.text(domain);
  writer.raw(value);
  const Digest256 digest = mac.of(message);
  wipe(message.data(), message.size());
  return std::to_string(number) + ":" + to_hex(std::span(digest).first(tag_bytes));
}

core::Error broken(std::size_t line, std::string detail) {
  return {ErrorCode::invalid, "data keys, line " + std::to_string(line), std::move(detail)};
}

}  // namespace

std::string_view name_of(DataKeys::State state) {
  switch (state) {
    case DataKeys::State::current:
      return "current";
    case DataKeys::State::previous:
      return "previous";
    case DataKeys::State::retired:
      return "retired";
  }
  return "unknown";
}

void DataKeys::activate(std::uint32_t number, Secret key) {
  Secret sealing = derive(key, "tillwatch data seal");
  HmacSha256 tagging(derive(key, "tillwatch data tag").view());
  active_.push_back({number, std::move(key), std::move(sealing), std::move(tagging)});
}

const DataKeys::ActiveKey* DataKeys::active(std::uint32_t number) const {
  const auto at = std::ranges::find(active_, number, &ActiveKey::number);
  return at == active_.end() ? nullptr : &*at;
}

std::uint32_t DataKeys::current() const {
  const auto at = std::ranges::find(keys_, State::current, &Key::state);
  CHECK(at != keys_.end());
  return at->number;
}

DataKeys DataKeys::generate(ports::Random& random, core::TimeMs now) {
  DataKeys keys;
  Secret key(key_bytes);
  random.fill(key.bytes());
  keys.keys_.push_back({1, State::current, now});
  keys.activate(1, std::move(key));
  return keys;
}

core::Status DataKeys::rotate(ports::Random& random, core::TimeMs now) {
  if (keys_.size() >= keys_max)
    return core::fail(ErrorCode::limit, "data keys", "the file holds 100 keys: begin a new installation");
  Secret key(key_bytes);
  random.fill(key.bytes());
  std::ranges::find(keys_, State::current, &Key::state)->state = State::previous;
  const std::uint32_t number = keys_.back().number + 1;
  keys_.push_back({number, State::current, now});
  activate(number, std::move(key));
  return {};
}

core::Status DataKeys::retire(std::uint32_t number) {
  const auto at = std::ranges::find(keys_, number, &Key::number);
  if (at == keys_.end() || at->state != State::previous)
    return core::fail(ErrorCode::not_found, "data keys", "no previous key has this number");
  at->state = State::retired;
  std::erase_if(active_, [&](const ActiveKey& key) { return key.number == number; });
  return {};
}

std::string DataKeys::seal(std::string_view content, std::string_view context, ports::Random& random) const {
  const ActiveKey* key = active(current());
  CHECK(key != nullptr);
  std::string box;
  core::ByteWriter writer(box);
  writer.u8(box_version);
  writer.u32(key->number);
  box.resize(head_bytes + content.size() + check_bytes);
  random.fill(std::as_writable_bytes(std::span(box.data() + 5, nonce_bytes)));
  const std::string data = box.substr(0, 5) + std::string(context);
  unsigned long long size = 0;
  CHECK(crypto_aead_xchacha20poly1305_ietf_encrypt(octets(box) + head_bytes, &size, octets(content),
                                                   content.size(), octets(data), data.size(), nullptr,
                                                   octets(box) + 5, octets(key->sealing.view())) == 0);
  CHECK(head_bytes + size == box.size());
  return box;
}

std::uint32_t DataKeys::key_of(std::string_view box) {
  core::ByteReader in(box);
  const bool ours = in.u8() == box_version;
  const std::uint32_t number = in.u32();
  return ours && box.size() >= head_bytes + check_bytes ? number : 0;
}

core::Result<std::string> DataKeys::open(std::string_view box, std::string_view context) const {
  const std::uint32_t number = key_of(box);
  if (number == 0)
    return core::fail(ErrorCode::corrupt, "sealed field", "this is no sealed field: restore from a backup");
  const ActiveKey* key = active(number);
  if (key == nullptr)
    return core::fail(ErrorCode::not_found, "sealed field",
                      "data key " + std::to_string(number) +
                          " is not there: restore the file of data keys that belongs to this database");
  const std::string data = std::string(box.substr(0, 5)) + std::string(context);
  const std::string_view sealed = box.substr(head_bytes);
  std::string content(sealed.size() - check_bytes, '\0');
  unsigned long long size = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(octets(content), &size, nullptr, octets(sealed),
                                                 sealed.size(), octets(data), data.size(),
                                                 octets(box.substr(5)), octets(key->sealing.view())) != 0)
    return core::fail(ErrorCode::denied, "sealed field",
                      "a sealed field was altered or does not belong here: restore from a backup");
  return content;
}

std::string DataKeys::tag(std::string_view domain, std::string_view value) const {
  const ActiveKey* key = active(current());
  CHECK(key != nullptr);
  return tag_under(key->number, key->tagging, domain, value);
}

std::vector<std::string> DataKeys::tags(std::string_view domain, std::string_view value) const {
  std::vector<std::string> all;
  for (auto key = active_.rbegin(); key != active_.rend(); ++key)
    all.push_back(tag_under(key->number, key->tagging, domain, value));
  return all;
}

Secret DataKeys::file_text() const {
  SecretText text(version_line.size() + 128 + keys_.size() * 128);
  text.add(version_line);
  text.add("\n");
  for (const Key& key : keys_) {
    text.add("key " + std::to_string(key.number) + " " + std::string(name_of(key.state)) + " " +
             core::format_time(key.created) + " ");
    if (const ActiveKey* held = active(key.number))
      text.add_hex(held->key.view());
    else
      text.add("-");
    text.add("\n");
  }
  const std::string checksum = to_hex(sha256(text.view()));
  text.add("sha256 ");
  text.add(checksum);
  text.add("\n");
  return Secret::of(text.view());
}

core::Status DataKeys::read_key(std::string_view line, std::size_t number) {
  const auto fail = [&](std::string detail) { return std::unexpected(broken(number, std::move(detail))); };
  if (word(line) != "key") return fail("expected a line that begins with \"key\"");
  const std::string_view text = word(line);
  Key key;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), key.number);
  if (fault != std::errc() || end != text.data() + text.size() || key.number != keys_.size() + 1)
    return fail("keys must be numbered 1, 2, 3, ... without gaps");
  const std::string_view state = word(line);
  if (state == "previous")
    key.state = State::previous;
  else if (state == "retired")
    key.state = State::retired;
  else if (state != "current")
    return fail("a state is current, previous or retired");
  if (key.state == State::current && std::ranges::find(keys_, State::current, &Key::state) != keys_.end())
    return fail("there are two current keys");
  const std::optional<core::TimeMs> created = core::parse_time(word(line));
  if (!created) return fail("the key's creation is no RFC 3339 time");
  key.created = *created;
  const std::string_view hex = word(line);
  keys_.push_back(key);
  if (key.state == State::retired)
    return hex == "-" && line.empty() ? core::Status() : fail("a retired key is not there any more");
  std::optional<Secret> secret = secret_from_hex(hex, key_bytes);
  if (!secret || !line.empty())
    return fail("a key is 64 lower-case hexadecimal digits, and the line ends with it");
  activate(key.number, std::move(*secret));
  return {};
}

core::Result<DataKeys> DataKeys::parse(std::string_view text) {
  if (!text.starts_with(magic))
    return std::unexpected(broken(1, "this is no file of data keys: restore it from a backup"));
  if (!text.starts_with(std::string(version_line) + "\n"))
    return core::fail(ErrorCode::unsupported, "data keys, line 1", "a newer program wrote this file");
  const std::size_t last = text.rfind("sha256 ");
  if (last == std::string_view::npos || last == 0 || text[last - 1] != '\n')
    return core::fail(ErrorCode::corrupt, "data keys", "the file is cut off: restore it from a backup");
  if (text.substr(last) != "sha256 " + to_hex(sha256(text.substr(0, last))) + "\n")
    return core::fail(ErrorCode::corrupt, "data keys",
                      "the checksum does not fit: restore the file from a backup");
  DataKeys keys;
  std::string_view rest = text.substr(version_line.size() + 1, last - version_line.size() - 1);
  for (std::size_t number = 2; !rest.empty(); ++number) {
    if (number > keys_max + 1) return std::unexpected(broken(number, "there are more than 100 keys"));
    const std::size_t end = rest.find('\n');
    TRY_STATUS(keys.read_key(rest.substr(0, end), number));
    rest.remove_prefix(end + 1);
  }
  if (keys.keys_.empty() || keys.keys_.back().state != State::current)
    return std::unexpected(broken(keys.keys_.size() + 1, "the last key must be the current one"));
  return keys;
}

}  // namespace tillwatch::crypto
