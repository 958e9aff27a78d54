// Errors and fresh values of an evaluation. Called by the evaluators and the libraries.
#include "cel/run.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace tillwatch::cel {
namespace {

// The error that must not need memory. Without a place, for the second one of an arena.
constexpr ErrorBody memory_error = {
    ErrorKind::limit, 0, "the evaluation needs more memory than its arena has; make the expression smaller"};

}  // namespace

Value Run::out_of_memory() {
  auto* body = arena.take_last_words<ErrorBody>();
  if (body == nullptr) return Value::error(&memory_error);
  new (body) ErrorBody{memory_error.kind, at, memory_error.message};
  return Value::error(body);
}

Value Run::fail(ErrorKind kind, std::string_view message) {
  auto* body = arena.take<ErrorBody>(1);
  const std::string_view copy = arena.copy(message);
  if (body == nullptr || copy.data() == nullptr) return out_of_memory();
  new (body) ErrorBody{kind, at, copy};
  return Value::error(body);
}

Value Run::fail(ErrorKind kind, std::string_view before, std::string_view name, std::string_view after) {
  constexpr std::size_t name_max = 64;
  std::array<char, 512> buffer;
  std::size_t used = 0;
  const auto put = [&](std::string_view text) {
    const std::size_t size = std::min(text.size(), buffer.size() - used);
    if (size > 0) std::memcpy(buffer.data() + used, text.data(), size);
    used += size;
  };
  // Cut between code points, so that the message stays readable text.
  std::size_t cut = std::min(name.size(), name_max);
  while (cut < name.size() && cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0) == 0x80) --cut;
  put(before);
  put("'");
  put(name.substr(0, cut));
  put(cut < name.size() ? "...'" : "'");
  put(after);
  return fail(kind, std::string_view(buffer.data(), used));
}

Value Run::out_of_budget() {
  return fail(ErrorKind::limit,
              "the evaluation takes more steps than allowed; make lists shorter or the expression simpler");
}

Value Run::too_many_items() {
  return fail(ErrorKind::limit, "a list or map would have more items than allowed");
}

Value Run::some(const Value& content) {
  auto* place = arena.take<Value>(1);
  if (place == nullptr) return out_of_memory();
  new (place) Value(content);
  return Value::some(place);
}

Value Run::copied(Kind kind, std::string_view content) {
  const std::string_view copy = arena.copy(content);
  if (copy.data() == nullptr) return out_of_memory();
  return kind == Kind::text ? Value::text(copy) : Value::bytes(copy);
}

}  // namespace tillwatch::cel
