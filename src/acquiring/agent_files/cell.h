// One field of a day file as text. Called by the renderer, for each row and column. Knows units and words,
// nothing of separators.
#pragma once

#include <string>

#include "agent_files/layout.h"
#include "agent_files/words.h"
#include "traffic/event.h"

namespace tillwatch::agent_files {

// Appends the text; nothing where the column has none for this transaction or grade. `event.original` is the
// transaction that is taken back.
void append_cell(std::string& out, const World& world, const Layout& layout, Grade grade, What what,
                 const traffic::Event& event);

// What the row adds to a total, minor units: what comes back counts negative.
std::int64_t signed_amount(const traffic::Event& event);

}  // namespace tillwatch::agent_files
