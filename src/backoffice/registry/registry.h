// The registry: who is who among agents, reps, merchants, terminals, settlement accounts, persons and
// channels. Each call writes the entity, its history, its search keys and its act (with the command to the
// engine) in the caller's write transaction. Called by the desk's routes and by imports. Never shows anything
// outside the author's scope, never deletes, never tells the outbox a name or a number of a person.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "crypto/data_keys.h"
#include "ports/random.h"
#include "registry/personal.h"
#include "registry/record.h"
#include "registry/scope.h"
#include "sql/database.h"

namespace tillwatch::registry {

// Who acts, on whose entities, when.
struct Author {
  std::string_view account;  // the id; "system" for the product itself
  const Scope& scope;
  core::TimeMs now = 0;
};

// What is to be written. A field that is not named stays; an empty value empties it.
struct Wish {
  std::string id;  // of a new terminal (serial) or channel; "" for all else
  std::map<std::string, FieldValue, std::less<>> fields;
  std::optional<std::vector<ChannelNumber>> numbers;  // of a merchant: all that it shall have
  std::string reason;                                 // of a change; kept in the history only
};

struct Receipt {
  std::string id;
  std::int64_t version = 0;
  std::int64_t act = 0;  // 0: nothing was to be changed
};

// A personal value in clear.
struct Revealed {
  std::string_view field;
  std::string value;
};

struct Draft;

class Registry {
 public:
  // Both outlive it.
  Registry(const crypto::DataKeys& keys, ports::Random& random) : vault_(keys, random), random_(random) {}

  // Errors: invalid (`where` is "/FIELD"; also a reference to what the author cannot see), conflict (there is
  // one), limit (tree too deep).
  core::Result<Receipt> create(sql::Connection& connection, const Author& author, Entity entity,
                               const Wish& wish) const;
  // `version` is what the author read. Errors: not_found (outside the scope too), conflict (another version),
  // as create().
  core::Result<Receipt> change(sql::Connection& connection, const Author& author, Entity entity,
                               std::string_view id, std::int64_t version, const Wish& wish) const;

  // The masks of personal fields, by the shape's fields; "" where a field is none or empty.
  core::Result<std::vector<std::string>> masks(const Record& record) const;
  // The personal fields in clear; leaves an act and a line in the history. Errors: not_found, invalid (no
  // reason).
  core::Result<std::vector<Revealed>> reveal(sql::Connection& connection, const Author& author, Entity entity,
                                             std::string_view id, std::string_view reason) const;

  // Sends the engine everything about up to `count` entities after `after`, for an engine that knows nothing
  // (a new journal). The last id sent; nullopt: that was all. A transaction for each call.
  core::Result<std::optional<std::string>> resync(sql::Connection& connection, const Author& author,
                                                  Entity entity, std::string_view after,
                                                  std::size_t count) const;

  // Seals up to `count` entities anew that hold fields under an earlier data key, after `after`. The last id
  // looked at; nullopt: that was all, and `DataKeys::retire` may follow once every entity is through.
  core::Result<std::optional<std::string>> reseal(sql::Connection& connection, Entity entity,
                                                  std::string_view after, std::size_t count) const;

  const Vault& vault() const { return vault_; }

 private:
  core::Status fill(sql::Connection& connection, const Author& author, const Wish& wish, Draft& draft) const;
  core::Status open_personal(Record& record) const;
  void seal_personal(Record& record) const;
  core::Status follow(sql::Connection& connection, const Author& author, const Draft& draft) const;
  core::Status move_along(sql::Connection& connection, const Author& author, Entity entity,
                          std::string_view id, const FieldValue* owner) const;
  core::Result<std::int64_t> publish(sql::Connection& connection, const Author& author, const Draft& draft,
                                     std::string_view action) const;

  Vault vault_;
  ports::Random& random_;
};

}  // namespace tillwatch::registry
