// `tillwatch simulate WORLD.yaml --files`: what agents get of the world, as files under DIR/files, and what
// is wrong with them under DIR/truth (docs/formats/agent-files.md). Called by world_run.cpp, day after day.
#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "agent_files/day_file.h"
#include "agent_files/ledger.h"
#include "agent_files/statement.h"
#include "core/error.h"
#include "crypto/hash.h"

namespace tillwatch {

class WorldFiles {
 public:
  // `world` must outlive this.
  WorldFiles(const world::World& world, const telling::Cut& cut, int threads);

  core::Status open(const std::string& folder);
  // Takes what arrived on the day (Teller::ready), turn by turn.
  void add(world::Day day, std::span<const traffic::Event> events);
  // Writes the files of the acquirers' days that ended with this one.
  core::Status end_day(world::Day day);

  std::uint64_t files() const { return files_; }
  // Over all files in the order in which they were written.
  std::string checksum() { return crypto::to_hex(hash_.finish()); }

 private:
  struct Rendered;
  core::Status write(const agent_files::Statement& statement, const std::vector<Rendered>& rendered);
  core::Status write_day_file(const agent_files::Statement& statement, const Rendered& rendered,
                              const agent_files::Fate& fate);
  core::Status write_ledger(const agent_files::Statement& statement);
  core::Status write_registers(world::Day day);
  core::Status put(const std::string& name, const std::string& text);
  void tell_truth(const agent_files::Statement& statement, const Rendered& rendered,
                  const agent_files::Fate& fate);
  void tell_orders(const agent_files::Statement& statement);

  const world::World& world_;
  telling::Cut cut_;
  int threads_;
  agent_files::Book book_;
  agent_files::Ledger ledger_;
  std::string folder_;
  std::ofstream orders_, truth_;
  std::map<std::string, std::ofstream> portals_;  // by grade/channel: at most 36
  crypto::Sha256 hash_;
  std::uint64_t files_ = 0;
};

}  // namespace tillwatch
