// Batches of lines: some lines a turn, so that nobody else waits for them, and one answer when all are done
// (api_handler.h).
#include <algorithm>
#include <utility>

#include "api/answer_json.h"
#include "api/api_handler.h"
#include "api/batch_in_hand.h"
#include "core/check.h"
#include "core/limits.h"

namespace tillwatch::api {

using http::Response;

void ApiHandler::keep_batch(http::Request& request, const Admitted& admitted, const Waiting& waiting,
                            const door::Expectation& expectation) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(request.body, '\n')) +
                     (request.body.empty() || request.body.ends_with('\n') ? 0u : 1u);
  if (lines > core::limits::http_batch_lines_max)
    return respond(waiting.id, waiting.route,
                   problem(ProblemType::too_large, "a batch has at most 1,000 lines; nothing was done"));
  if (batch_bytes_ + request.body.size() > core::limits::api_batch_bytes_in_hand_max)
    return respond(
        waiting.id, waiting.route,
        problem(ProblemType::unavailable, "as many batches as the server takes are in hand; nothing was done")
            .with("Retry-After", "1"));
  batch_bytes_ += request.body.size();
  Batch& batch = batches_.emplace_back();
  batch.request = waiting;
  batch.body = std::exchange(request.body, {});
  batch.kinds = expectation;
  batch.client = admitted.client;
  batch.kinds.client = batch.client;
  batch.scopes = admitted.scopes;
  batch.answer.content_type = "application/x-ndjson";
}

// The batches take turns: a long one keeps nobody waiting who came later. Returns the lines taken.
std::size_t ApiHandler::take_lines() {
  if (batches_.empty() && !others_in_turn_) return 0;
  const std::int64_t begun_ns = parts_.clock.monotonic_ns();
  const BatchSlice slice = pace_.slice(others_in_turn_, begun_ns);
  std::size_t taken = 0;
  for (std::size_t left = batches_.size(); left > 0 && taken < slice.lines; --left) {
    Batch& batch = batches_.front();
    Waiting some = batch.request;
    some.batch = &batch;
    some.first = event_count_;
    bool time_is_up = false;
    for (; taken + some.count < slice.lines && !batch.all_read() && !time_is_up; ++some.count) {
      read_event(batch.next_line(), batch.kinds, batch.scopes);
      time_is_up = parts_.clock.monotonic_ns() - begun_ns > slice.ns && slice.lines > 1;
    }
    taken += some.count;
    if (some.count > 0) waiting_.push_back(some);
    batches_.splice(batches_.end(), batches_, batches_.begin());
    if (time_is_up) break;
  }
  return taken;
}

void ApiHandler::answer_lines(const Waiting& waiting) {
  Batch& batch = *waiting.batch;
  for (std::size_t i = waiting.first; i < waiting.first + waiting.count; ++i) {
    const Event& event = events_[i];
    if (event.submitted && event.answer.kind == pipeline::Answer::Kind::undurable) batch.undurable = true;
    if (event.submitted || event.lacks_scope || !event.faults.empty()) batch.none_in_time = false;
    const Response one = answer_one(event);
    json::Writer out(batch.answer.body);
    out.begin_object().member("line", ++batch.lines_answered).member("status", one.status);
    if (one.status == 200) {
      const bool repeated = std::ranges::any_of(
          one.fields, [](const auto& field) { return field.first == "Tillwatch-Repeated"; });
      out.member("repeated", repeated).key("decision").raw(one.body);
    } else {
      out.key("problem").raw(one.body);
    }
    out.end_object();
    batch.answer.body += '\n';
  }
}

void ApiHandler::end_batches() {
  for (auto batch = batches_.begin(); batch != batches_.end();) {
    if (!batch->all_read() && !dead()) {
      ++batch;
      continue;
    }
    respond(batch->request.id, batch->request.route, answer_batch(*batch));
    counters_.decide.add(monotonic_ms() - batch->request.arrived_ms);
    batch_bytes_ -= batch->body.size();
    batch = batches_.erase(batch);
  }
}

Response ApiHandler::answer_batch(Batch& batch) {
  const bool cut = !batch.all_read();
  if (batch.undurable || (cut && !batch.none_in_time))
    return problem(ProblemType::outcome_unknown, unknown_outcome_words);
  if (!cut && (!batch.none_in_time || batch.lines_answered == 0)) return std::move(batch.answer);
  if (dead()) return problem(ProblemType::unavailable, "the journal failed; nothing was done");
  ++counters_.deadlines_passed;
  return expired();
}

}  // namespace tillwatch::api
