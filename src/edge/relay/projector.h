// The projector: reads the journal up to what is durable and keeps what the desk searches in SQL, in the
// journal's order. Rows, the effect of acts, what subjects add, and the position are one transaction. Called
// on the service thread between its turns. Never writes the journal, never reads past what is durable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/sabotage.h"
#include "core/strong.h"
#include "engine/decision.h"
#include "journal/reader.h"
#include "payment/entry.h"
#include "ports/disk.h"
#include "sql/database.h"

namespace tillwatch::relay {

// A record of the journal as subjects see it. Valid during the call.
struct ProjectedRecord {
  core::Sequence sequence;
  const payment::EntryView& entry;
  const engine::Decision* decision = nullptr;  // nullptr: the entry was not decided on
};

// What a subject of the back office adds: alerts from what fired, policies that came into force, ... Called
// for every record, in order, inside the projector's transaction and after its own rows: what it writes
// happens exactly once with them. To be short.
class Projection {
 public:
  virtual ~Projection() = default;
  // Errors: as of the connection; the transaction is then rolled back and tried again from its beginning.
  virtual core::Status project(sql::Connection& connection, const ProjectedRecord& record) = 0;
  // Around the records of one transaction, for what is better written once for many: begin() throws away what
  // was gathered in a transaction that failed, finish() writes what was gathered in this one.
  virtual void begin() {}
  virtual core::Status finish(sql::Connection&) { return {}; }
};

class Projector {
 public:
  // `disk` and the projections outlive this. `directory`: of the journal.
  Projector(ports::Disk& disk, std::string directory, std::vector<Projection*> projections,
            core::Sabotage sabotage = {});

  // One transaction of at most limits::projector_rows_max records. `connection`: always the same, and nobody
  // else's: its commits do not wait for the disk. True where more is there already.
  // Errors: as of the connection and of the journal's Reader; corrupt (the journal has an act that the
  // database lacks); after an error the next call begins again at the position that the database has.
  core::Result<bool> step(sql::Connection& connection, core::Sequence durable);

  core::Sequence position() const { return position_; }  // as of the last step

 private:
  struct Kept {
    core::Sequence sequence;
    std::string entry;
    std::string decision;
  };
  struct Opened {
    payment::EntryView entry;
    engine::Decision decision;
  };
  static core::Status set_up(sql::Connection& connection);
  core::Status find_position(sql::Connection& connection);
  core::Status read(core::Sequence durable);
  core::Status write(sql::Connection& connection);
  core::Status move_position(sql::Connection& connection);
  core::Result<bool> step_once(sql::Connection& connection, core::Sequence durable);

  ports::Disk& disk_;
  std::string directory_;
  std::vector<Projection*> projections_;
  core::Sabotage sabotage_;
  bool known_ = false;
  bool position_owed_ = false;  // by sabotage only
  core::Sequence position_;
  std::string epoch_;
  std::unique_ptr<journal::Reader> reader_;
  std::vector<Kept> records_;   // of the present step
  std::vector<Opened> opened_;  // the same, decoded; their memory is used again
};

// What the database keeps to know the journal by: SHA-256 over sequence, entry and decision, in hexadecimal.
std::string record_digest(core::Sequence sequence, std::string_view entry, std::string_view decision);

}  // namespace tillwatch::relay
