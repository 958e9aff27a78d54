#include "desk/streams.h"

#include <algorithm>
#include <utility>

#include "core/office_limits.h"
#include "crypto/secret.h"

namespace tillwatch::desk {

std::optional<http::Response> Streams::refusal(const Caller& caller) const {
  const auto own = static_cast<std::size_t>(std::ranges::count_if(
      open_, [&](const Open& one) { return one.wish.caller.account == caller.account; }));
  if (own < core::limits::streams_of_account_max && open_.size() < core::limits::streams_max)
    return std::nullopt;
  return refuse(Problem::too_many_attempts, "too many live pages are open; close one, or come again later")
      .with("Retry-After", "10");
}

http::Response Streams::head() {
  http::Response head;
  head.content_type = "text/event-stream";
  head.with("X-Accel-Buffering", "no");  // a proxy shall not gather what is to be seen now
  return head;
}

void Streams::begin(http::Server& server, http::RequestId id, const http::Response& head, Wish wish) {
  // The secret of the cookie is not needed again.
  crypto::wipe(wish.caller.cookie.data(), wish.caller.cookie.size());
  wish.caller.cookie.clear();
  server.begin_stream(id, head);
  if (!server.streaming(id)) return;  // HEAD, or the reader is gone
  const std::int64_t now_ms = parts_.clock.monotonic_ns() / 1'000'000;
  Open one{id, std::move(wish), now_ms + life_ms_max, now_ms + beat_ms, now_ms + ask_again_ms, true};
  open_.push_back(std::move(one));
  behind_ = true;
}

void Streams::turn(http::Server& server) {
  if (open_.empty()) {
    moved_ = behind_ = false;
    return;
  }
  const std::int64_t now_ms = parts_.clock.monotonic_ns() / 1'000'000;
  const bool moved = std::exchange(moved_, false);
  behind_ = false;
  std::erase_if(open_, [&](Open& one) {
    one.behind = one.behind || moved;
    if (goes_on(server, one, now_ms)) {
      behind_ = behind_ || (one.behind && server.stream_room(one.id) >= room_min);
      return false;
    }
    server.end_stream(one.id);
    return true;
  });
}

bool Streams::goes_on(http::Server& server, Open& one, std::int64_t now_ms) {
  if (!server.streaming(one.id) || now_ms >= one.until_ms) return false;
  if (now_ms >= one.ask_at_ms) {
    one.ask_at_ms = now_ms + ask_again_ms;
    if (!parts_.authenticator.still(parts_.connection, parts_.clock.now(), one.wish.caller, one.wish.right))
      return false;
  }
  if (one.behind && server.stream_room(one.id) >= room_min && !feed(server, one, now_ms)) return false;
  if (now_ms >= one.beat_at_ms && server.stream_room(one.id) >= room_min) {
    server.stream(one.id, ":\n\n");
    one.beat_at_ms = now_ms + beat_ms;
  }
  return true;
}

bool Streams::feed(http::Server& server, Open& one, std::int64_t now_ms) {
  const core::Result<Stream::Piece> piece =
      one.wish.stream.more(parts_.connection, parts_.clock.now(), server.stream_room(one.id));
  if (!piece) {
    parts_.log.error("desk_failed",
                     {{trace::FieldName::detail, "stream: " + piece.error().to_string()},
                      {trace::FieldName::code, std::string(core::name_of(piece.error().code))}});
    return false;
  }
  one.behind = piece->again;
  if (piece->bytes.empty()) return true;
  server.stream(one.id, piece->bytes);
  one.beat_at_ms = now_ms + beat_ms;
  return true;
}

}  // namespace tillwatch::desk
