#include "json/reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "core/check.h"
#include "json/fault.h"

namespace tillwatch::json {

namespace {

using core::ErrorCode;
using simdjson::internal::tape_ref;
using simdjson::internal::tape_type;

tape_ref at_place(View::Place place) {
  return {static_cast<const simdjson::dom::document*>(place.document), place.index};
}

// The place after the value at `place`.
View::Place after(View::Place place) {
  return {place.document, at_place(place).after_element()};
}

View::Place inside(View::Place place) {
  return {place.document, place.index + 1};
}
View::Place closing(View::Place place) {
  return {place.document, at_place(place).after_element() - 1};
}

bool is_container(tape_type type) {
  return type == tape_type::START_ARRAY || type == tape_type::START_OBJECT;
}

// Bounds and repeated names: what simdjson does not look at. True where the document is acceptable.
class Walk {
 public:
  Walk(const Bounds& bounds, std::vector<std::string_view>& names) : bounds_(bounds), names_(names) {}

  bool value(View::Place place, std::size_t depth) {
    const tape_ref node = at_place(place);
    const tape_type type = node.tape_ref_type();
    if (type == tape_type::STRING) return node.get_string_length() <= bounds_.string_bytes_max;
    if (!is_container(type)) return true;
    if (depth >= bounds_.depth_max) return false;
    return type == tape_type::START_ARRAY ? array(place, depth + 1) : object(place, depth + 1);
  }

 private:
  bool array(View::Place place, std::size_t depth) {
    if (at_place(place).scope_count() > bounds_.elements_max) return false;
    const View::Place end = closing(place);
    for (View::Place at = inside(place); at.index != end.index; at = after(at)) {
      if (!value(at, depth)) return false;
    }
    return true;
  }

  bool object(View::Place place, std::size_t depth) {
    const View::Place end = closing(place);
    const std::size_t base = names_.size();
    for (View::Place at = inside(place); at.index != end.index; at = after(inside(at))) {
      const std::string_view name = at_place(at).get_string_view();
      if (name.size() > bounds_.string_bytes_max || names_.size() - base == bounds_.members_max) return false;
      names_.push_back(name);
    }
    const auto first = names_.begin() + static_cast<std::ptrdiff_t>(base);
    std::sort(first, names_.end());
    const bool repeated = std::adjacent_find(first, names_.end()) != names_.end();
    names_.resize(base);
    if (repeated) return false;
    for (View::Place at = inside(place); at.index != end.index; at = after(inside(at))) {
      if (!value(inside(at), depth)) return false;
    }
    return true;
  }

  const Bounds& bounds_;
  std::vector<std::string_view>& names_;
};

// Appends the steps from `from` to the value at `target`; false where it does not lie below.
bool find_path(View::Place from, std::size_t target, std::string& pointer) {
  if (from.index == target) return true;
  const tape_type type = at_place(from).tape_ref_type();
  if (!is_container(type) || target >= after(from).index) return false;
  const View::Place end = closing(from);
  std::size_t position = 0;
  for (View::Place at = inside(from); at.index != end.index; ++position) {
    const std::size_t above = pointer.size();
    if (type == tape_type::START_OBJECT) {
      append_step(pointer, at_place(at).get_string_view());
      at = inside(at);
    } else {
      pointer += fmt::format("/{}", position);
    }
    if (find_path(at, target, pointer)) return true;
    pointer.resize(above);
    at = after(at);
  }
  return false;
}

}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "true or false";
    case Kind::integer:
    case Kind::unsigned_integer:
      return "an integer";
    case Kind::number:
      return "a number with a fraction or exponent";
    case Kind::string:
      return "a text";
    case Kind::array:
      return "an array";
    case Kind::object:
      return "an object";
  }
  return "unknown";
}

Kind View::kind() const {
  switch (at_place(place_).tape_ref_type()) {
    case tape_type::TRUE_VALUE:
    case tape_type::FALSE_VALUE:
      return Kind::boolean;
    case tape_type::INT64:
      return Kind::integer;
    case tape_type::UINT64:
      return Kind::unsigned_integer;
    case tape_type::DOUBLE:
      return Kind::number;
    case tape_type::STRING:
      return Kind::string;
    case tape_type::START_ARRAY:
      return Kind::array;
    case tape_type::START_OBJECT:
      return Kind::object;
    default:
      return Kind::null;
  }
}

core::Result<bool> View::as_boolean() const {
  if (kind() == Kind::boolean) return at_place(place_).is_true();
  return std::unexpected(wrong(fmt::format("expected true or false, found {}", name_of(kind()))));
}

core::Result<std::int64_t> View::as_integer() const {
  if (kind() == Kind::integer) return at_place(place_).next_tape_value<std::int64_t>();
  if (kind() == Kind::unsigned_integer)
    return std::unexpected(wrong("the integer is above 9223372036854775807"));
  return std::unexpected(wrong(fmt::format("expected an integer, found {}", name_of(kind()))));
}

