// Random work on a journal, a model of what it must hold, and the judge of what a crash left.
// Called by the crash and fault tests of this folder only.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "sim/sim_disk.h"

namespace tillwatch::journal {

// What was handed to the journal, and what it has promised.
struct Model {
  std::vector<OwnedRecord> appended;  // sequences 1, 2, 3, ...; the last ones may be in flight
  std::size_t acknowledged = 0;       // so many of them were covered by a successful sync
  core::Sequence retired{1};          // segments before the one with this sequence may be gone
};

// Appends, syncs, maintains, retires by chance, `steps` times, then stops. Gives the first error.
class Script {
 public:
  Script(std::uint64_t seed, int steps) : random_(seed), steps_(steps) {}
  core::Status run(Journal& journal, Model& model);

 private:
  core::Status step(Journal& journal, Model& model);
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  std::mt19937_64 random_;
  int steps_;
  std::uint64_t generation_ = random_();
};

// Opens the journal on a disk as a crash left it and compares it with the model, by the journal and by the
// naive reader. Empty where all is well: everything acknowledged is there with its bytes, and nothing but a
// prefix of what was appended. Then `model` is what the journal now holds, all of it acknowledged.
std::string judge(sim::SimDisk& disk, Model& model, std::unique_ptr<Journal>* opened = nullptr);

}  // namespace tillwatch::journal
