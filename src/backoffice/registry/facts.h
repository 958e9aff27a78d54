// What the engine must know of an entity, as registry commands (docs/formats/entry.md): the facts that
// policies read under `registered`. Called by the registry for every change and by resync. A command never
// holds a name, a phone, an identity or account number: states, limits, places, codes and ids.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "payment/entry.h"
#include "registry/record.h"
#include "sql/database.h"

namespace tillwatch::registry {

// What traffic calls it: the numbers of a merchant, the code of an agent or rep (the id where it has none),
// the serial of a terminal, the id of all else.
std::vector<std::string> engine_ids(const Record& record);

// A command for each of its engine ids that sets all its facts. Empty where the engine does not know such.
core::Result<std::vector<payment::EntryBuilder>> set_commands(sql::Connection& connection,
                                                              const Record& record);
// The command that makes the engine forget all facts of one engine id.
payment::EntryBuilder remove_command(Entity entity, std::string_view engine_id);

}  // namespace tillwatch::registry
