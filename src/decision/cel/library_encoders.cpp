// The encoders extension: base64 of RFC 4648 section 4, the last group with or without padding. Called by
// both evaluators.
#include <array>

#include "cel/library.h"

namespace tillwatch::cel {
namespace {

using Arguments = std::span<const Value>;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t octet(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

Value encode(Run& run, Arguments a) {
  if (a.size() != 1 || a[0].kind != Kind::bytes) return no_overload(run, "base64.encode", a);
  const std::string_view in = a[0].view();
  if (!run.spend(in.size() / 4)) return run.out_of_budget();
  const std::size_t size = (in.size() + 2) / 3 * 4;
  char* out = run.arena.take<char>(size);
  if (out == nullptr) return run.out_of_memory();
  std::size_t at = 0;
  for (std::size_t i = 0; i < in.size(); i += 3) {
    const std::size_t left = in.size() - i;
    const std::uint32_t group =
        octet(in, i) << 16 | (left > 1 ? octet(in, i + 1) << 8 : 0) | (left > 2 ? octet(in, i + 2) : 0);
    out[at++] = alphabet[group >> 18];
    out[at++] = alphabet[(group >> 12) & 63];
    out[at++] = left > 1 ? alphabet[(group >> 6) & 63] : '=';
    out[at++] = left > 2 ? alphabet[group & 63] : '=';
  }
  return Value::text({out, size});
}

Value decode(Run& run, Arguments a) {
  if (a.size() != 1 || a[0].kind != Kind::text) return no_overload(run, "base64.decode", a);
  std::string_view in = a[0].view();
  if (!run.spend(in.size() / 4)) return run.out_of_budget();
  const auto fail = [&] {
    return run.fail(ErrorKind::invalid_argument, "the text is not base64: ", a[0].view());
  };
  if (in.ends_with('=')) {
    if (in.size() % 4 != 0) return fail();
    in.remove_suffix(in.ends_with("==") ? 2 : 1);
  }
  if (in.size() % 4 == 1) return fail();
  char* out = run.arena.take<char>(in.size() * 3 / 4);
  if (out == nullptr) return run.out_of_memory();
  std::uint32_t group = 0;
  std::uint32_t bits = 0;
  std::size_t at = 0;
  for (const char c : in) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return fail();
    group = (group << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFFF;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = static_cast<char>((group >> bits) & 0xFF);
  }
  return Value::bytes({out, at});
}

constexpr std::array<Signature, 1> encode_forms = {{{"bytes", "string"}}};
constexpr std::array<Signature, 1> decode_forms = {{{"string", "bytes"}}};
constexpr std::array<Function, 2> table = {
    {{"base64.encode", false, encode_forms, encode, "the bytes as base64 text"},
     {"base64.decode", false, decode_forms, decode, "the bytes of a base64 text"}}};

}  // namespace

std::span<const Function> encoder_library() {
  return table;
}

}  // namespace tillwatch::cel
