// The decisions that a filter finds as a file for spreadsheets, over HTTP. Called by all_routes(). Every
// export is an act before it is a file: who took what, and how much. Never gives more than a set number of
// rows, and says where there is more; never keeps others from their answers meanwhile; never lets a text of
// traffic be a formula.
#include <algorithm>
#include <memory>
#include <utility>

#include "core/office_limits.h"
#include "desk/cursor.h"
#include "desk/decision_routes.h"
#include "engine/decision.h"
#include "json/writer.h"
#include "payment/card_digits.h"
#include "relay/act.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view right_export = "decisions.export";
constexpr std::string_view list_name = "decisions-export";
constexpr std::size_t looked_max = 100'000;
// Without it a spreadsheet does not read Chinese.
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

constexpr std::string_view head_line =
    "id,sequence,time,admitted_at,kind,client,request_id,merchant,merchant_name,terminal,agent,channel,"
    "card_masked,amount_minor,currency,amount_base_minor,tx_type,tx_response,original_id,authorisation,"
    "settlement,subject,effective_authorisation,effective_settlement,effective_subject,severity,score,fired,"
    "rules\r\n";

class CsvLine {
 public:
  explicit CsvLine(std::string& out) : out_(out) {}
  // What a spreadsheet would take for a formula gets an apostrophe before it; quoted as RFC 4180 says.
  CsvLine& text(std::string_view value) {
    separate();
    const bool formula = !value.empty() && std::string_view("=+-@\t\r\n|%").contains(value.front());
    const bool quoted = value.find_first_of(",\"\r\n\t; ") != std::string_view::npos;
    if (quoted) out_ += '"';
    if (formula) out_ += '\'';
    for (const char c : value) {
      if (c == '"') out_ += '"';
      out_ += c == '\0' ? ' ' : c;
    }
    if (quoted) out_ += '"';
    return *this;
  }
  CsvLine& number(std::int64_t value) {
    separate();
    out_ += std::to_string(value);
    return *this;
  }
  CsvLine& number(const std::optional<std::int64_t>& value) { return value ? number(*value) : text(""); }
  void end() { out_ += "\r\n"; }

 private:
  void separate() {
    if (begun_) out_ += ',';
    begun_ = true;
  }
  std::string& out_;
  bool begun_ = false;
};

void write_line(std::string& out, const DecisionRow& row) {
  std::string rules;
  for (const DecisionHit& hit : row.hits)
    rules += (rules.empty() ? "" : " ") + hit.rule + (hit.shadow ? " (shadow)" : "");
  const core::Sequence sequence(static_cast<std::uint64_t>(row.sequence));
  CsvLine line(out);
  line.text(engine::decision_id(sequence)).number(row.sequence);
  line.text(core::format_time(row.event_time)).text(core::format_time(row.admitted_at)).text(row.kind);
  line.text(row.client).text(row.request_id).text(row.merchant).text(row.merchant_name).text(row.terminal);
  line.text(row.agent).text(row.channel).text(row.card_masked).number(row.amount).text(row.currency);
  line.number(row.amount_base).text(row.tx_type).text(row.tx_response).text(row.original_id);
  line.text(authorisation_word(row.asked.authorisation)).text(settlement_word(row.asked.settlement));
  line.text(subject_word(row.asked.subject)).text(authorisation_word(row.effective.authorisation));
  line.text(settlement_word(row.effective.settlement)).text(subject_word(row.effective.subject));
  line.number(row.severity);
  std::string score;
  json::append_number(score, static_cast<double>(row.score_ppm) / 1e6);
  line.text(score).text(row.fired ? "true" : "false").text(rules).end();
}

// What was asked. A card number that somebody typed into a filter stays out.
std::string shown_filter(const http::Parameters& parameters) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const auto& [name, value] : parameters) {
    if (name == "cursor" || name == "reason") continue;
    std::string shown = value;
    payment::mask_digit_runs(shown);
    out.member(name, shown);
  }
  out.end_object();
  return text;
}

