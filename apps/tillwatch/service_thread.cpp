#include "service_thread.h"

#include <algorithm>

#include "core/office_limits.h"
#include "installation.h"
#include "relay/outbox.h"
#include "relay/positions.h"
#include "sql/migration.h"

namespace tillwatch {
namespace {

using pipeline::ActAnswer;
using trace::FieldName;

constexpr core::DurationMs look_ms = 50;  // at the journal and at what other programs put into the outbox
constexpr core::DurationMs look_for_old_ms = core::minute_ms;
constexpr core::DurationMs rest_ms_min = 250;
constexpr core::DurationMs rest_ms_max = 30 * core::second_ms;

core::TimeMs monotonic_ms(posix::Clock& clock) {
  return clock.monotonic_ns() / 1'000'000;
}

}  // namespace

ServiceThread::ServiceThread(const ServiceOptions& options, trace::Sink log_sink, trace::Net log_net)
    : log_(clock_, std::move(log_sink), std::move(log_net)),
      sabotage_(options.sabotage),
      keep_decisions_ms_(options.keep_decisions_ms) {}

ServiceThread::~ServiceThread() {
  stop();
}

core::Result<std::unique_ptr<ServiceThread>> ServiceThread::create(const ServiceOptions& options,
                                                                   pipeline::Pipeline& pipeline,
                                                                   trace::Sink log_sink, trace::Net log_net) {
  std::unique_ptr<ServiceThread> service(new ServiceThread(options, std::move(log_sink), std::move(log_net)));
  TRY_STATUS(service->open(options, pipeline));
  return service;
}

core::Status ServiceThread::open(const ServiceOptions& options, pipeline::Pipeline& pipeline) {
  TRY(disk, posix::Disk::open_root(options.data));
  disk_ = std::move(disk);
  TRY(database, sql::open_database(options.database));
  database_ = std::move(database);
  TRY(connection, database_->connect());
  connection_ = std::move(connection);
  TRY(projecting, database_->connect());
  projecting_ = std::move(projecting);
  TRY_STATUS(sql::migrate(*connection_, sql::migrations(), clock_.now()));
  TRY_STATUS(relay::check_positions(
      *connection_,
      {pipeline.last_durable(), [&](core::Sequence at) { return pipeline.read(at); }, pipeline.acts()}));
  TRY(epoch, relay::database_epoch(*connection_, random_));
  epoch_ = std::move(epoch);
  handed_ = pipeline.acts().number;
  exchange_.publish_durable(pipeline.last_durable());
  TRY(loop, posix::EventLoop::create({}, nullptr));
  loop_ = std::move(loop);
  return {};
}

void ServiceThread::start(ports::Loop& engine_loop) {
  engine_loop_ = &engine_loop;
  std::vector<relay::Projection*> projections;
  for (const auto& projection : projections_) projections.push_back(projection.get());
  projector_ = std::make_unique<relay::Projector>(*disk_, std::string(record_folder) + "/journal",
                                                  std::move(projections), sabotage_);
  thread_ = std::thread([this] { run(); });
}

void ServiceThread::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  loop_->wake();
  thread_.join();
}

// The engine thread's half. Everything that was journalled is durable when journal_acts returns.
void ServiceThread::engine_turn(pipeline::Pipeline& pipeline, core::TimeMs now, trace::Log& log) {
  engine_turn_.store(now, std::memory_order_relaxed);
  for (const std::vector<pipeline::ActSubmission>& acts : exchange_.take_acts()) {
    std::vector<ActAnswer> answers = pipeline.journal_acts(acts, now);
    for (const ActAnswer& answer : answers)
      if (answer.kind == ActAnswer::Kind::journalled && !answer.refusal.empty())
        log.error("act_refused", {{FieldName::act, answer.number},
                                  {FieldName::sequence, answer.sequence.value},
                                  {FieldName::detail, answer.refusal}});
    exchange_.publish_durable(pipeline.last_durable());
    CHECK(exchange_.answer(std::move(answers)));
    loop_->wake();
  }
  exchange_.publish_durable(pipeline.last_durable());
}

bool ServiceThread::stopped() const {
  return std::ranges::all_of(parts_, [](const auto& part) { return part->stopped(); });
}

ServiceHealth ServiceThread::health() const {
  const Rest& worse = relay_rest_.trouble.empty() ? projector_rest_ : relay_rest_;
  return {exchange_.durable(),
          projector_->position(),
          handed_,
          worse.trouble,
          worse.since,
          engine_turn_.load(std::memory_order_relaxed)};
}

core::DurationMs ServiceThread::wait_ms() const {
  if (behind_) return 0;
  core::DurationMs wait = look_ms;
  for (const auto& part : parts_) wait = std::min(wait, part->wait_ms_max());
  return wait;
}

