// Reads one event written as JSON (contracts/openapi.yaml, schema Event) into an entry. Called by edge/api
// for requests and by intake for NDJSON lines. Tells all faults of an event at once; never repeats a value in
// a message; keeps nothing of the text once the caller has called forget(). Knows no HTTP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "door/door.h"
#include "json/reader.h"
#include "payment/entry.h"

namespace tillwatch::door {

struct Fault {
  core::ErrorCode code = core::ErrorCode::invalid;  // invalid, limit or denied
  std::string pointer;                              // RFC 6901, "" for the whole event
  std::string detail;                               // what is wrong or what is expected
  std::string remedy;                               // what to do
};

// What the caller's channel takes.
struct Expectation {
  enum class Kinds : std::uint8_t {
    transaction,  // `kind` may be left out; nothing else is taken
    others,       // `kind` is required and is not transaction
    any,          // files: `kind` may be left out for a transaction
  };
  Kinds kinds = Kinds::any;
  bool id_required = false;
  std::string_view client;  // becomes the entry's client; not set where it is empty
};

class EventReader {
 public:
  // `door` must outlive the reader.
  explicit EventReader(Door& door);

  // Clears and fills `entry`; it is whole only where no fault comes back.
  std::vector<Fault> read(std::string_view json, const Expectation& expectation,
                          payment::EntryBuilder& entry);

  // Whether the last event held a card number, or may have: then call forget() when it is dealt with.
  bool held_card_number() const { return held_card_number_; }
  // Overwrites what is left of the last event in this reader's memory.
  void forget();

 private:
  void read_kind(const json::View& root, const Expectation& expectation, payment::EntryBuilder& entry);
  void read_time(const json::View& root, payment::EntryBuilder& entry);
  void walk(const json::View& object, const std::string& pointer, const std::string& name,
            payment::EntryBuilder& entry);
  void take(const json::View& value, const std::string& pointer, const std::string& name,
            payment::EntryBuilder& entry);
  void put(const json::View& value, const std::string& pointer, const std::string& name,
           payment::EntryBuilder& entry);
  bool put_card(const json::View& value, const std::string& pointer, const std::string& name,
                payment::EntryBuilder& entry);
  void finish(const Expectation& expectation, payment::EntryBuilder& entry);
  bool had_enough(const std::string& pointer);
  bool has_fault_at(std::string_view pointer) const;
  void require(const payment::EntryBuilder& entry);
  void look_for_banned(const json::View& value, const std::string& pointer);
  void add(core::ErrorCode code, std::string_view pointer, std::string_view detail, std::string_view remedy);
  void add(const core::Error& error, std::string_view pointer);

  Door& door_;
  json::Reader reader_;
  std::vector<Fault> faults_;
  std::ptrdiff_t values_left_ = 0;  // members and elements that may still be looked at; -1: it was said
  std::set<std::string> seen_;      // dotted names, to notice {"a.b": 1, "a": {"b": 2}}
  std::string_view token_;          // of the event being read
  std::string_view token_namespace_;
  std::string token_pointer_;
  bool held_card_number_ = false;
};

// "/card/token" for "card.token".
std::string pointer_of(std::string_view attribute);

}  // namespace tillwatch::door
