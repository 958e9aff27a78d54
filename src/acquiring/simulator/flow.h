// Ordinary trade: a merchant's day of sales with their answers, retries, refunds and reversals. Called by the
// day (day.h) and, for single sales, by the schemes. Every sale is drawn from (seed, merchant, day, index)
// alone, so that a refund finds its original again without anything being remembered.
#pragma once

#include "simulator/event.h"
#include "simulator/world.h"

namespace tillwatch::simulator {

// Appends the merchant's ordinary day.
void trade(const World& world, std::uint32_t merchant, Day day, Events& out);

// A price of the merchant: lognormal, rounded as its kind rounds, below its single limit.
std::int64_t draw_ticket(const Merchant& merchant, Stream& random);

// Milliseconds after local midnight, within the opening hours.
std::int64_t draw_time_of_day(const MerchantKind& kind, Stream& random);

// Completes the event (place with the terminal's jitter) and appends it and, unless the day is history, its
// answer.
void append_answered(const World& world, Event event, Day day, Stream& random, Events& out);

// The registry commands that stand before everything else: merchants and terminals as they were boarded.
void board(const World& world, core::TimeMs time, Events& out);

}  // namespace tillwatch::simulator
