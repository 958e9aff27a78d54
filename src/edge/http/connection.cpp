#include "http/connection.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "http/problem.h"

namespace tillwatch::http {

namespace {

using Step = RequestParser::Step;
constexpr std::size_t capacity_kept = 16 * 1024;  // of an idle connection's buffers
constexpr std::size_t compact_bytes =
    16 * 1024;  // used-up bytes at the front of a buffer that are worth a move

}  // namespace

Connection::Connection(const Limits& limits, Gate& gate, const std::string& date, std::int64_t now_ms)
    : limits_(&limits), gate_(&gate), date_(&date), parser_(limits.parser), phase_since_(now_ms) {}

bool Connection::pipeline_full() const {
  return unanswered() >= limits_->pipeline_requests_max || output().size() >= limits_->output_bytes_max;
}

bool Connection::wants_input() const {
  return !reading_done_ && !input_ended_ && !closing_ && !pipeline_full();
}

bool Connection::no_more_requests() const {
  return reading_done_ || (input_ended_ && phase_ == Phase::idle);
}

void Connection::receive(std::string_view bytes, std::int64_t now_ms) {
  if (lingering_) {
    linger_bytes_ += bytes.size();
    return;
  }
  if (reading_done_ || bytes.empty()) return;
  if (input_at_ >= compact_bytes) {
    input_.erase(0, input_at_);
    input_at_ = 0;
  }
  input_.append(bytes);
  input_reach_ = std::max(input_reach_, input_.size());
  starved_ = false;
  if (phase_ == Phase::idle) enter(Phase::head, now_ms);
}

void Connection::end_of_input(std::int64_t now_ms) {
  input_ended_ = true;
  // Who reads a stream says nothing more, but who has gone away neither; a reader comes back by itself.
  end_streams(now_ms);
  settle(now_ms);
}

void Connection::enter(Phase phase, std::int64_t now_ms) {
  phase_ = phase;
  phase_since_ = now_ms;
}

void Connection::consume(std::size_t bytes) {
  input_at_ += bytes;
  if (input_at_ < input_.size()) return;
  input_at_ = 0;
  // Requests hold card numbers and keys: what was read is overwritten, not left to the next request.
  input_.assign(input_reach_, '\0');
  input_reach_ = 0;
  input_.clear();
  if (input_.capacity() > capacity_kept) input_.shrink_to_fit();
}

// Parses on until a request is complete or nothing more can be done.
std::optional<Request> Connection::next(std::int64_t now_ms) {
  std::optional<Request> request;
  while (!request && has_work()) {
    const Step step = this->step(now_ms);
    if (step == Step::need_more) starved_ = true;
    if (step == Step::complete) request = take(now_ms);
  }
  // The input ended in the middle of a request: nobody waits for an answer to it.
  if (input_ended_ && !request && (starved_ || !has_input())) reading_done_ = true;
  settle(now_ms);
  return request;
}

// One step of the parser, with what it entails. Bytes that stay are shown again.
Step Connection::step(std::int64_t now_ms) {
  std::size_t used = 0;
  Step step = parser_.feed(std::string_view(input_).substr(input_at_), used);
  consume(used);
  if (step == Step::head) {
    if (!pass_gate(now_ms)) return Step::refused;
    enter(Phase::body, now_ms);
    // Shows even an empty rest: a request without a body is complete now.
    step = parser_.feed(std::string_view(input_).substr(input_at_), used);
    consume(used);
  }
  if (step == Step::refused) {
    refuse(problem(parser_.refusal().status, parser_.refusal().detail), now_ms);
  } else if (step == Step::need_more && parser_.in_body() && parser_.expects_continue() &&
             parser_.body_bytes() == 0) {
    continue_due_ = true;
    write_continue();
  }
  return step;
}

// False where the request ends here, answered.
bool Connection::pass_gate(std::int64_t now_ms) {
  Verdict verdict = gate_->on_head(parser_.head());
  if (verdict.refusal) {
    verdict.refusal->close = verdict.refusal->close || parser_.head().has_body();
    refuse_head(*verdict.refusal, !verdict.refusal->close, now_ms);
    return false;
  }
  if (parser_.allow_body(verdict.body_bytes_max)) return true;
  refuse_head(problem(parser_.refusal().status, parser_.refusal().detail), false, now_ms);
  return false;
}

void Connection::refuse_head(const Response& response, bool keep_open, std::int64_t now_ms) {
  const bool head_only = parser_.head().method == Method::head;
  const bool close = !keep_open || !parser_.keep_alive();
  const std::uint64_t number = open_slot(head_only, parser_.head().minor_version == 0, close);
  if (close) {
    reading_done_ = true;
  } else {
    std::size_t used = 0;
    CHECK(parser_.feed({}, used) == Step::complete);
    parser_.take();
    enter(has_input() ? Phase::head : Phase::idle, now_ms);
  }
  respond(number, response, now_ms);
}

std::optional<Request> Connection::take(std::int64_t now_ms) {
  const bool close = !parser_.keep_alive();
  Request request = parser_.take();
  request.arrived_ms = now_ms;
  request.number = open_slot(request.head.method == Method::head, request.head.minor_version == 0, close);
  continue_due_ = false;
  if (close) reading_done_ = true;
  enter(has_input() ? Phase::head : Phase::idle, now_ms);
  return request;
}

std::uint64_t Connection::open_slot(bool head_only, bool http10, bool close) {
  pending_.push_back({head_only, http10, close, false, false, {}});
  return next_number_++;
}

void Connection::refuse(const Response& response, std::int64_t now_ms) {
  if (reading_done_) return;
  const std::uint64_t number = open_slot(false, false, true);
  reading_done_ = true;
  respond(number, response, now_ms);
}

void Connection::respond(std::uint64_t number, const Response& response, std::int64_t now_ms) {
  CHECK(number < next_number_);
  if (number < first_number_ || number - first_number_ >= unanswered()) return;
  const std::size_t index = first_ + static_cast<std::size_t>(number - first_number_);
  Pending& slot = pending_[index];
  CHECK(!slot.answered && !slot.streaming);
  slot.answered = true;
  if (response.close) {
    // What was asked behind this request stays unanswered, as after a close of the peer's own wish.
    slot.close = true;
    reading_done_ = true;
  }
  const bool last = stopping_ && number + 1 == next_number_ && no_more_requests();
  const Framing framing{slot.head_only, slot.http10, slot.close || last, false, *date_};
  append_response(index == first_ ? output_ : slot.bytes, response, framing);
  if (index == first_) release_answers();
  settle(now_ms);
}

const Connection::Pending* Connection::find_stream(std::uint64_t number) const {
  if (number < first_number_ || number - first_number_ >= unanswered()) return nullptr;
  const Pending& slot = pending_[first_ + static_cast<std::size_t>(number - first_number_)];
  return slot.streaming && !closing_ ? &slot : nullptr;
}

Connection::Pending* Connection::find_stream(std::uint64_t number) {
  return const_cast<Pending*>(std::as_const(*this).find_stream(number));
}

void Connection::begin_stream(std::uint64_t number, const Response& head, std::int64_t now_ms) {
  CHECK(number < next_number_ && head.body.empty());
  if (number < first_number_ || number - first_number_ >= unanswered()) return;
  Pending& slot = pending_[first_ + static_cast<std::size_t>(number - first_number_)];
  CHECK(!slot.answered && !slot.streaming);
  // Without chunks only the end of the connection can end the body.
  if (slot.http10) slot.close = true;
  append_response(sink_of(slot), head, {slot.head_only, slot.http10, slot.close, true, *date_});
  slot.streaming = true;
  if (slot.head_only || stopping_ || input_ended_) end_stream(number, now_ms);
  settle(now_ms);
}

bool Connection::streaming(std::uint64_t number) const {
  return find_stream(number) != nullptr;
}

std::size_t Connection::stream_room(std::uint64_t number) const {
  const Pending* slot = find_stream(number);
  if (slot == nullptr) return 0;
  const std::size_t unsent = output().size() + slot->bytes.size();
  return unsent >= limits_->stream_bytes_max ? 0 : limits_->stream_bytes_max - unsent;
}

void Connection::stream(std::uint64_t number, std::string_view bytes, std::int64_t now_ms) {
  Pending* slot = find_stream(number);
  if (slot == nullptr || bytes.empty()) return;
  CHECK(bytes.size() <= stream_room(number));
  std::string& sink = sink_of(*slot);
  if (slot->http10) {
    sink.append(bytes);
  } else {
    append_chunk(sink, bytes);
  }
  settle(now_ms);
}

void Connection::end_stream(std::uint64_t number, std::int64_t now_ms) {
  Pending* slot = find_stream(number);
  if (slot == nullptr) return;
  if (!slot->http10 && !slot->head_only) append_chunk(sink_of(*slot), {});
  slot->streaming = false;
  slot->answered = true;
  if (slot == &pending_[first_]) release_answers();
  settle(now_ms);
}

void Connection::end_streams(std::int64_t now_ms) {
  for (std::uint64_t number = first_number_; number < next_number_; ++number) end_stream(number, now_ms);
}

// The first answer is written already; moves on over those that waited for it.
void Connection::release_answers() {
  bool closed = false;
  do {
    output_.append(pending_[first_].bytes);
    closed = pending_[first_].close;
    ++first_;
    ++first_number_;
  } while (!closed && first_ < pending_.size() && pending_[first_].answered);
  if (!closed && first_ < pending_.size()) {
    // A stream that had to wait for its place goes on in the output.
    Pending& slot = pending_[first_];
    if (slot.streaming) output_.append(std::exchange(slot.bytes, {}));
    return;
  }
  pending_.clear();
  first_ = 0;
  first_number_ = next_number_;
  write_continue();
}

// Only when all earlier answers are written, or the peer would take it for one of them.
void Connection::write_continue() {
  if (!continue_due_ || unanswered() > 0 || reading_done_) return;
  continue_due_ = false;
  output_.append("HTTP/1.1 100 Continue\r\n\r\n");
}

void Connection::sent(std::size_t bytes, std::int64_t now_ms) {
  CHECK(bytes <= output().size());
  output_at_ += bytes;
  written_since_ += bytes;
  if (output_at_ == output_.size()) {
    output_.clear();
    output_at_ = 0;
    if (output_.capacity() > capacity_kept) output_.shrink_to_fit();
    write_since_ = never;
    if (phase_ == Phase::idle) phase_since_ = now_ms;
    settle(now_ms);
    return;
  }
  if (output_at_ >= compact_bytes && output_at_ >= output().size()) {
    output_.erase(0, output_at_);
    output_at_ = 0;
  }
  if (written_since_ >= limits_->write_bytes_min) {
    write_since_ = now_ms;
    written_since_ = 0;
  }
  settle(now_ms);
}

// Bookkeeping after every change: a peer must not be timed for what we did not let it send.
void Connection::settle(std::int64_t now_ms) {
  if (!output().empty() && write_since_ == never) {
    write_since_ = now_ms;
    written_since_ = 0;
  }
  if (stopping_ && phase_ == Phase::idle && !has_input()) reading_done_ = true;
  const bool wants = wants_input();
  if (wants && !wanted_input_) phase_since_ = now_ms;
  wanted_input_ = wants;
}

void Connection::linger(std::int64_t now_ms) {
  lingering_ = true;
  linger_since_ = now_ms;
  consume(input_.size() - input_at_);
}

void Connection::stop(std::int64_t now_ms) {
  stopping_ = true;
  end_streams(now_ms);
  settle(now_ms);
}

std::int64_t Connection::deadline() const {
  if (lingering_) return linger_since_ + limits_->linger_time_ms_max;
  std::int64_t due = write_since_ == never ? never : write_since_ + limits_->write_time_ms_max;
  if (!wants_input()) return due;
  switch (phase_) {
    case Phase::head:
      return std::min(due, phase_since_ + limits_->head_time_ms_max);
    case Phase::body:
      return std::min(due, phase_since_ + limits_->body_time_ms_max);
    case Phase::idle:
      break;
  }
  if (unanswered() > 0 || !output().empty()) return due;
  return std::min(due, phase_since_ + limits_->idle_time_ms_max);
}

bool Connection::on_deadline(std::int64_t now_ms) {
  if (now_ms < deadline()) return false;
  if (lingering_) return true;
  if (write_since_ != never && now_ms >= write_since_ + limits_->write_time_ms_max) return true;
  if (phase_ == Phase::idle) {
    closing_ = true;
    return false;
  }
  refuse(problem(408, phase_ == Phase::head ? "the head of the request took too long"
                                            : "the body of the request took too long"),
         now_ms);
  return false;
}

}  // namespace tillwatch::http
