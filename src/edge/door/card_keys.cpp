// format: keys
#include "door/card_keys.h"

#include <algorithm>
#include <charconv>

#include "core/check.h"
#include "crypto/secret_text.h"

namespace tillwatch::door {
namespace {

using core::ErrorCode;

constexpr std::string_view magic = "tillwatch-card-keys ";
constexpr std::string_view version_line = "tillwatch-card-keys 1";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t epochs_max = 100;
constexpr std::size_t reference_bytes = 16;
constexpr core::DurationMs overlap_max = 3650 * core::day_ms;

std::string_view word(std::string_view& rest) {
  const std::size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view part = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return part;
}

std::string checksum_of(std::string_view text) {
  return crypto::to_hex(crypto::sha256(text));
}

core::Error broken(std::size_t line, std::string detail) {
  return {ErrorCode::invalid, "card keys, line " + std::to_string(line), std::move(detail)};
}

}  // namespace

std::string_view name_of(CardKeys::State state) {
  switch (state) {
    case CardKeys::State::current:
      return "current";
    case CardKeys::State::previous:
      return "previous";
    case CardKeys::State::retired:
      return "retired";
  }
  return "unknown";
}

void CardKeys::activate(std::uint32_t epoch, crypto::Secret key) {
  crypto::HmacSha256 mac(key.view());
  active_.push_back({epoch, std::move(key), std::move(mac)});
}

const CardKeys::ActiveKey* CardKeys::active(State state) const {
  const auto epoch = std::ranges::find(epochs_, state, &Epoch::state);
  if (epoch == epochs_.end()) return nullptr;
  const auto at = std::ranges::find(active_, epoch->number, &ActiveKey::epoch);
  CHECK(at != active_.end());
  return &*at;
}

CardKeys CardKeys::generate(ports::Random& random, core::TimeMs now) {
  CardKeys keys;
  crypto::Secret key(key_bytes);
  random.fill(key.bytes());
  keys.epochs_.push_back({1, State::current, now, 0});
  keys.activate(1, std::move(key));
  return keys;
}

core::Status CardKeys::rotate(ports::Random& random, core::TimeMs now, core::DurationMs overlap) {
  if (overlap <= 0 || overlap > overlap_max)
    return core::fail(ErrorCode::invalid, "overlap",
                      "the overlap must be at least as long as the longest window, and at most 10 years");
  if (active(State::previous) != nullptr)
    return core::fail(ErrorCode::conflict, "card keys",
                      "the previous key is still in use: retire it first (`tillwatch admin key retire`)");
  if (epochs_.size() >= epochs_max)
    return core::fail(ErrorCode::limit, "card keys", "the file holds 100 epochs: begin a new installation");
  crypto::Secret key(key_bytes);
  random.fill(key.bytes());
  Epoch& old = *std::ranges::find(epochs_, State::current, &Epoch::state);
  old.state = State::previous;
  old.overlap_until = now + overlap;
  const std::uint32_t number = epochs_.back().number + 1;
  epochs_.push_back({number, State::current, now, 0});
  activate(number, std::move(key));
  return {};
}

core::Status CardKeys::retire(core::TimeMs now) {
  const auto old = std::ranges::find(epochs_, State::previous, &Epoch::state);
  if (old == epochs_.end())
    return core::fail(ErrorCode::not_found, "card keys", "there is no previous key: nothing to retire");
  if (now < old->overlap_until)
    return core::fail(ErrorCode::conflict, "card keys",
                      "the overlap runs until " + core::format_time(old->overlap_until) +
                          ": before that, cards seen only under the old key would lose their history");
  std::erase_if(active_, [&](const ActiveKey& key) { return key.epoch == old->number; });
  old->state = State::retired;
  old->overlap_until = 0;
  return {};
}

crypto::Secret CardKeys::file_text() const {
  crypto::SecretText text(version_line.size() + 128 + epochs_.size() * 256);
  text.add(version_line);
  text.add("\n");
  for (const Epoch& epoch : epochs_) {
    text.add("epoch " + std::to_string(epoch.number) + " " + std::string(name_of(epoch.state)) + " " +
             core::format_time(epoch.created) + " " +
             (epoch.state == State::previous ? core::format_time(epoch.overlap_until) : "-") + " ");
    const auto key = std::ranges::find(active_, epoch.number, &ActiveKey::epoch);
    if (key == active_.end())
      text.add("-");
    else
      text.add_hex(key->key.view());
    text.add("\n");
  }
  const std::string checksum = checksum_of(text.view());
  text.add("sha256 ");
  text.add(checksum);
  text.add("\n");
  return crypto::Secret::of(text.view());
}

core::Status CardKeys::read_epoch(std::string_view line, std::size_t number) {
  const auto fail = [&](std::string detail) { return std::unexpected(broken(number, std::move(detail))); };
  if (word(line) != "epoch") return fail("expected a line that begins with \"epoch\"");
  const std::string_view text = word(line);
  Epoch epoch;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), epoch.number);
  if (fault != std::errc() || end != text.data() + text.size() || epoch.number != epochs_.size() + 1)
    return fail("epochs must be numbered 1, 2, 3, ... without gaps");
  const std::string_view state = word(line);
  if (state == "previous")
    epoch.state = State::previous;
  else if (state == "retired")
    epoch.state = State::retired;
  else if (state != "current")
    return fail("a state is current, previous or retired");
  if (epoch.state != State::retired && active(epoch.state) != nullptr)
    return fail("there are two " + std::string(state) + " epochs");
  const std::optional<core::TimeMs> created = core::parse_time(word(line));
  if (!created) return fail("the epoch's creation is no RFC 3339 time");
  epoch.created = *created;
  const std::string_view until = word(line);
  if (epoch.state == State::previous) {
    const std::optional<core::TimeMs> time = core::parse_time(until);
    if (!time) return fail("the end of the overlap is no RFC 3339 time");
    epoch.overlap_until = *time;
  } else if (until != "-") {
    return fail("only a previous epoch has an overlap");
  }
  const std::string_view key = word(line);
  epochs_.push_back(epoch);
  if (epoch.state == State::retired)
    return key == "-" && line.empty() ? core::Status() : fail("a retired epoch has no key");
  std::optional<crypto::Secret> secret = crypto::secret_from_hex(key, key_bytes);
  if (!secret || !line.empty())
    return fail("a key is 64 lower-case hexadecimal digits, and the line ends with it");
  activate(epoch.number, std::move(*secret));
  return {};
}

