// What traffic shows and the registry does not know: merchants by their number, terminals by their serial.
// They are listed as unregistered, and never made up as entries of the registry. Called by the projector's
// listener for what it projects, and by the lists.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "registry/record.h"
#include "sql/database.h"

namespace tillwatch::registry {

// What one transaction names; "" where it does not. Borrowed for the call.
struct Sighting {
  core::TimeMs at = 0;  // event time
  std::string_view merchant;
  std::string_view terminal;
  std::string_view agent;
};

// Which of the named are registered.
struct Known {
  std::vector<std::string> merchants, terminals;
};
// Notes what of these is unknown, inside a write transaction. Cheap for many at once: each merchant and
// terminal is looked up once a call, fifty with one statement.
core::Result<Known> learn(sql::Connection& connection, std::span<const Sighting> sightings);

struct Unregistered {
  std::string id;
  core::TimeMs first_at = 0;
  core::TimeMs last_at = 0;
  std::int64_t transactions = 0;
  std::string merchant;  // number that a terminal was last seen with
  std::string agent;     // code that it was last seen with
};
// The latest seen first, after (last_at, id); `after_id` "" begins. Entity: merchant or terminal.
core::Result<std::vector<Unregistered>> unregistered(sql::Connection& connection, Entity entity,
                                                     core::TimeMs after_at, std::string_view after_id,
                                                     std::size_t count);

// One of them; nullopt where it was not seen, or is registered.
core::Result<std::optional<Unregistered>> find_unregistered(sql::Connection& connection, Entity entity,
                                                            std::string_view id);

// Takes what is registered now off the list.
core::Status forget_seen(sql::Connection& connection, const Record& record);

// The merchant that has a number; nullopt where nobody has it.
core::Result<std::optional<std::string>> merchant_by_number(sql::Connection& connection,
                                                            std::string_view number);
// What an agent or rep is called in traffic to its id.
core::Result<std::optional<std::string>> id_by_code(sql::Connection& connection, Entity entity,
                                                    std::string_view code);

}  // namespace tillwatch::registry
