// Renders events as the JSON that POST /v1/decisions and POST /v1/events take (contracts/openapi.yaml, schema
// Event), and the truth as lines of its own. Called by `tillwatch simulate` and by tests. Identifiers are
// rendered so that they say nothing about where they come from.
#pragma once

#include <cstdint>
#include <string>

#include "simulator/event.h"
#include "simulator/world.h"

namespace tillwatch::simulator {

struct WriterOptions {
  bool card_numbers = false;      // whole numbers from public test ranges instead of tokens
  core::DurationMs shift_ms = 0;  // added to every time, so that a world of one date can be told as of today
};

class Writer {
 public:
  // `world` must outlive the writer.
  Writer(const World& world, const WriterOptions& options) : world_(world), options_(options) {}

  // Replaces `out` with one JSON object without a line end.
  void event(const Event& event, std::string& out) const;
  // The line of the truth file about an instance; and about an event of one (a transaction of an instance).
  void truth(const Instance& instance, std::string& out) const;
  void truth(const Event& event, std::string& out) const;

  core::TimeMs told_time(core::TimeMs time) const { return time + options_.shift_ms; }
  // The identifier as it stands in the file.
  std::string id_of(EventId id) const;

 private:
  const World& world_;
  WriterOptions options_;
};

}  // namespace tillwatch::simulator
