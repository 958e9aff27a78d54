// Little-endian bytes in and out, with LEB128 integers: the alphabet of every file format of the house
// (docs/formats). Called by the codecs of entries, decisions, journal and snapshots. Reading never throws and
// never reads past the end: the first short or overlong read makes the reader fail for good, and `ok()` says
// so once at the end.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace tillwatch::core {

using Bytes = std::string;  // an owned run of octets

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}
inline std::span<const std::byte> as_octets(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

class ByteWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit ByteWriter(Bytes& out) : out_(out) {}

  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u16(std::uint16_t v) { fixed(v); }
  void u32(std::uint32_t v) { fixed(v); }
  void u64(std::uint64_t v) { fixed(v); }
  void i64(std::int64_t v) { fixed(static_cast<std::uint64_t>(v)); }
  void f64(double v) { fixed(std::bit_cast<std::uint64_t>(v)); }
  void varint(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) u8(static_cast<std::uint8_t>(v | 0x80));
    u8(static_cast<std::uint8_t>(v));
  }
  // Zigzag, so that small negative numbers stay short.
  void signed_varint(std::int64_t v) {
    varint((static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
  }
  void raw(std::string_view v) { out_.append(v); }
  void text(std::string_view v) {
    varint(v.size());
    raw(v);
  }
  std::size_t size() const { return out_.size(); }

 private:
  template <class T>
  void fixed(T v) {
    for (std::size_t i = 0; i < sizeof(T); ++i) out_.push_back(static_cast<char>((v >> (8 * i)) & 0xff));
  }
  Bytes& out_;
};

class ByteReader {
 public:
  // Reads from `in`, which must outlive the reader and every view it hands out.
  explicit ByteReader(std::string_view in) : in_(in) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(fixed(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u64() { return fixed(8); }
  std::int64_t i64() { return static_cast<std::int64_t>(fixed(8)); }
  double f64() { return std::bit_cast<double>(fixed(8)); }
  // Only the shortest form is accepted, so that equal values have equal bytes.
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = u8();
      if (shift == 63 && b > 1) break;
      v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        if (b == 0 && shift != 0) break;
        return v;
      }
    }
    ok_ = false;
    return 0;
  }
  std::int64_t signed_varint() {
    const std::uint64_t v = varint();
    return static_cast<std::int64_t>((v >> 1) ^ (~(v & 1) + 1));
  }
  std::string_view raw(std::uint64_t size) {
    if (!ok_ || size > in_.size() - at_) {
      ok_ = false;
      return {};
    }
    const std::string_view v = in_.substr(at_, static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
    return v;
  }
  std::string_view text() { return raw(varint()); }

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == in_.size(); }
  std::size_t position() const { return at_; }
  std::size_t remaining() const { return in_.size() - at_; }
  void fail() { ok_ = false; }

 private:
  std::uint64_t fixed(std::size_t size) {
    const std::string_view v = raw(size);
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < v.size(); ++i)
      result |= static_cast<std::uint64_t>(static_cast<unsigned char>(v[i])) << (8 * i);
    return result;
  }
  std::string_view in_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace tillwatch::core
