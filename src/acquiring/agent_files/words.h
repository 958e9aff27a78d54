// Identifiers and words as they stand in agents' files. Called by all files of this module. They say nothing
// about what they stand for: an order number leads to its transaction only through truth/orders.ndjson.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "traffic/event.h"
#include "world/world.h"

namespace tillwatch::agent_files {

using world::World;

// The acquirer's own number of a transaction: 16 letters.
void append_order(std::string& out, const World& world, traffic::EventId transaction);
// "A0007", a rep of it "A0007R2"; "acquirer-1".
void append_agent(std::string& out, std::uint32_t agent);
void append_rep(std::string& out, std::uint32_t agent, std::uint32_t rep);
std::string channel_name(std::uint8_t channel);

// A shop's name; two shops may have the same.
std::string shop_name(const World& world, world::MerchantIndex merchant);
// A person's family name with the rest hidden: 王**.
std::string hidden_name(const World& world, world::PersonNumber person);
// The masked number of a card: six digits, stars, four digits.
void append_masked(std::string& out, const world::Card& card);

// Digits with so many behind the point; the value may be negative.
void append_decimal(std::string& out, std::int64_t value, int digits, bool grouped);
void append_padded(std::string& out, std::int64_t value, int width);
// "2026-03-01", "20260301"; "09:05:07", "090507". Local time.
void append_date(std::string& out, world::Day day, bool dashes);
void append_clock(std::string& out, core::TimeMs time, bool colons);
std::string date_text(world::Day day);
// "2026-03-01 09:05:07"
std::string moment_text(core::TimeMs time);

// What GB18030 makes of a UTF-8 text. Called with our own texts only: one that cannot be written ends the
// process.
std::string to_gb18030(std::string_view utf8);

}  // namespace tillwatch::agent_files
