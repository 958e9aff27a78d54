// One HTTP/1.1 connection without its socket: bytes in, requests out; responses in, bytes out in the order of
// the requests. Keep-alive, pipelining, 100-continue, limits and times are decided here, on a clock that is
// handed in. Called by Server (through Peer) and by tests and the fuzzer. Never blocks, never reads a clock,
// never logs.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/limits.h"
#include "http/message.h"
#include "http/parser.h"

namespace tillwatch::http {

// What a door decides as soon as it has seen a head, before it reads a body.
struct Verdict {
  std::uint64_t body_bytes_max = core::limits::http_body_bytes_max;
  std::optional<Response> refusal;  // answer this and do not read the body
};

class Gate {
 public:
  virtual ~Gate() = default;
  virtual Verdict on_head(const RequestHead& head) = 0;
};

class Connection {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  // `limits`, `gate` and `date` (the IMF-fixdate of the present second, or "") must outlive the connection.
  // All times: monotonic milliseconds.
  Connection(const Limits& limits, Gate& gate, const std::string& date, std::int64_t now_ms);

  // Bytes from the peer. May be called only while wants_input(), or any time after linger() (they are
  // dropped).
  void receive(std::string_view bytes, std::int64_t now_ms);
  // The peer will send nothing more; what it asked for is still answered.
  void end_of_input(std::int64_t now_ms);
  // The next complete request. None while the pipeline or the output is full. To be called until it yields
  // none after every receive() and end_of_input(), and whenever has_work().
  std::optional<Request> next(std::int64_t now_ms);
  // The answer to the request of that number, each once, in any order. Ignored where an earlier answer
  // closed.
  void respond(std::uint64_t number, const Response& response, std::int64_t now_ms);
  // Begins an answer whose body comes in pieces (the response has none). It ends with end_stream(), with the
  // peer's input, or with stop(); what was asked behind it waits until then.
  void begin_stream(std::uint64_t number, const Response& head, std::int64_t now_ms);
  // Whether more may come for that number.
  bool streaming(std::uint64_t number) const;
  // How many bytes the stream may still take before its reader has to catch up; 0 where it is over.
  std::size_t stream_room(std::uint64_t number) const;
  // A piece, at most stream_room() long; ignored where the stream is over.
  void stream(std::uint64_t number, std::string_view bytes, std::int64_t now_ms);
  void end_stream(std::uint64_t number, std::int64_t now_ms);
  // Ends the connection with this answer in the place of whatever comes next.
  void refuse(const Response& response, std::int64_t now_ms);

  // What is to be sent; `sent` says how much of it the peer's socket took.
  std::string_view output() const { return std::string_view(output_).substr(output_at_); }
  void sent(std::size_t bytes, std::int64_t now_ms);

  bool wants_input() const;
  // Whether next() may yield something without more input.
  bool has_work() const { return has_input() && !starved_ && !closing_ && !pipeline_full(); }
  // All is answered and sent and nothing more will be: end writing, then linger() or close.
  bool finished() const { return closing_ || (unanswered() == 0 && output().empty() && no_more_requests()); }
  bool input_ended() const { return input_ended_; }

  // Begins to drop what still comes, so that the peer reads our last answer before the connection is reset.
  void linger(std::int64_t now_ms);
  bool lingering() const { return lingering_; }
  // Read and dropped since then.
  std::size_t linger_bytes() const { return linger_bytes_; }
  // The peer had its time, ended, or sent too much: close now.
  bool lingered() const { return lingering_ && (input_ended_ || linger_bytes_ > limits_->linger_bytes_max); }

  // Answers what was read, then ends.
  void stop(std::int64_t now_ms);

  // The time at which on_deadline() is due.
  std::int64_t deadline() const;
  // True where the connection must be closed at once; else it may have written a last answer (408).
  bool on_deadline(std::int64_t now_ms);

  std::size_t unanswered() const { return pending_.size() - first_; }
  std::uint64_t requests() const { return next_number_; }
  std::size_t memory_bytes() const { return input_.capacity() + output_.capacity(); }

 private:
  struct Pending {
    bool head_only = false;
    bool http10 = false;
    bool close = false;
    bool answered = false;
    bool streaming = false;  // begun, not ended
    std::string bytes;       // the answer, while an earlier one is missing
  };
  enum class Phase : std::uint8_t { idle, head, body };

  RequestParser::Step step(std::int64_t now_ms);
  bool pass_gate(std::int64_t now_ms);
  void refuse_head(const Response& response, bool keep_open, std::int64_t now_ms);
  std::optional<Request> take(std::int64_t now_ms);
  Pending* find_stream(std::uint64_t number);
  const Pending* find_stream(std::uint64_t number) const;
  std::string& sink_of(Pending& slot) { return &slot == &pending_[first_] ? output_ : slot.bytes; }
  void end_streams(std::int64_t now_ms);
  std::uint64_t open_slot(bool head_only, bool http10, bool close);
  void release_answers();
  void write_continue();
  void consume(std::size_t bytes);
  void enter(Phase phase, std::int64_t now_ms);
  void settle(std::int64_t now_ms);
  bool has_input() const { return input_at_ < input_.size() && !reading_done_; }
  bool no_more_requests() const;
  bool pipeline_full() const;

  const Limits* limits_;
  Gate* gate_;
  const std::string* date_;
  RequestParser parser_;
  std::string input_;
  std::size_t input_at_ = 0;
  std::size_t input_reach_ = 0;  // bytes of input_'s memory written since it was last overwritten
  std::string output_;
  std::size_t output_at_ = 0;
  std::vector<Pending> pending_;  // from first_ on: unanswered or waiting for an earlier answer
  std::size_t first_ = 0;
  std::uint64_t first_number_ = 0;  // of pending_[first_]
  std::uint64_t next_number_ = 0;   // of the next slot
  Phase phase_ = Phase::idle;
  std::int64_t phase_since_ = 0;
  std::int64_t write_since_ = never;  // never: nothing to send
  std::size_t written_since_ = 0;
  std::int64_t linger_since_ = 0;
  std::size_t linger_bytes_ = 0;
  bool wanted_input_ = true;
  bool continue_due_ = false;
  bool starved_ = false;       // the parser saw all there is and wants more
  bool reading_done_ = false;  // no further request is taken from this connection
  bool input_ended_ = false;
  bool stopping_ = false;
  bool lingering_ = false;
  bool closing_ = false;
};

}  // namespace tillwatch::http
