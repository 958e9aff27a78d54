// Drafts of the policy over HTTP: see policy_routes.h. Called by all_routes(). Never runs more than one
// scenario at a turn: the thread has others to serve.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "access/parts.h"
#include "core/office_limits.h"
#include "desk/fields.h"
#include "desk/list_page.h"
#include "desk/nullable.h"
#include "desk/policy_routes.h"
#include "policy/difference.h"
#include "rulebook/examination.h"
#include "sql/database.h"

namespace tillwatch::desk {
namespace {

using rulebook::Draft;

constexpr core::DurationMs test_ms_max = 30 * core::second_ms;

rulebook::Author author_of(const Call& call) {
  return {call.caller.account, call.now};
}

void write_draft(json::Writer& out, const Draft& draft) {
  out.member("id", draft.id).member("version", draft.version).member("title", draft.title);
  out.member("author", draft.author).member("based_on", draft.based_on).member("state", draft.state);
  out.member("made_at", core::format_time(draft.made_at));
  out.member("changed_at", core::format_time(draft.changed_at));
  text_or_null(out, "proposal", draft.proposal);
  text_or_null(out, "despite", draft.despite);
  time_or_null(out, "take_effect", draft.take_effect);
}

// What the last test came to; null where the files are others by now.
void write_test(json::Writer& out, const Draft& draft, const rulebook::PackSet& files) {
  out.key("tested");
  if (draft.tested != files.hash()) {
    out.null();
    return;
  }
  out.begin_object().member("scenarios", draft.scenarios).member("failed", draft.failed).end_object();
}

http::Response draft_answer(const Draft& draft, int status = 200) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_draft(out, draft);
  out.end_object();
  return json_answer(std::move(text), status);
}

core::Result<Draft> get(Call& call) {
  TRY(draft, rulebook::find_draft(call.connection, call.variable(0)));
  if (!draft) return core::fail(core::ErrorCode::not_found, "", "there is no such draft");
  return *std::move(draft);
}

core::Result<Answer> list_drafts(Call& call) {
  Query query(call);
  const Page page = Page::of(call, query, "drafts", "t");
  if (auto refusal = query.refusal()) return *std::move(refusal);
  TRY(found, rulebook::list_drafts(call.connection, page.after ? page.text(0) : "", rows_to_ask(page)));
  return list_answer(
      "drafts", page, std::move(found),
      [](json::Writer& out, const Draft& draft) {
        out.begin_object();
        write_draft(out, draft);
        out.end_object();
      },
      [](const Draft& last) { return std::vector<CursorValue>{last.id}; });
}

core::Result<Answer> begin_draft(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::string title = body.text("title", 1, rulebook::title_bytes_max);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(draft, rulebook::begin_draft(call.connection, parts.random, author_of(call), title));
  return draft_answer(draft, 201);
}

core::Result<Answer> get_draft(Call& call) {
  TRY(draft, get(call));
  TRY(files, rulebook::files_of(call.connection, draft.id));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_draft(out, draft);
  write_test(out, draft, files);
  write_files(out, files);
  out.end_object();
  return json_answer(std::move(text));
}

core::Result<Answer> drop_draft(Call& call) {
  Body body(call);
  const std::int64_t version = body.integer("version", 1, INT64_MAX);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(draft, rulebook::drop_draft(call.connection, author_of(call), call.variable(0), version));
  return draft_answer(draft);
}

// Without a content the file goes.
core::Result<Answer> write_file(Call& call) {
  Body body(call);
  const std::int64_t version = body.integer("version", 1, INT64_MAX);
  const std::string name = body.text("name", 1, rulebook::file_name_bytes_max);
  const std::optional<std::string> content = body.text_if("content", 0, rulebook::file_bytes_max);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  const std::string& id = call.variable(0);
  auto draft = content ? rulebook::write_file(call.connection, author_of(call), id, version, name, *content)
                       : rulebook::remove_file(call.connection, author_of(call), id, version, name);
  if (!draft) return std::unexpected(draft.error());
  return draft_answer(*draft);
}

core::Result<Answer> check_draft(Call& call) {
  TRY(draft, get(call));
  TRY(files, rulebook::files_of(call.connection, draft.id));
  const rulebook::Examined examined = rulebook::examine(files.policy, call.now);
  std::string text;
  json::Writer out(text);
  out.begin_object().member("version", draft.version).member("usable", examined.bundle != nullptr);
  out.key("faults").begin_array();
  for (const policy::Fault& fault : examined.faults) {
    out.begin_object().member("file", fault.place.file).member("line", fault.place.line);
    out.member("column", fault.place.column).member("message", fault.message).member("hint", fault.hint);
    out.member("warning", fault.warning).end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

// Against the version in force.
core::Result<Answer> diff_draft(Call& call, rulebook::CompiledPolicies& compiled) {
  TRY(draft, get(call));
  TRY(files, rulebook::files_of(call.connection, draft.id));
  const rulebook::Examined after = rulebook::examine(files.policy, call.now);
  if (after.bundle == nullptr)
    return core::fail(core::ErrorCode::conflict, "", "the draft has faults: check it first");
  TRY(version, rulebook::in_force(call.connection));
  if (!version) return core::fail(core::ErrorCode::not_found, "", "no policy is in force");
  TRY(before, compiled.find(call.connection, version->policy));
  const policy::Difference difference = policy::difference(*before, *after.bundle);
  std::string text;
  json::Writer out(text);
  out.begin_object().member("version", draft.version).member("against", version->number);
  out.key("lines").begin_array();
  for (const std::string& line : difference.lines) out.value(line);
  out.end_array().key("backfill").begin_array();
  for (const std::string& feature : difference.backfill) out.value(feature);
  out.end_array().member("kept", static_cast<std::int64_t>(difference.kept)).end_object();
  return json_answer(std::move(text));
}

http::Response test_answer(const rulebook::TestRun& run, bool kept) {
  const rulebook::Tested tested = run.tested();
  std::string text;
  json::Writer out(text);
  out.begin_object()
      .member("scenarios", tested.scenarios)
      .member("failed", tested.failed)
      .member("kept", kept);
  out.key("outcomes").begin_array();
  for (const rulebook::TestRun::Outcome& one : run.outcomes()) {
    out.begin_object().member("name", one.name).member("decisions", one.decisions);
    out.member("expectations", one.expectations).key("failures").begin_array();
    for (const std::string& failure : one.failures) out.value(failure);
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return json_answer(std::move(text));
}

// Keeps what the test came to, and answers.
http::Response keep(sql::Connection& connection, const rulebook::Author& author, const std::string& draft,
                    const rulebook::TestRun& run) {
  const auto written = [&]() -> core::Result<bool> {
    TRY(transaction, sql::Transaction::begin(connection));
    TRY(kept, rulebook::keep_test(connection, author, draft, run.tested()));
    TRY_STATUS(transaction.commit());
    return kept;
  }();
  return written ? test_answer(run, *written) : refuse(written.error());
}

// One scenario a turn, then the answer.
core::Result<Answer> test_draft(Call& call) {
  TRY(draft, get(call));
  if (draft.author != call.caller.account)
    return core::fail(core::ErrorCode::denied, "", "only its author tests a draft");
  TRY(files, rulebook::files_of(call.connection, draft.id));
  const auto run = std::make_shared<rulebook::TestRun>(std::move(files));
  Wait wait;
  wait.wait_ms_max = test_ms_max;
  wait.ask = [run, id = draft.id, account = call.caller.account, now = call.now](
                 sql::Connection& connection, bool late) -> std::optional<http::Response> {
    if (!late && run->step()) return std::nullopt;
    if (run->outcomes().size() < run->scenarios())
      return refuse(core::Error{core::ErrorCode::limit, "",
                                "the scenarios take longer than thirty seconds: test them with "
                                "`tillwatch policy test`, and keep fewer beside the policy"});
    return keep(connection, {account, now}, id, *run);
  };
  return wait;
}

core::Result<Answer> propose_draft(Call& call, const access::Parts& parts) {
  Body body(call);
  const std::int64_t version = body.integer("version", 1, INT64_MAX);
  const std::string reason = body.text("reason", 1, 1000);
  const std::string despite = body.text_if("despite", 0, 1000).value_or("");
  const core::TimeMs at = body.is_null("at") ? 0 : body.time_if("at").value_or(0);
  if (auto refusal = body.refusal()) return *std::move(refusal);
  TRY(proposal, rulebook::propose(call.connection, parts, author_of(call), call.variable(0), version,
                                  {reason, despite, at}));
  return proposed(proposal);
}

core::Result<Answer> publish_draft(Call& call) {
  TRY(version, rulebook::publish(call.connection, author_of(call), call.variable(0)));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_version(out, version);
  out.end_object();
  return json_answer(std::move(text));
}

}  // namespace

void add_draft_routes(Routes& routes, const PolicyParts& given) {
  using http::Method;
  const access::Parts* parts = given.access;
  rulebook::CompiledPolicies* compiled = given.compiled;
  constexpr std::string_view read = "policy.read", draft = "policy.draft";
  routes.add(
      {.name = "listDrafts", .path = "/desk/policy/drafts", .right = read, .query = {"limit", "cursor"}},
      list_drafts);
  routes.add({.name = "getDraft", .path = "/desk/policy/drafts/{id}", .right = read, .statuses = {200, 404}},
             get_draft);
  routes.add(
      {.name = "checkDraft", .path = "/desk/policy/drafts/{id}/check", .right = read, .statuses = {200, 404}},
      check_draft);
  routes.add({.name = "diffDraft",
              .path = "/desk/policy/drafts/{id}/diff",
              .right = read,
              .statuses = {200, 404, 409}},
             [compiled](Call& call) { return diff_draft(call, *compiled); });
  const auto change = [&](std::string_view name, Method method, std::string_view path, std::string_view right,
                          std::vector<int> statuses, Function function, bool body = true) {
    routes.add({.name = name,
                .method = method,
                .path = path,
                .right = right,
                .store = Store::write,
                .body_bytes_max = body ? core::limits::desk_body_bytes_max : 0,
                .text_bytes_max = rulebook::file_bytes_max,
                .statuses = std::move(statuses)},
               std::move(function));
  };
  change("beginDraft", Method::post, "/desk/policy/drafts", draft, {201, 404, 409, 422},
         [parts](Call& call) { return begin_draft(call, *parts); });
  change("dropDraft", Method::post, "/desk/policy/drafts/{id}/drop", draft, {200, 404, 409, 422}, drop_draft);
  change("writeDraftFile", Method::put, "/desk/policy/drafts/{id}/files", draft, {200, 404, 409, 422},
         write_file);
  change("proposeDraft", Method::post, "/desk/policy/drafts/{id}/propose", draft, {202, 404, 409, 422},
         [parts](Call& call) { return propose_draft(call, *parts); });
  change("publishDraft", Method::post, "/desk/policy/drafts/{id}/publish", "policy.publish",
         {200, 404, 409, 422}, publish_draft, false);
  routes.add({.name = "testDraft",
              .method = Method::post,
              .path = "/desk/policy/drafts/{id}/test",
              .right = draft,
              .statuses = {200, 404, 422}},
             test_draft);
}

}  // namespace tillwatch::desk
