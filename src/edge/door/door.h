// The door for card data: the one way in which an outside value becomes part of an entry. Card numbers turn
// into keyed references here, sensitive names are refused, personal ones dropped, digit runs masked. Called
// by EventReader (JSON, NDJSON) and by intake (CSV columns). Knows no HTTP and no file. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/sabotage.h"
#include "door/card_keys.h"
#include "payment/entry.h"
#include "payment/value.h"

namespace tillwatch::door {

// What a member's or column's name says about it. Case, '_', '-', '.' and spaces do not matter.
enum class NameClass : std::uint8_t {
  plain,
  banned,    // track, verification value, PIN, stripe or chip image: the whole event is refused
  personal,  // a person's name, identity number, phone, mail, address: dropped and counted
};
NameClass classify_name(std::string_view name);

struct Counters {
  std::uint64_t masked = 0;   // runs masked in members that the product does not know
  std::uint64_t dropped = 0;  // personal members left out
  std::uint64_t refused = 0;  // values refused because they are, or hold, card data
};

class Door {
 public:
  explicit Door(std::shared_ptr<const CardKeys> keys, core::Sabotage sabotage = {});

  // Puts one value that arrives as text. `attribute` is a name of payment::attributes(), or one of
  //   card.number, card.masked           as put_card_number, put_card_masked
  //   location.latitude, .longitude      decimal degrees
  //   anything else                      an attribute of the site's own, kept as text
  // Integers are decimal digits, times RFC 3339 or milliseconds, booleans true/false/1/0. An empty text is
  // absent. Errors: invalid, limit, denied (banned name, card data where none belongs). `where` is the
  // attribute's name; no message repeats the value.
  core::Status put(payment::EntryBuilder& entry, std::string_view attribute, std::string_view text);

  // Puts one value that has a type already. A text for a time attribute is read as RFC 3339.
  core::Status put_value(payment::EntryBuilder& entry, std::string_view attribute,
                         const payment::Value& value);

  // Puts a field of a registry command: always an attribute of the site's own, whatever it is called.
  core::Status put_field(payment::EntryBuilder& entry, std::string_view name, const payment::Value& value) {
    return put_extra(entry, name, value);
  }

  // The whole number, 13 to 19 digits: sets card.reference (and card.previous_reference while keys rotate),
  // card.bin, card.masked and card.identity "token". A wrong check digit is accepted and told by the extra
  // card.check_digit_valid = false.
  core::Status put_card_number(payment::EntryBuilder& entry, std::string_view digits);
  // A caller's token in a namespace of his (letters, digits, '.', '-', '_'; at most 32 bytes).
  core::Status put_card_token(payment::EntryBuilder& entry, std::string_view name_space,
                              std::string_view token);
  // A masked number: six digits, three to nine stars (or x, X, #), four digits.
  core::Status put_card_masked(payment::EntryBuilder& entry, std::string_view masked);

  // Call once after the last put: sets what follows from several values (the reference of a masked card,
  // card.identity) and checks what only the whole can show (a currency beside an amount).
  core::Status finish(payment::EntryBuilder& entry);

  const Counters& counters() const { return counters_; }
  // The counters once more, by who counts: EventReader adds what it drops and refuses itself.
  Counters& count() { return counters_; }

 private:
  core::Status put_known(payment::EntryBuilder& entry, const payment::AttributeInfo& info,
                         const payment::Value& value);
  core::Status put_known_text(payment::EntryBuilder& entry, const payment::AttributeInfo& info,
                              std::string_view text);
  core::Status put_extra(payment::EntryBuilder& entry, std::string_view name, const payment::Value& value);
  core::Status put_degrees(payment::EntryBuilder& entry, std::string_view attribute, double degrees);
  core::Status deny(std::string_view attribute, std::string detail);

  std::shared_ptr<const CardKeys> keys_;
  core::Sabotage sabotage_;
  Counters counters_;
};

}  // namespace tillwatch::door
