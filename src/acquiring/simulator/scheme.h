// A scheme: one typology as it is planted, and its look-alike in honest trade. One file each
// (scheme_*.cpp), listed in scheme_table.cpp. Called by the world (casting) and the day (acting). A scheme
// never knows a rule: its parameters are drawn from ranges, anew for each seed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "simulator/event.h"
#include "simulator/world.h"

namespace tillwatch::simulator {

struct Scheme {
  std::string_view typology;
  std::string_view planted_words;
  std::string_view look_alike_words;
  // Draws the merchants that take part (numbers: cast_number) and fills the instance's days, people and
  // parameters.
  std::vector<Merchant> (*cast)(const World& world, Instance& instance, Stream& random);
  // Appends what happens on `day`, beyond the merchants' ordinary trade.
  void (*act)(const World& world, const Instance& instance, Day day, Events& out);
};

std::span<const Scheme> schemes();

// The number of the i-th merchant (0..3) of an instance.
constexpr std::uint32_t cast_number(const Instance& instance, std::uint32_t i = 0) {
  return cast_numbers + instance.number * 4 + i;
}

// The day on which a pattern that shows within a day begins: drawn from the stream's days, with room for
// `length` of them where the stream is long enough.
Day quick_onset(const World& world, Stream& random, int length);
// The day on which a pattern that needs a week to show begins: in the stream where that is long enough, else
// `before` days (drawn up to three more) ahead of it.
Day slow_onset(const World& world, Stream& random, int before);

// What a scheme says of a sale; the rest (place, answer) is filled in by `Stage`.
struct Act {
  core::TimeMs time = 0;
  CardNumber card = 0;
  std::int64_t amount = 0;
  std::uint8_t terminal = 0;
  std::uint32_t merchant = 0;  // of the instance's merchants, from 0
  TxType type = TxType::sale;
  EntryMode entry_mode = EntryMode::chip;
  Cvm cvm = Cvm::pin;
  Response response = Response::approved;
  EventId original = 0;
};

// Writes the acts of one instance on one day.
class Stage {
 public:
  Stage(const World& world, const Instance& instance, Day day, Events& out);

  Stream& random() { return random_; }
  const Merchant& merchant(std::uint32_t i = 0) const;
  // Appends the transaction and its answer; returns the identifier. `fix` moves the place by that much.
  EventId sale(const Act& act);
  EventId sale_at(const Act& act, std::int32_t latitude_e6, std::int32_t longitude_e6, FixSource fix);
  // A registry command about the merchant or the terminal.
  void registry(core::TimeMs time, Fact fact, std::int64_t value, std::uint8_t terminal = 0,
                std::uint32_t merchant = 0);
  // An instant of the day between two minutes after midnight.
  core::TimeMs moment(std::int64_t from_minute, std::int64_t to_minute);
  // A ticket of the merchant's kind, as its customers pay it.
  std::int64_t ticket(std::uint32_t merchant = 0);
  CardNumber stranger(bool credit, std::uint32_t merchant = 0);

 private:
  const World& world_;
  const Instance& instance_;
  Day day_;
  Events& out_;
  Stream random_;
  std::uint32_t next_ = 0;
};

}  // namespace tillwatch::simulator
