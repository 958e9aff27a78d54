// What a request says, read member by member: the JSON body and the query. Every fault is kept with its
// place, so that a person sees all of them at once; members that nobody asked for are faults too. Called by
// the routes of every subject. Never coerces: a text is no number.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "desk/call.h"
#include "desk/problems.h"
#include "json/reader.h"

namespace tillwatch::desk {

using Words = std::initializer_list<std::string_view>;

// The members of one JSON object. Absent or faulty members read as the empty value; ask refusal() before
// anything is done with what was read.
class Body {
 public:
  explicit Body(const Call& call);

  // A text of `min` to `max` characters (bytes of UTF-8), without control characters but newline and tab.
  std::string text(std::string_view name, std::size_t min = 1, std::size_t max = 200);
  std::optional<std::string> text_if(std::string_view name, std::size_t min = 0, std::size_t max = 200);
  std::string word(std::string_view name, Words words);
  std::optional<std::string> word_if(std::string_view name, Words words);
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> integer_if(std::string_view name, std::int64_t min, std::int64_t max);
  bool boolean(std::string_view name);
  std::optional<bool> boolean_if(std::string_view name);
  // RFC 3339 with an offset or Z.
  core::TimeMs time(std::string_view name);
  std::optional<core::TimeMs> time_if(std::string_view name);
  std::vector<std::string> texts(std::string_view name, std::size_t count_max, std::size_t max = 200);
  std::optional<std::vector<std::string>> texts_if(std::string_view name, std::size_t count_max,
                                                   std::size_t max = 200);
  // Whether the member is there, null included: PATCH tells "not named" from "emptied".
  bool has(std::string_view name) const;
  bool is_null(std::string_view name) const;
  // A member that the caller reads by itself; no fault where it is absent.
  std::optional<json::View> view_if(std::string_view name);

  void fault(std::string_view name, std::string detail);
  // The refusal with all faults; looks for members that were not asked for. nullopt: all is right.
  std::optional<http::Response> refusal();

 private:
  std::optional<json::View> find(std::string_view name, bool required);
  std::optional<std::string> checked_text(const json::View& view, std::size_t min, std::size_t max);
  void fault_at(const json::View& view, std::string detail);

  std::optional<json::View> root_;
  std::vector<std::string> asked_;
  std::vector<Fault> faults_;
};

// The parameters of the query. Names are checked against the table before; here it is about values.
class Query {
 public:
  explicit Query(const Call& call) : call_(call) {}

  std::optional<std::string> text(std::string_view name, std::size_t max = 128);
  std::optional<std::string> word(std::string_view name, Words words);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<bool> boolean(std::string_view name);
  std::optional<core::TimeMs> time(std::string_view name);

  void fault(std::string_view name, std::string detail);
  std::optional<http::Response> refusal() const;

 private:
  const Call& call_;
  std::vector<Fault> faults_;
};

}  // namespace tillwatch::desk
