// Reads compiled zone files (RFC 8536, versions 2 and later). Called by `tillwatch cel` only.
#include "zone_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tillwatch {
namespace {

constexpr std::size_t file_bytes_max = 256 * 1024;
constexpr std::size_t header_bytes = 44;

std::int64_t big_endian(std::string_view bytes) {
  std::uint64_t value = (static_cast<unsigned char>(bytes[0]) & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

struct Header {
  std::size_t ut, standard, leaps, times, types, letters;
  std::size_t body(std::size_t time_bytes) const {
    return times * (time_bytes + 1) + types * 6 + letters + leaps * (time_bytes + 4) + standard + ut;
  }
};

std::optional<Header> read_header(std::string_view file) {
  if (file.size() < header_bytes || !file.starts_with("TZif")) return std::nullopt;
  const auto count = [&](std::size_t index) {
    return static_cast<std::size_t>(static_cast<std::uint32_t>(big_endian(file.substr(20 + 4 * index, 4))));
  };
  const Header header{count(0), count(1), count(2), count(3), count(4), count(5)};
  for (const std::size_t n :
       {header.ut, header.standard, header.leaps, header.times, header.types, header.letters})
    if (n > file_bytes_max) return std::nullopt;
  return header;
}

bool is_zone_name(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find("..") != std::string_view::npos || name.size() > 64)
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  });
}

}  // namespace

std::optional<ZoneFiles::Zone> ZoneFiles::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  const std::string content((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (content.size() > file_bytes_max) return std::nullopt;
  std::string_view file = content;
  const auto old = read_header(file);
  if (!old || file[4] < '2' || file.size() < header_bytes + old->body(4)) return std::nullopt;
  file.remove_prefix(header_bytes + old->body(4));
  const auto header = read_header(file);
  if (!header || header->types == 0 || file.size() < header_bytes + header->body(8)) return std::nullopt;
  std::string_view body = file.substr(header_bytes);
  const std::string_view types = body.substr(header->times * 9, header->types * 6);
  const auto offset = [&](std::size_t type) {
    return static_cast<std::int32_t>(big_endian(types.substr(type * 6, 4)));
  };
  Zone zone;
  zone.before = offset(0);
  for (std::size_t i = 0; i < header->times; ++i) {
    const auto type = static_cast<unsigned char>(body[header->times * 8 + i]);
    if (type >= header->types) return std::nullopt;
    zone.changes.push_back(big_endian(body.substr(i * 8, 8)));
    zone.offsets.push_back(offset(type));
  }
  std::string_view footer = body.substr(header->body(8));
  if (footer.size() >= 2 && footer.front() == '\n' && footer.back() == '\n')
    zone.rule = footer.substr(1, footer.size() - 2);
  return zone;
}

std::optional<std::int32_t> ZoneFiles::offset_at(std::string_view name, std::int64_t seconds) {
  if (!is_zone_name(name)) return std::nullopt;
  auto found = zones_.find(name);
  if (found == zones_.end()) found = zones_.emplace(name, read(folder_ + "/" + std::string(name))).first;
  if (!found->second) return std::nullopt;
  const Zone& zone = *found->second;
  const auto after = std::upper_bound(zone.changes.begin(), zone.changes.end(), seconds);
  if (after == zone.changes.end() && !zone.rule.empty()) return offset_by_rule(zone.rule, seconds);
  if (after == zone.changes.begin()) return zone.before;
  return zone.offsets[static_cast<std::size_t>(after - zone.changes.begin()) - 1];
}

}  // namespace tillwatch
