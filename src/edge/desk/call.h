// One request of a person, checked and taken apart, as a route's function gets it; and what the function
// gives back. Made by Handler for the length of one call. Never outlives it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "desk/problems.h"
#include "http/message.h"
#include "http/target.h"
#include "json/reader.h"
#include "sql/database.h"

namespace tillwatch::desk {

enum class Language : std::uint8_t { english, chinese };

// Who asks. A stranger has no account.
struct Caller {
  std::string account;     // the account's id; "" for a stranger
  std::string session;     // the session's id (never the cookie's secret)
  std::string csrf;        // what Tillwatch-Csrf must say on everything but GET
  bool signed_in = false;  // false also where the second factor is still missing
  std::string cookie;      // the secret of the session cookie as it came; "" where none did
  std::string address;     // numeric network address
  std::string user_agent;  // at most 256 bytes; shown in the list of sessions
};

class Call {
 public:
  Call(sql::Connection& store, const Caller& who, core::TimeMs time)
      : connection(store), caller(who), now(time) {}

  sql::Connection& connection;
  const Caller& caller;
  core::TimeMs now;
  Language language = Language::english;
  std::vector<std::string> variables;  // of the path, in order
  http::Parameters parameters;         // of the query; only names that the route has
  std::optional<json::View> body;      // an object, where the route takes a body
  std::string_view cookies;            // the field Cookie as it came: for cookies that are not the session's
  std::string_view last_event_id;      // the field Last-Event-ID: where a stream that broke shall go on
  bool secure = false;                 // the browser speaks TLS: cookies get Secure either way

  const std::string& variable(std::size_t index) const { return variables.at(index); }
  std::optional<std::string_view> parameter(std::string_view name) const {
    return http::find_parameter(parameters, name);
  }
};

// Asked again at every turn of the loop until it gives a response or `until` has passed; then with
// `late` true, and has to give one. For ?wait=effective. It is called outside any transaction.
struct Wait {
  std::function<std::optional<http::Response>(sql::Connection&, bool late)> ask;
  core::DurationMs wait_ms_max = 5000;
};

// An answer that goes on: server-sent events. See streams.h.
struct Stream {
  struct Piece {
    std::string bytes;
    bool again = false;  // there is more at once
  };
  // What came since the last call, at most `room` bytes. Called outside any transaction, at the turn after
  // the database has moved. Errors end the stream.
  std::function<core::Result<Piece>(sql::Connection&, core::TimeMs now, std::size_t room)> more;
};

// An answer that takes long, put together in slices between which others get theirs. See slices.h.
struct Slices {
  // The next slice; a response is the last one. Called outside any transaction. `caller` has no cookie any
  // more; his session and right were asked for again.
  std::function<core::Result<std::optional<http::Response>>(sql::Connection&, const Caller& caller,
                                                            core::TimeMs now)>
      next;
};

struct Answer {
  Answer(http::Response whole) : response(std::move(whole)) {}
  Answer(Slices parts) : slices(std::move(parts)) {}
  Answer(Wait later) : wait(std::move(later)) {}
  Answer(Stream endless) : stream(std::move(endless)) {}
  http::Response response;
  std::optional<Wait> wait;
  std::optional<Stream> stream;
  std::optional<Slices> slices;
};

// 200 (or `status`) with a JSON text.
http::Response json_answer(std::string json, int status = 200);
// 204.
http::Response nothing();

}  // namespace tillwatch::desk
