#include "rulebook/draft.h"

#include <algorithm>
#include <array>

#include "access/proposal.h"
#include "json/writer.h"
#include "payment/card_digits.h"
#include "registry/made_id.h"
#include "relay/act.h"
#include "rulebook/publication.h"

namespace tillwatch::rulebook {
namespace {

using core::ErrorCode;

constexpr std::string_view columns =
    "id, version, title, author, based_on, state, made_at, changed_at, proposal, despite, take_effect,"
    " tested, scenarios, failed";
constexpr std::string_view scenario_folder = "scenarios/";

Draft read(const sql::Row& row) {
  Draft one;
  one.id = row.text(0);
  one.version = row.integer(1);
  one.title = row.text(2);
  one.author = row.text(3);
  one.based_on = row.integer(4);
  one.state = row.text(5);
  one.made_at = row.integer(6);
  one.changed_at = row.integer(7);
  one.proposal = row.text(8);
  one.despite = row.text(9);
  one.take_effect = row.integer(10);
  one.tested = row.text(11);
  one.scenarios = row.integer(12);
  one.failed = row.integer(13);
  return one;
}

core::Status tell(sql::Connection& connection, const Author& author, std::string_view kind,
                  std::string_view draft, std::string_view file = {}) {
  std::string detail;
  if (!file.empty()) json::Writer(detail).begin_object().member("file", file).end_object();
  const std::string subject = "draft:" + std::string(draft);
  TRY_STATUS(relay::append(connection, {kind, author.account, subject, detail, author.now, nullptr}));
  return {};
}

// "rules.yaml", "../acquiring-first/rules.yaml" (a pack below), "scenarios/t04.scenario".
core::Status check_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/';
  };
  const std::size_t slash = name.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? name : name.substr(slash + 1);
  const bool scenario =
      name.starts_with(scenario_folder) && slash == scenario_folder.size() - 1 && last.ends_with(".scenario");
  const bool policy = (slash == std::string_view::npos || name.starts_with("../")) && last.ends_with(".yaml");
  if (name.size() > file_name_bytes_max || !std::ranges::all_of(name, plain) || last.starts_with('.') ||
      (!scenario && !policy))
    return core::fail(ErrorCode::invalid, "/path",
                      "expected NAME.yaml, ../PACK/NAME.yaml or scenarios/NAME.scenario, of letters, digits, "
                      "'_', '-' and '.'");
  return {};
}

core::Result<Draft> get(sql::Connection& connection, std::string_view id) {
  TRY(found, find_draft(connection, id));
  if (!found) return core::fail(ErrorCode::not_found, "", "there is no such draft");
  return *std::move(found);
}

core::Status put(sql::Connection& connection, std::string_view draft, std::string_view name,
                 std::string_view content) {
  TRY_STATUS(
      connection.execute("insert into rulebook_file (draft, name, content) values ($1, $2, $3)"
                         " on conflict (draft, name) do update set content = excluded.content",
                         {draft, name, content}));
  return {};
}

core::Status check_size(sql::Connection& connection, std::string_view draft) {
  TRY(rows, connection.query("select count(*), coalesce(sum(length(content)), 0) from rulebook_file"
                             " where draft = $1",
                             {draft}));
  if (rows[0].integer(0) > static_cast<std::int64_t>(draft_files_max))
    return core::fail(ErrorCode::limit, "/path", "a draft has at most 500 files");
  // Characters: a draft in Chinese may hold up to three times as many bytes.
  if (rows[0].integer(1) > static_cast<std::int64_t>(draft_bytes_max))
    return core::fail(ErrorCode::limit, "/content", "a draft has at most 8 Mi characters in all");
  return {};
}

// The draft as its author may change it now.
core::Result<Draft> open_for(sql::Connection& connection, const Author& author, std::string_view id,
                             std::int64_t version) {
  TRY(draft, get(connection, id));
  if (draft.author != author.account)
    return core::fail(ErrorCode::denied, "", "only its author changes a draft: begin one of your own");
  if (draft.state != "open" && draft.state != "proposed")
    return core::fail(ErrorCode::conflict, "", "this draft is " + draft.state + ": begin a new one");
  if (draft.version != version)
    return core::fail(ErrorCode::conflict, "/version",
                      "this draft was changed meanwhile: read it again and repeat your step");
  return std::move(draft);
}

core::Status take_back(sql::Connection& connection, const Author& author, const Draft& draft) {
  if (draft.proposal.empty()) return {};
  TRY(proposal, access::find_proposal(connection, draft.proposal));
  if (proposal && (proposal->state == "open" || proposal->state == "approved"))
    TRY_STATUS(access::withdraw(connection, author.account, draft.proposal, author.now));
  return {};
}

core::Result<Draft> changed(sql::Connection& connection, const Author& author, const Draft& draft,
                            std::string_view state, std::string_view kind, std::string_view file) {
  TRY_STATUS(take_back(connection, author, draft));
  TRY_STATUS(connection.execute(
      "update rulebook_draft set version = version + 1, state = $2, changed_at = $3, proposal = '',"
      " despite = '', take_effect = 0 where id = $1",
      {std::string_view(draft.id), state, author.now}));
  TRY_STATUS(tell(connection, author, kind, draft.id, file));
  return get(connection, draft.id);
}

}  // namespace