core::Result<CardKeys> CardKeys::parse(std::string_view text) {
  if (!text.starts_with(magic))
    return std::unexpected(broken(1, "this is no card key file: make one with `tillwatch admin key init`"));
  if (!text.starts_with(std::string(version_line) + "\n"))
    return core::fail(ErrorCode::unsupported, "card keys, line 1", "a newer program wrote this file");
  const std::size_t last = text.rfind("sha256 ");
  if (last == std::string_view::npos || last == 0 || text[last - 1] != '\n')
    return core::fail(ErrorCode::corrupt, "card keys", "the file is cut off: restore it from a backup");
  if (text.substr(last) != "sha256 " + checksum_of(text.substr(0, last)) + "\n")
    return core::fail(
        ErrorCode::corrupt, "card keys",
        "the checksum does not fit: restore the file from a backup (`tillwatch admin key import`)");
  CardKeys keys;
  std::string_view rest = text.substr(version_line.size() + 1, last - version_line.size() - 1);
  for (std::size_t number = 2; !rest.empty(); ++number) {
    if (number > epochs_max + 1) return std::unexpected(broken(number, "there are more than 100 epochs"));
    const std::size_t end = rest.find('\n');
    TRY_STATUS(keys.read_epoch(rest.substr(0, end), number));
    rest.remove_prefix(end + 1);
  }
  if (keys.active(State::current) == nullptr) return std::unexpected(broken(2, "no epoch is current"));
  return keys;
}

std::string CardKeys::reference(const payment::Pan& pan) const {
  const ActiveKey* key = active(State::current);
  CHECK(key != nullptr);
  const crypto::Digest256 digest = pan.keyed_hash(key->mac);
  return "pan/" + std::to_string(key->epoch) + ":" + crypto::to_hex(std::span(digest).first(reference_bytes));
}

std::optional<std::string> CardKeys::previous_reference(const payment::Pan& pan) const {
  const ActiveKey* key = active(State::previous);
  if (key == nullptr) return std::nullopt;
  const crypto::Digest256 digest = pan.keyed_hash(key->mac);
  return "pan/" + std::to_string(key->epoch) + ":" + crypto::to_hex(std::span(digest).first(reference_bytes));
}

}  // namespace tillwatch::door
