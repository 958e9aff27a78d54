#include "sender.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace tillwatch {
namespace {

using core::ErrorCode;
using traffic::Event;
using Steady = std::chrono::steady_clock;

constexpr int tries_max = 20;
constexpr int pause_s_max = 30;
constexpr auto pause_after_loss = std::chrono::milliseconds(500);

std::string_view target_of(const Event& event) {
  return event.kind == traffic::EventKind::transaction ? "/v1/decisions" : "/v1/events";
}

}  // namespace

Sender::Sender(ServerAddress server, std::string key, const telling::Writer& writer, int outstanding_max,
               Take take)
    : server_(std::move(server)),
      key_(std::move(key)),
      writer_(writer),
      outstanding_max_(static_cast<std::size_t>(outstanding_max)),
      take_(std::move(take)) {}

core::Status Sender::connect() {
  TRY(client, BlockingClient::connect(server_));
  client_.emplace(std::move(client));
  ++connections_;
  return {};
}

bool Sender::waits(traffic::EventId id) const {
  const auto same = [id](const Request& request) { return request.event.id == id; };
  return std::ranges::any_of(outstanding_, same) || std::ranges::any_of(again_, same);
}

// What was sent may have arrived or not: it is sent again under the same ids, and the server knows.
core::Status Sender::lost(const core::Error& error) {
  client_.reset();
  while (!outstanding_.empty()) {
    again_.push_front(std::move(outstanding_.back()));
    outstanding_.pop_back();
  }
  if (again_.empty() || again_.front().tries >= tries_max) return std::unexpected(error);
  paused_until_ = std::max(paused_until_, Steady::now() + pause_after_loss);
  return {};
}

core::Status Sender::put(Request request) {
  ++request.tries;
  if (!client_) {
    const core::Status connected = connect();
    if (!connected) {
      // A server that was there once may come back; one that never was is a wrong address.
      if (connections_ == 0 || request.tries >= tries_max) return connected;
      paused_until_ = std::max(paused_until_, Steady::now() + pause_after_loss);
      again_.push_back(std::move(request));
      return {};
    }
  }
  std::string body;
  writer_.event(request.event, body);
  const core::Status sent =
      client_->send(http_request("POST", target_of(request.event), server_, key_, body));
  outstanding_.push_back(std::move(request));
  most_outstanding_ = std::max(most_outstanding_, outstanding_.size());
  return sent ? core::Status{} : lost(sent.error());
}

core::Status Sender::take_answer() {
  const core::Result<HttpAnswer> answer = client_->receive();
  if (!answer) {
    if (answer.error().code != ErrorCode::io) return std::unexpected(answer.error());
    return lost(answer.error());
  }
  Request request = std::move(outstanding_.front());
  outstanding_.pop_front();
  if (answer->status == 200) {
    ++sent_;
    return take_(request.event, *answer);
  }
  std::string id;
  writer_.append_id(id, request.event.id);
  if (answer->status != 429 && answer->status != 503)
    return core::fail(ErrorCode::invalid, "status " + std::to_string(answer->status) + " for event " + id,
                      answer->body);
  ++held_back_;
  if (request.tries >= tries_max)
    return core::fail(ErrorCode::unavailable, "event " + id,
                      "the server refused it " + std::to_string(tries_max) + " times with status " +
                          std::to_string(answer->status) + "; take a lower --rate or fewer --outstanding");
  const int seconds = answer->retry_after_s < 0 ? 1 : std::min(answer->retry_after_s, pause_s_max);
  paused_until_ = std::max(paused_until_, Steady::now() + std::chrono::seconds(seconds));
  again_.push_back(std::move(request));
  return {};
}

// All that waits for an answer first, then the pause, then what was refused, in its order.
core::Status Sender::send_again() {
  while (!again_.empty()) {
    while (!outstanding_.empty()) TRY_STATUS(take_answer());
    std::this_thread::sleep_until(paused_until_);
    std::deque<Request> now = std::exchange(again_, {});
    while (!now.empty() && again_.empty()) {
      if (outstanding_.size() >= outstanding_max_) {
        TRY_STATUS(take_answer());
        continue;
      }
      Request request = std::move(now.front());
      now.pop_front();
      TRY_STATUS(put(std::move(request)));
    }
    while (!outstanding_.empty()) TRY_STATUS(take_answer());
    for (Request& request : now) again_.push_back(std::move(request));
  }
  return {};
}

core::Status Sender::send(const Event& event) {
  while (outstanding_.size() >= outstanding_max_) TRY_STATUS(take_answer());
  if (!again_.empty()) TRY_STATUS(send_again());
  return put({event, 0});
}

core::Status Sender::wait_until(Time time) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(time - Steady::now()).count();
    if (left < 1 || outstanding_.empty()) break;
    TRY(ready, client_->wait(static_cast<int>(std::min<std::int64_t>(left, 1'000))));
    if (ready) TRY_STATUS(take_answer());
  }
  std::this_thread::sleep_until(time);
  return {};
}

core::Status Sender::settle(traffic::EventId id) {
  while (waits(id)) {
    if (!again_.empty())
      TRY_STATUS(send_again());
    else
      TRY_STATUS(take_answer());
  }
  return {};
}

core::Status Sender::finish() {
  for (;;) {
    if (!again_.empty())
      TRY_STATUS(send_again());
    else if (!outstanding_.empty())
      TRY_STATUS(take_answer());
    else
      return {};
  }
}

}  // namespace tillwatch
