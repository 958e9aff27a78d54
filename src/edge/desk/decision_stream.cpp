// The decisions that fired, as they come, over HTTP: server-sent events of what the caller may see. Called by
// all_routes(). Never keeps anything of a decision: where a reader is slow or was away, the database has it.
#include <charconv>
#include <memory>

#include "desk/cursor.h"
#include "desk/decision_routes.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view right_read = "decisions.read";
constexpr std::size_t at_once = 50;         // decisions looked at in a turn
constexpr std::int64_t catch_up_max = 500;  // sent to a reader who was away
constexpr core::DurationMs scope_ms = 10 * core::second_ms;

void append_event(std::string& out, std::string_view name, std::int64_t id, std::string_view data) {
  out.append("event: ").append(name).append("\nid: ").append(std::to_string(id));
  out.append("\ndata: ").append(data).append("\n\n");  // JSON has no line breaks
}

std::optional<std::int64_t> sequence_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || fault != std::errc() || end != text.data() + text.size() || number < 0)
    return std::nullopt;
  return number;
}

// One reader: where he stands.
class Reader {
 public:
  Reader(Territory& territory, Caller caller, std::int64_t after)
      : territory_(territory), caller_(std::move(caller)), after_(after) {
    begin_ = "retry: 3000\n";
    append_event(begin_, "begin", after_, "{\"after\":" + std::to_string(after_) + "}");
  }

  core::Result<Stream::Piece> more(sql::Connection& connection, core::TimeMs now, std::size_t room) {
    Stream::Piece piece;
    if (!begin_.empty()) {
      piece.bytes = std::exchange(begin_, {});
      TRY_STATUS(leave_out(connection, piece.bytes));
    }
    if (now >= scope_until_) {
      TRY(scope, territory_.scope_of(connection, now, caller_, right_read));
      scope_ = std::move(scope);
      scope_until_ = now + scope_ms;
    }
    TRY(rows, next(connection, piece.again));
    TRY_STATUS(add_hits(connection, rows));
    TRY_STATUS(add_merchants(connection, rows));
    for (const DecisionRow& row : rows) {
      std::string data, event;
      json::Writer out(data);
      write_decision_row(out, row);
      append_event(event, "decision", row.sequence, data);
      if (piece.bytes.size() + event.size() > room) {
        piece.again = true;
        return piece;
      }
      piece.bytes += event;
      after_ = row.sequence;
    }
    after_ = looked_to_;
    return piece;
  }

 private:
  // A reader who was away for long gets the newest; the list has the others.
  core::Status leave_out(sql::Connection& connection, std::string& out) {
    TRY(rows, connection.query("select sequence from decision where fired = 1 and sequence > $1"
                               " order by sequence desc limit 1 offset $2",
                               {after_, catch_up_max}));
    if (rows.empty()) return {};
    const std::int64_t left = after_;
    after_ = rows[0].integer(0);
    append_event(out, "gap", after_,
                 "{\"after\":" + std::to_string(left) + ",\"before\":" + std::to_string(after_ + 1) + "}");
    return {};
  }

  core::Result<std::vector<DecisionRow>> next(sql::Connection& connection, bool& again) {
    std::vector<DecisionRow> rows;
    looked_to_ = after_;
    if (!scope_.all() && scope_.roots().empty()) return rows;
    std::vector<sql::Parameter> parameters{after_, static_cast<std::int64_t>(at_once)};
    const std::string keep =
        scope_.all() ? std::string("1 = 1") : merchant_within(scope_.roots(), parameters);
    std::size_t looked = 0;
    TRY_STATUS(connection.each("select " + std::string(decision_row_columns) + ", case when " + keep +
                                   " then 1 else 0 end from decision d where d.fired = 1 and d.sequence > $1"
                                   " order by d.sequence limit $2",
                               parameters, [&](const sql::Row& row) {
                                 ++looked;
                                 looked_to_ = row.integer(0);
                                 if (row.integer(decision_row_column_count) != 0)
                                   rows.push_back(read_decision_row(row));
                                 return true;
                               }));
    again = looked == at_once;
    return rows;
  }

  Territory& territory_;
  Caller caller_;
  std::int64_t after_;
  std::int64_t looked_to_ = 0;
  std::string begin_;
  registry::Scope scope_ = registry::Scope::under({});
  core::TimeMs scope_until_ = 0;
};

core::Result<Answer> open_stream(Call& call, const DecisionParts& parts) {
  Query query(call);
  std::optional<std::int64_t> after = query.integer("after", 0, INT64_MAX);
  if (auto refusal = query.refusal()) return *std::move(refusal);
  // What a browser says by itself is the later word.
  if (const auto resumed = sequence_of(call.last_event_id)) after = resumed;
  if (!after) {
    TRY(rows, call.connection.query("select coalesce(max(sequence), 0) from decision"));
    after = rows[0].integer(0);
  }
  Caller reader = call.caller;
  reader.cookie.clear();
  const auto state = std::make_shared<Reader>(*parts.territory, std::move(reader), *after);
  return Stream{[state](sql::Connection& connection, core::TimeMs now, std::size_t room) {
    return state->more(connection, now, room);
  }};
}

}  // namespace

void add_decision_stream(Routes& routes, const DecisionParts& parts) {
  routes.add({.name = "streamDecisions",
              .path = "/desk/stream",
              .right = right_read,
              .query = {"after"},
              .statuses = {200, 429}},
             [parts](Call& call) { return open_stream(call, parts); });
}

}  // namespace tillwatch::desk
