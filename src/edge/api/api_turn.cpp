// The end of a loop turn: one batch through the pipeline, one answer for each request (api_handler.h).
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

constexpr std::string_view unknown_words =
    "the journal failed while this was written, and the server stops: whether it is recorded is unknown; "
    "send the "
    "same event again under the same id";

}  // namespace

Response ApiHandler::expired() const {
  return problem(ProblemType::deadline_passed,
                 "nothing was done; send the event again with a later deadline");
}

void ApiHandler::on_turn_end() {
  if (!waiting_.empty()) {
    decide();
    for (const Waiting& waiting : waiting_) answer(waiting);
    waiting_.clear();
    event_count_ = 0;
  }
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
  if (waiting.batch) {
    respond(waiting.id, waiting.route, answer_batch(waiting));
  } else {
    CHECK(waiting.count == 1);
    respond(waiting.id, waiting.route, answer_one(events_[waiting.first]));
  }
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
      return problem(ProblemType::outcome_unknown, unknown_words);
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
    return problem(ProblemType::outcome_unknown, unknown_words);
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

Response ApiHandler::answer_batch(const Waiting& waiting) {
  const bool undurable = std::ranges::any_of(
      events_.begin() + static_cast<std::ptrdiff_t>(waiting.first),
      events_.begin() + static_cast<std::ptrdiff_t>(waiting.first + waiting.count),
      [](const Event& event) { return event.submitted && event.answer.kind == Answer::Kind::undurable; });
  if (undurable) return problem(ProblemType::outcome_unknown, unknown_words);
  const bool any_submitted = std::ranges::any_of(
      events_.begin() + static_cast<std::ptrdiff_t>(waiting.first),
      events_.begin() + static_cast<std::ptrdiff_t>(waiting.first + waiting.count),
      [](const Event& event) { return event.submitted || event.lacks_scope || !event.faults.empty(); });
  if (!any_submitted && waiting.count > 0) {
    ++counters_.deadlines_passed;
    return dead() ? problem(ProblemType::unavailable, "the journal failed; nothing was done") : expired();
  }
  Response batch;
  batch.content_type = "application/x-ndjson";
  for (std::size_t i = 0; i < waiting.count; ++i) {
    const Response one = answer_one(events_[waiting.first + i]);
    json::Writer out(batch.body);
    out.begin_object().member("line", i + 1).member("status", one.status);
    if (one.status == 200) {
      const bool repeated = std::ranges::any_of(
          one.fields, [](const auto& field) { return field.first == "Tillwatch-Repeated"; });
      out.member("repeated", repeated).key("decision").raw(one.body);
    } else {
      out.key("problem").raw(one.body);
    }
    out.end_object();
    batch.body += '\n';
  }
  return batch;
}

void ApiHandler::on_idle(std::int64_t now_ms) {
  parts_.keys.look(now_ms);
  if (!dead()) busy_ = parts_.pipeline.idle(parts_.clock.now());
  if (dead() && server_ != nullptr && !server_->stopped()) server_->stop();
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