std::string PackSet::policy_hash() const {
  return policy::to_hex(policy::hash_of(policy::pack(policy)));
}

std::string PackSet::scenario_hash() const {
  return policy::to_hex(policy::hash_of(policy::pack(scenarios)));
}

core::Result<Draft> begin_draft(sql::Connection& connection, ports::Random& random, const Author& author,
                                std::string_view title) {
  if (title.empty() || title.size() > title_bytes_max)
    return core::fail(ErrorCode::invalid, "/title", "expected 1 to 200 bytes");
  TRY_STATUS(payment::check_no_digit_run("/title", title));
  TRY(version, in_force(connection));
  if (!version)
    return core::fail(ErrorCode::conflict, "", "no policy is in force yet: start serve with --policy FOLDER");
  TRY(files, files_of_version(connection, *version));
  const std::string id = registry::make_id("drf", author.now, random);
  TRY_STATUS(connection.execute(
      "insert into rulebook_draft (id, version, title, author, based_on, state, made_at, changed_at,"
      " proposal, despite, take_effect, tested, scenarios, failed)"
      " values ($1, 1, $2, $3, $4, 'open', $5, $5, '', '', 0, '', 0, 0)",
      {std::string_view(id), title, author.account, version->number, author.now}));
  for (const auto* part : {&files.policy, &files.scenarios})
    for (const policy::SourceFile& file : *part) TRY_STATUS(put(connection, id, file.name, file.text));
  TRY_STATUS(tell(connection, author, "draft.begun", id));
  return get(connection, id);
}

core::Result<Draft> write_file(sql::Connection& connection, const Author& author, std::string_view id,
                               std::int64_t version, std::string_view name, std::string_view content) {
  TRY_STATUS(check_name(name));
  if (content.size() > file_bytes_max)
    return core::fail(ErrorCode::limit, "/content", "a file has at most 1 MiB");
  TRY(draft, open_for(connection, author, id, version));
  TRY_STATUS(put(connection, id, name, content));
  TRY_STATUS(check_size(connection, id));
  return changed(connection, author, draft, "open", "draft.file_written", name);
}

core::Result<Draft> remove_file(sql::Connection& connection, const Author& author, std::string_view id,
                                std::int64_t version, std::string_view name) {
  TRY(draft, open_for(connection, author, id, version));
  TRY(gone, connection.execute("delete from rulebook_file where draft = $1 and name = $2", {id, name}));
  if (gone == 0) return core::fail(ErrorCode::not_found, "/path", "the draft has no such file");
  return changed(connection, author, draft, "open", "draft.file_removed", name);
}

core::Result<Draft> drop_draft(sql::Connection& connection, const Author& author, std::string_view id,
                               std::int64_t version) {
  TRY(draft, open_for(connection, author, id, version));
  return changed(connection, author, draft, "dropped", "draft.dropped", "");
}

core::Result<std::optional<Draft>> find_draft(sql::Connection& connection, std::string_view id) {
  TRY(rows, connection.query("select " + std::string(columns) + " from rulebook_draft where id = $1", {id}));
  if (rows.empty()) return std::nullopt;
  return std::optional<Draft>(read(rows[0]));
}

core::Result<std::vector<Draft>> list_drafts(sql::Connection& connection, std::string_view before,
                                             std::size_t count) {
  TRY(rows, connection.query("select " + std::string(columns) +
                                 " from rulebook_draft where ($1 = '' or id < $1) order by id desc limit $2",
                             {before, static_cast<std::int64_t>(count)}));
  std::vector<Draft> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(read(rows[i]));
  return found;
}

core::Result<PackSet> files_of(sql::Connection& connection, std::string_view draft) {
  PackSet files;
  const std::array<sql::Parameter, 1> bound{draft};
  TRY_STATUS(connection.each("select name, content from rulebook_file where draft = $1", bound,
                             [&files](const sql::Row& row) {
                               const bool scenario = row.text(0).starts_with(scenario_folder);
                               (scenario ? files.scenarios : files.policy)
                                   .push_back({std::string(row.text(0)), std::string(row.text(1))});
                               return true;
                             }));
  std::ranges::sort(files.policy, {}, &policy::SourceFile::name);
  std::ranges::sort(files.scenarios, {}, &policy::SourceFile::name);
  return files;
}

core::Result<bool> keep_test(sql::Connection& connection, const Author& author, std::string_view id,
                             const Tested& tested) {
  TRY(draft, get(connection, id));
  TRY(files, files_of(connection, id));
  if (draft.state != "open" || files.hash() != tested.hash) return false;
  TRY_STATUS(
      connection.execute("update rulebook_draft set tested = $2, scenarios = $3, failed = $4 where id = $1",
                         {id, std::string_view(tested.hash), tested.scenarios, tested.failed}));
  TRY_STATUS(tell(connection, author, "draft.tested", id));
  return true;
}

}  // namespace tillwatch::rulebook