core::Result<std::uint64_t> View::as_unsigned() const {
  if (kind() == Kind::unsigned_integer) return at_place(place_).next_tape_value<std::uint64_t>();
  if (kind() == Kind::integer) {
    const auto number = at_place(place_).next_tape_value<std::int64_t>();
    if (number >= 0) return static_cast<std::uint64_t>(number);
    return std::unexpected(wrong("the integer may not be negative"));
  }
  return std::unexpected(wrong(fmt::format("expected an integer, found {}", name_of(kind()))));
}

core::Result<double> View::as_double() const {
  constexpr std::int64_t exact_max = std::int64_t{1} << std::numeric_limits<double>::digits;
  if (kind() == Kind::number) return at_place(place_).next_tape_value<double>();
  if (kind() == Kind::integer) {
    const auto number = at_place(place_).next_tape_value<std::int64_t>();
    if (number >= -exact_max && number <= exact_max) return static_cast<double>(number);
  }
  if (kind() == Kind::integer || kind() == Kind::unsigned_integer) {
    return std::unexpected(wrong("the integer cannot be held exactly by a double (beyond 2^53)"));
  }
  return std::unexpected(wrong(fmt::format("expected a number, found {}", name_of(kind()))));
}

core::Result<std::string_view> View::as_string() const {
  if (kind() == Kind::string) return at_place(place_).get_string_view();
  return std::unexpected(wrong(fmt::format("expected a text, found {}", name_of(kind()))));
}

std::optional<View> View::find(std::string_view name) const {
  for (const Member member : members()) {
    if (member.name == name) return member.value;
  }
  return std::nullopt;
}

core::Result<View> View::at(std::string_view name) const {
  if (kind() != Kind::object)
    return std::unexpected(wrong(fmt::format("expected an object, found {}", name_of(kind()))));
  if (const auto found = find(name)) return *found;
  core::Error error = wrong("the member is missing");
  append_step(error.where, name);
  return std::unexpected(std::move(error));
}

std::size_t View::size() const {
  const tape_ref node = at_place(place_);
  return is_container(node.tape_ref_type()) ? node.scope_count() : 0;
}

Elements View::elements() const {
  if (kind() != Kind::array) return {place_, place_};
  return {inside(place_), closing(place_)};
}

Members View::members() const {
  if (kind() != Kind::object) return {place_, place_};
  return {inside(place_), closing(place_)};
}

std::string View::pointer() const {
  std::string pointer;
  CHECK(find_path({place_.document, 1}, place_.index, pointer));
  return pointer;
}

core::Error View::wrong(std::string detail) const {
  return core::Error{ErrorCode::invalid, pointer(), std::move(detail)};
}

Elements::Iterator& Elements::Iterator::operator++() {
  at_ = after(at_);
  return *this;
}

Member Members::Iterator::operator*() const {
  return {at_place(at_).get_string_view(), View(inside(at_))};
}

Members::Iterator& Members::Iterator::operator++() {
  at_ = after(inside(at_));
  return *this;
}

struct Reader::State {
  explicit State(const Bounds& b) : bounds(b) {}
  Bounds bounds;
  simdjson::dom::parser parser;
  std::vector<std::string_view> names;
  std::size_t parsed_bytes = 0;  // of the last document
};

Reader::Reader(Bounds bounds) : state_(std::make_unique<State>(bounds)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

core::Result<View> Reader::parse(std::string_view text) {
  if (text.size() <= state_->bounds.bytes_max) {
    state_->parsed_bytes = text.size();
    simdjson::dom::element root;
    const auto error = state_->parser.parse(text.data(), text.size()).get(root);
    if (error == simdjson::MEMALLOC)
      return core::fail(ErrorCode::unavailable, "", "no memory to read the document");
    const View::Place place{&state_->parser.doc, 1};
    if (error == simdjson::SUCCESS && Walk(state_->bounds, state_->names).value(place, 0)) return View(place);
  }
  const auto fault = find_fault(text, state_->bounds);
  if (!fault) return core::fail(ErrorCode::invalid, "1:1", "the document is not valid JSON");
  std::string where = fault->pointer.empty() ? place_of(text, fault->offset) : fault->pointer;
  std::string detail = fault->detail;
  if (!fault->pointer.empty()) detail += fmt::format(" ({})", place_of(text, fault->offset));
  return core::fail(fault->code, std::move(where), std::move(detail));
}

void Reader::forget() {
  simdjson::dom::parser& parser = state_->parser;
  // simdjson keeps two copies: of the input, which the same length of blanks overwrites, and of the strings.
  if (parser.doc.string_buf) {
    const std::size_t strings = std::min(5 * state_->parsed_bytes / 3 + 64, 5 * parser.doc.capacity() / 3);
    volatile std::uint8_t* at = parser.doc.string_buf.get();
    for (std::size_t i = 0; i < strings; ++i) at[i] = 0;
  }
  const std::string blanks(state_->parsed_bytes, ' ');
  simdjson::dom::element none;
  CHECK(parser.parse(blanks.data(), blanks.size()).get(none) != simdjson::SUCCESS);
}

}  // namespace tillwatch::json
