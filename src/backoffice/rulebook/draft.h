// Drafts of a policy: the files of the version they began from, changed by their author, and what testing
// them came to. Called by the desk's routes inside the caller's write transaction. A draft is never in
// force: publication.h alone makes versions, and only of what was approved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "policy/source.h"
#include "ports/random.h"
#include "sql/database.h"

namespace tillwatch::rulebook {

inline constexpr std::size_t file_bytes_max = 1024 * 1024;
inline constexpr std::size_t draft_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t draft_files_max = 500;
inline constexpr std::size_t file_name_bytes_max = 200;
inline constexpr std::size_t title_bytes_max = 200;

struct Author {
  std::string_view account;
  core::TimeMs now = 0;
};

// The files of a pack and the scenarios that test it.
struct PackSet {
  std::vector<policy::SourceFile> policy, scenarios;  // by name
  std::string policy_hash() const;
  std::string scenario_hash() const;
  std::string hash() const { return policy_hash() + scenario_hash(); }
};

struct Draft {
  std::string id;
  std::int64_t version = 0;
  std::string title, author;
  std::int64_t based_on = 0;  // number of the version it began from
  std::string state;
  core::TimeMs made_at = 0, changed_at = 0;
  std::string proposal;          // "": none
  std::string despite;           // as proposed: why it goes on although scenarios fail
  core::TimeMs take_effect = 0;  // as proposed; 0: once it is published
  std::string tested;            // PackSet::hash() of the files that were tested last
  std::int64_t scenarios = 0, failed = 0;
};

// Errors of all: not_found; denied (another's draft); conflict (`where` "/version": changed meanwhile; or
// the state forbids it); invalid or limit with `where` "/FIELD".

// A copy of the version in force.
core::Result<Draft> begin_draft(sql::Connection& connection, ports::Random& random, const Author& author,
                                std::string_view title);
// An edit of a proposed draft takes its proposal back: it needs a new test and a new approval.
core::Result<Draft> write_file(sql::Connection& connection, const Author& author, std::string_view id,
                               std::int64_t version, std::string_view name, std::string_view content);
core::Result<Draft> remove_file(sql::Connection& connection, const Author& author, std::string_view id,
                                std::int64_t version, std::string_view name);
core::Result<Draft> drop_draft(sql::Connection& connection, const Author& author, std::string_view id,
                               std::int64_t version);

core::Result<std::optional<Draft>> find_draft(sql::Connection& connection, std::string_view id);
// Newest first, before `before` ("" for the first page).
core::Result<std::vector<Draft>> list_drafts(sql::Connection& connection, std::string_view before,
                                             std::size_t count);
core::Result<PackSet> files_of(sql::Connection& connection, std::string_view draft);

// What a test run over exactly these files came to. False: the draft has other files by now, and nothing was
// kept.
struct Tested {
  std::string hash;  // PackSet::hash()
  std::int64_t scenarios = 0, failed = 0;
};
core::Result<bool> keep_test(sql::Connection& connection, const Author& author, std::string_view id,
                             const Tested& tested);

}  // namespace tillwatch::rulebook
