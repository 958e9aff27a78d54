// The service thread: people's work beside the deciding. It owns the SQL connection, hands acts of the outbox
// to the engine thread, projects the journal into SQL, and gives its parts (the desk's server, ...) their
// turns. Made and started by serve. Never touches the pipeline: it meets the engine thread in the exchange
// only.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "act_exchange.h"
#include "core/error.h"
#include "core/office_limits.h"
#include "core/sabotage.h"
#include "pipeline/pipeline.h"
#include "posix/clock.h"
#include "posix/disk.h"
#include "posix/event_loop.h"
#include "posix/random.h"
#include "relay/projector.h"
#include "relay/retention.h"
#include "service_part.h"
#include "sql/database.h"
#include "trace/log.h"

namespace tillwatch {

struct ServiceOptions {
  std::string database;                                                          // URL
  std::string data;                                                              // the data directory
  core::DurationMs keep_decisions_ms = core::limits::keep_decisions_ms_default;  // in the database
  core::Sabotage sabotage;
};

// How the tie between journal and database stands, for the page of the system's health.
struct ServiceHealth {
  core::Sequence durable;        // the journal's newest record
  core::Sequence projected;      // what the database has of it
  std::int64_t acts_handed = 0;  // acts up to this one are in the journal
  std::string trouble;           // what the last try met, "" where all went well: an event of the log
  core::TimeMs trouble_since = 0;
  core::TimeMs engine_turn = 0;  // when the engine thread was last seen at work; 0: not yet
};

// The policy of a hash as people published it. Errors: not_found, corrupt, invalid, those of the connection.
using PublishedPolicy = std::function<core::Result<std::shared_ptr<const policy::Bundle>>(
    sql::Connection& connection, std::string_view hash)>;

class ServiceThread {
 public:
  // Opens and migrates the database, and compares its position with the journal's and the engine's: a side
  // that was restored to an older state is refused. Called before the engine's first turn.
  static core::Result<std::unique_ptr<ServiceThread>> create(const ServiceOptions& options,
                                                             pipeline::Pipeline& pipeline,
                                                             trace::Sink log_sink, trace::Net log_net);
  ~ServiceThread();  // stops and joins
  ServiceThread(const ServiceThread&) = delete;
  ServiceThread& operator=(const ServiceThread&) = delete;

  // Before start(), on the thread of the wiring; afterwards on the service thread only (its parts).
  sql::Database& database() { return *database_; }
  sql::Connection& connection() { return *connection_; }  // finds its way back by itself when it is lost
  posix::EventLoop& loop() { return *loop_; }
  posix::Clock& clock() { return clock_; }
  posix::Random& random() { return random_; }
  posix::Disk& disk() { return *disk_; }  // of the data directory, for this thread
  trace::Log& log() { return log_; }
  // On the service thread.
  ServiceHealth health() const;
  void add(std::unique_ptr<ServicePart> part) { parts_.push_back(std::move(part)); }
  // In the order in which they are added, within the projector's transactions.
  void add(std::unique_ptr<relay::Projection> projection) { projections_.push_back(std::move(projection)); }

  // Where acts that swap the policy find it; before start().
  void set_published_policy(PublishedPolicy find) { published_policy_ = std::move(find); }

  // `engine_loop` is woken when acts wait; it outlives this.
  void start(ports::Loop& engine_loop);

  // Engine thread, once in each turn of its loop.
  void engine_turn(pipeline::Pipeline& pipeline, core::TimeMs now, trace::Log& log);

  // Lets the parts finish, ends the thread. Engine thread.
  void stop();

 private:
  ServiceThread(const ServiceOptions& options, trace::Sink log_sink, trace::Net log_net);
  core::Status open(const ServiceOptions& options, pipeline::Pipeline& pipeline);
  void run();
  core::DurationMs wait_ms() const;
  void relay_step();
  core::Status add_policies(std::vector<pipeline::ActSubmission>& acts);
  void take_answers();
  void projector_step();
  void retention_step();
  // What failed is tried again for ever, at growing distances. Relay and projector rest apart: acts go on
  // where only the projection is stuck.
  struct Rest {
    core::TimeMs until = 0;  // monotonic
    core::DurationMs length_ms = 0;
    std::string trouble;
    core::TimeMs since = 0;  // wall time
  };
  bool rests(const Rest& rest);
  void go_to_rest(Rest& rest, std::string_view event, const core::Error& error);
  bool stopped() const;

  posix::Clock clock_;
  posix::Random random_;
  trace::Log log_;
  core::Sabotage sabotage_;
  std::unique_ptr<posix::Disk> disk_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<sql::Connection> projecting_;  // the projector's own
  std::unique_ptr<posix::EventLoop> loop_;
  std::vector<std::unique_ptr<relay::Projection>> projections_;
  std::unique_ptr<relay::Projector> projector_;
  std::vector<std::unique_ptr<ServicePart>> parts_;
  PublishedPolicy published_policy_;
  ActExchange exchange_;
  std::string epoch_;
  std::int64_t handed_ = 0;  // acts up to this one are in the journal
  bool acts_away_ = false;   // a group has been handed over and not been answered
  bool behind_ = false;      // the projector has more to do
  core::DurationMs keep_decisions_ms_;
  relay::Retention retention_;
  core::TimeMs retention_due_ = 0;
  Rest relay_rest_, projector_rest_;
  ports::Loop* engine_loop_ = nullptr;
  std::atomic<bool> stopping_{false};
  std::atomic<core::TimeMs> engine_turn_{0};
  std::thread thread_;
};

}  // namespace tillwatch
