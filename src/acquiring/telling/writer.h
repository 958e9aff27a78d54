// Renders events as the JSON that POST /v1/decisions and POST /v1/events take (contracts/openapi.yaml, schema
// Event), and the truth (docs/formats/truth.md) as lines of its own. Called by `tillwatch simulate` and by
// tests. Identifiers are rendered so that they say nothing about where they come from.
#pragma once

#include <string>

#include "telling/teller.h"

namespace tillwatch::telling {

class Writer {
 public:
  // `world` must outlive the writer. `shift_ms` is added to every time that stands in an event (the truth
  // keeps its own): a world told to a running server has to lie in its present.
  explicit Writer(const World& world, core::DurationMs shift_ms = 0) : world_(world), shift_ms_(shift_ms) {}

  // Each appends one JSON object without a line end. The same from any thread.
  void event(const Event& event, std::string& out) const;
  void truth(const Instance& instance, std::string& out) const;
  void truth(const Event& transaction, std::string& out) const;

  // The identifier as it stands in the file.
  void append_id(std::string& out, traffic::EventId id) const;

 private:
  const World& world_;
  core::DurationMs shift_ms_;
};

}  // namespace tillwatch::telling
