// The end of a loop turn: what came goes through the pipeline together, then each request is answered
// (api_handler.h).
#include <algorithm>

#include "api/answer_json.h"
#include "api/api_handler.h"
#include "core/check.h"
#include "core/limits.h"

namespace tillwatch::api {
namespace {

using http::Response;
using pipeline::Answer;
using trace::FieldName;

}  // namespace

Response ApiHandler::expired() const {
  return problem(ProblemType::deadline_passed,
                 "nothing was done; send the event again with a later deadline");
}

void ApiHandler::on_turn_end() {
  const std::int64_t begun_ns = parts_.clock.monotonic_ns();
  const std::size_t lines = take_lines();
  if (!waiting_.empty()) {
    const std::int64_t read_ns = parts_.clock.monotonic_ns();
    decide();
    const std::int64_t decided_ns = parts_.clock.monotonic_ns();
    for (const Waiting& waiting : waiting_) answer(waiting);
    // The sync is there without the lines too; of the rest each event has its part.
    if (lines > 0 && others_in_turn_)
      pace_.spent(read_ns - begun_ns + (parts_.clock.monotonic_ns() - decided_ns) +
                  (decided_ns - read_ns) * static_cast<std::int64_t>(lines) /
                      static_cast<std::int64_t>(event_count_));
    waiting_.clear();
    event_count_ = 0;
  }
  end_batches();
  others_in_turn_ = false;
  parts_.keys.look(monotonic_ms());
  if (dead() && server_ != nullptr) server_->stop();
}

// Everything whose time is not over goes through the pipeline in the order of arrival.
void ApiHandler::decide() {
  const std::int64_t now_ms = monotonic_ms();
  const core::TimeMs now = parts_.clock.now();
  std::vector<pipeline::Submission> submissions;
  std::vector<Event*> submitted;
  const auto flush = [&] {
    if (submissions.empty()) return;
    std::vector<Answer> answers = parts_.pipeline.process(submissions, now);
    CHECK(answers.size() == submitted.size());
    for (std::size_t i = 0; i < answers.size(); ++i) submitted[i]->answer = std::move(answers[i]);
    submissions.clear();
    submitted.clear();
  };
  for (const Waiting& waiting : waiting_) {
    if (dead() || now_ms - waiting.arrived_ms >= waiting.deadline_ms) continue;
    for (std::size_t i = waiting.first; i < waiting.first + waiting.count; ++i) {
      Event& event = events_[i];
      if (!event.faults.empty() || event.lacks_scope) continue;
      event.submitted = true;
      submissions.push_back({event.entry.get(), waiting.record});
      submitted.push_back(&event);
      if (submissions.size() == core::limits::api_batch_events_max) flush();
    }
  }
  flush();
  if (dead())
    parts_.log.error("journal_failed", {{FieldName::sequence, parts_.pipeline.last_durable().value},
                                        {FieldName::detail,
                                         "the server stops; the outcome of the last batch is "
                                         "unknown until it is started again"}});
}

void ApiHandler::answer(const Waiting& waiting) {
  if (waiting.batch != nullptr) return answer_lines(waiting);
  CHECK(waiting.count == 1);
  respond(waiting.id, waiting.route, answer_one(events_[waiting.first]));
  if (waiting.route->operation != Operation::send_event)
    counters_.decide.add(monotonic_ms() - waiting.arrived_ms);
}

Response ApiHandler::answer_one(const Event& event) {
  if (!event.faults.empty())
    return problem(ProblemType::invalid_event, "nothing was done; see errors", event.faults);
  if (event.lacks_scope)
    return problem(
        ProblemType::not_permitted,
        "events of this kind need a key with the scope events; list_change and retract need admin");
  if (!event.submitted) {
    if (dead())
      return problem(ProblemType::unavailable, "the journal failed; nothing was done for this request");
    ++counters_.deadlines_passed;
    return expired();
  }
  const Answer& answer = event.answer;
  switch (answer.kind) {
    case Answer::Kind::conflict:
      ++counters_.conflicts;
      return problem(ProblemType::conflict,
                     "this id stands for other content: nothing was done; take a new id");
    case Answer::Kind::refused:
      return refusal(answer.error);
    case Answer::Kind::undurable:
      return problem(ProblemType::outcome_unknown, unknown_outcome_words);
    case Answer::Kind::decided:
    case Answer::Kind::repeated:
    case Answer::Kind::dry_run:
      break;
  }
  Response response;
  const bool recorded = answer.kind != Answer::Kind::dry_run;
  core::Status status;
  if (!answer.decision.empty()) {
    status = append_decision(response.body, answer.entry, answer.decision, recorded);
  } else if (status = view_.decode(answer.entry); status) {
    json::Writer out(response.body);
    write_receipt(out, view_, answer.sequence);
  }
  if (!status) {
    parts_.log.error("record_unreadable", {{FieldName::sequence, answer.sequence.value},
                                           {FieldName::detail, status.error().to_string()}});
    return problem(ProblemType::outcome_unknown, unknown_outcome_words);
  }
  if (answer.kind == Answer::Kind::repeated) {
    ++counters_.repeated;
    response.with("Tillwatch-Repeated", "true");
  }
  if (!recorded) {
    ++counters_.dry_runs;
    response.with("Tillwatch-Recorded", "false");
  }
  return response;
}

void ApiHandler::on_idle(std::int64_t now_ms) {
  parts_.keys.look(now_ms);
  if (!dead()) busy_ = parts_.pipeline.idle(parts_.clock.now());
  if (dead() && server_ != nullptr && !server_->stopped()) server_->stop();
}

core::DurationMs ApiHandler::wait_ms_max() const {
  if (busy_) return 0;
  return batches_.empty() ? core::hour_ms : pace_.wait_ms(parts_.clock.monotonic_ns());
}

void ApiHandler::on_reload() {
  const core::Status status = parts_.keys.read();
  if (status)
    parts_.log.info("api_keys_read",
                    {{FieldName::count, std::uint64_t{parts_.keys.live(parts_.clock.now())}}});
  else
    parts_.log.error("api_keys_unreadable", {{FieldName::detail, status.error().to_string()}});
}

}  // namespace tillwatch::api
