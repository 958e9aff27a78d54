// How far the acts of people have come: the last one that the engine has seen, by its number in the outbox of
// one database. Part of the engine's state, so that each act moves it once, for ever. Called by the step, by
// backfills and by the pipeline, which journals no act twice. Never holds what an act said.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "payment/entry.h"

namespace tillwatch::engine {

struct ActPosition {
  std::string epoch;        // "" before the first act
  std::int64_t number = 0;  // of the last act
  std::string digest;       // of the last act

  bool reached(std::string_view of_epoch, std::int64_t of_number) const {
    return of_epoch == epoch && of_number <= number;
  }
  // Whether the entry is an act that has been seen before.
  bool seen(const payment::EntryView& entry) const;
  // Takes the entry's act, where it is one.
  void note(const payment::EntryView& entry);

  void save(core::ByteWriter& out) const;
  void load(core::ByteReader& in);
  friend bool operator==(const ActPosition&, const ActPosition&) = default;
};

}  // namespace tillwatch::engine