// A file in the making: it grows by a slice at a time, and is an act before its first byte goes out.
class Export {
 public:
  Export(Territory& territory, DecisionFilter filter, std::string shown, std::string reason,
         std::int64_t before)
      : territory_(territory),
        filter_(std::move(filter)),
        shown_(std::move(shown)),
        reason_(std::move(reason)),
        before_(before) {
    body_.append(byte_order_mark).append(head_line);
  }

  core::Result<std::optional<http::Response>> slice(sql::Connection& connection, const Caller& caller,
                                                    core::TimeMs now) {
    TRY(found, find(connection, caller, now));
    for (const DecisionRow& row : found.rows) write_line(body_, row);
    rows_ += found.rows.size();
    looked_ += found.looked;
    before_ = found.next;
    const bool full = rows_ >= core::limits::export_rows_max || looked_ >= looked_max ||
                      body_.size() >= core::limits::export_bytes_max;
    if (before_ != 0 && !full) return std::nullopt;
    TRY_STATUS(write_act(connection, caller, now));
    return file(now);
  }

 private:
  core::Result<DecisionPage> find(sql::Connection& connection, const Caller& caller, core::TimeMs now) {
    SearchBounds bounds{.before = before_};
    bounds.limit = std::min(core::limits::export_rows_at_once, core::limits::export_rows_max - rows_);
    bounds.looked_max = std::min(core::limits::export_looked_at_once, looked_max - looked_);
    TRY(transaction, sql::Transaction::begin_read(connection));
    TRY(scope, territory_.scope_of(connection, now, caller, right_export));
    TRY(found, search_decisions(connection, scope, filter_, bounds));
    TRY_STATUS(transaction.commit());
    return std::move(found);
  }

  // What was asked and how much is given.
  core::Status write_act(sql::Connection& connection, const Caller& caller, core::TimeMs now) {
    std::string detail;
    json::Writer out(detail);
    out.begin_object().member("rows", static_cast<std::int64_t>(rows_)).member("whole", before_ == 0);
    out.key("filter").raw(shown_).end_object();
    TRY(transaction, sql::Transaction::begin(connection));
    TRY_STATUS(relay::append(connection, {.kind = "decisions.exported",
                                          .actor = caller.account,
                                          .subject = "decisions",
                                          .detail = detail,
                                          .at = now,
                                          .reason = reason_}));
    return transaction.commit();
  }

  http::Response file(core::TimeMs now) {
    http::Response response;
    response.content_type = "text/csv; charset=utf-8";
    response.body = std::move(body_);
    std::string name = "decisions-" + core::format_time(now).substr(0, 10);
    if (before_ != 0) name += "-part";
    response.with("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
    response.with("Tillwatch-Rows", std::to_string(rows_));
    if (before_ != 0) response.with("Tillwatch-Next", write_cursor(list_name, {before_}));
    return response;
  }

  Territory& territory_;
  DecisionFilter filter_;
  std::string shown_, reason_;
  std::int64_t before_;  // goes on below this sequence; 0: there is nothing more
  std::string body_;
  std::size_t rows_ = 0, looked_ = 0;
};

core::Result<Answer> export_decisions(Call& call, const DecisionParts& parts) {
  Query query(call);
  const Page page = Page::of(call, query, list_name, "i");
  DecisionFilter filter = read_decision_filter(query);
  const std::string reason = query.text("reason", 1000).value_or("");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  const auto file =
      std::make_shared<Export>(*parts.territory, std::move(filter), shown_filter(call.parameters), reason,
                               page.after ? page.integer(0) : INT64_MAX);
  return Slices{[file](sql::Connection& connection, const Caller& caller, core::TimeMs now) {
    return file->slice(connection, caller, now);
  }};
}

}  // namespace

void add_decision_export(Routes& routes, const DecisionParts& parts) {
  std::vector<std::string_view> names = decision_filter_names();
  names.emplace_back("cursor");
  names.emplace_back("reason");
  routes.add({.name = "exportDecisions",
              .path = "/desk/decisions/export",
              .right = right_export,
              .store = Store::own,
              .query = std::move(names),
              .statuses = {200, 429}},
             [parts](Call& call) { return export_decisions(call, parts); });
}

}  // namespace tillwatch::desk