void ServiceThread::run() {
  bool told = false;
  core::TimeMs stop_by = 0;
  while (!told || (!stopped() && monotonic_ms(clock_) < stop_by)) {
    const auto events = loop_->wait(wait_ms());
    if (!told && stopping_.load()) {
      for (const auto& part : parts_) part->stop();
      stop_by = monotonic_ms(clock_) + core::limits::service_stop_ms_max;
      told = true;
    }
    for (const auto& part : parts_) part->turn(events);
    take_answers();
    behind_ = false;
    relay_step();
    projector_step();
    retention_step();
  }
}

bool ServiceThread::rests(const Rest& rest) {
  return monotonic_ms(clock_) < rest.until;
}

// Deciding goes on meanwhile, and nothing is lost.
void ServiceThread::go_to_rest(Rest& rest, std::string_view event, const core::Error& error) {
  rest.length_ms = std::clamp(rest.length_ms * 2, rest_ms_min, rest_ms_max);
  rest.until = monotonic_ms(clock_) + rest.length_ms;
  if (rest.trouble.empty()) rest.since = clock_.now();
  rest.trouble = event;
  log_.error(event, {{FieldName::code, std::string(core::name_of(error.code))},
                     {FieldName::detail, error.to_string()},
                     {FieldName::duration_ms, rest.length_ms}});
}

// A swap goes to the engine together with its policy. One that cannot be had goes alone: the journal then
// says why it was refused, and what is behind it is not held up for ever.
core::Status ServiceThread::add_policies(std::vector<pipeline::ActSubmission>& acts) {
  if (!published_policy_) return {};
  for (pipeline::ActSubmission& act : acts) {
    if (act.entry.empty()) continue;
    payment::EntryView entry;
    if (!entry.decode(act.entry) || entry.kind() != payment::EntryKind::policy_swap) continue;
    auto found = published_policy_(*connection_, entry.text(payment::AttributeId::policy_bundle));
    if (found) {
      act.bundle = std::move(*found);
      continue;
    }
    const core::ErrorCode code = found.error().code;
    if (code == core::ErrorCode::unavailable || code == core::ErrorCode::io)
      return std::unexpected(found.error());
    log_.error("policy_unreadable", {{FieldName::act, act.number},
                                     {FieldName::code, std::string(core::name_of(code))},
                                     {FieldName::detail, found.error().to_string()}});
  }
  return {};
}

void ServiceThread::relay_step() {
  if (acts_away_ || rests(relay_rest_)) return;
  core::Result<std::vector<pipeline::ActSubmission>> acts =
      relay::acts_after(*connection_, epoch_, handed_, core::limits::relay_acts_at_once);
  if (!acts) return go_to_rest(relay_rest_, "relay_waits", acts.error());
  if (const core::Status status = add_policies(*acts); !status)
    return go_to_rest(relay_rest_, "relay_waits", status.error());
  if (acts->empty()) {
    relay_rest_ = {};
    return;
  }
  acts_away_ = exchange_.hand_over(std::move(*acts));
  engine_loop_->wake();
}

void ServiceThread::take_answers() {
  for (const ActAnswer& answer : exchange_.take_answers()) {
    acts_away_ = false;
    switch (answer.kind) {
      case ActAnswer::Kind::journalled:
      case ActAnswer::Kind::seen:
        handed_ = answer.number;
        relay_rest_ = {};
        break;
      case ActAnswer::Kind::out_of_order:
        go_to_rest(
            relay_rest_, "relay_out_of_order",
            {core::ErrorCode::conflict, "outbox",
             "the journal does not expect this act: another program writes acts into it, or the database was "
             "exchanged; stop, and restore journal and database from one backup"});
        break;
      case ActAnswer::Kind::unready:
        go_to_rest(relay_rest_, "relay_waits", {core::ErrorCode::unavailable, "journal", answer.refusal});
        break;
      case ActAnswer::Kind::undurable:
        go_to_rest(relay_rest_, "relay_waits",
                   {core::ErrorCode::io, "journal", "the journal failed; the server stops"});
        break;
    }
  }
}

void ServiceThread::projector_step() {
  if (rests(projector_rest_)) return;
  const core::Sequence before = projector_->position();
  const core::Result<bool> more = projector_->step(*projecting_, exchange_.durable());
  if (!more) return go_to_rest(projector_rest_, "projector_waits", more.error());
  behind_ = *more;
  projector_rest_ = {};
  if (projector_->position() == before) return;
  for (const auto& part : parts_) part->on_projected(projector_->position());
}

// When nothing waits: a step at a time as long as there is something old, else a look now and then.
void ServiceThread::retention_step() {
  const core::TimeMs now = monotonic_ms(clock_);
  if (behind_ || acts_away_ || now < retention_due_ || rests(projector_rest_)) return;
  const core::Result<std::int64_t> gone = retention_.step(*projecting_, clock_.now() - keep_decisions_ms_);
  if (!gone) return go_to_rest(projector_rest_, "retention_waits", gone.error());
  retention_due_ = *gone == 0 ? now + look_for_old_ms : now;
}

}  // namespace tillwatch
