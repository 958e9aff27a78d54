// What a reader may know of a transaction, as columns: of the message alone, of all that came before it, and
// of identifiers and instants only. Called by the gates.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "learner.h"
#include "told_world.h"

namespace tillwatch::gates {

inline constexpr std::array<std::string_view, 18> message_columns = {
    "amount", "minute",  "weekday",  "code", "entry_mode", "cvm", "type",    "instrument", "funding",
    "region", "offline", "same_day", "rate", "fee_share",  "fix", "deposit", "issuer",     "zeros"};
inline constexpr std::size_t history_columns = 54;

inline std::vector<std::size_t> first_columns(std::size_t count, std::size_t from = 0) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(from + i);
  return out;
}

// Whether history comes in the order of time, or each transaction at the instant of another one: what is said
// of a transaction stays, what came before it does not.
enum class Order : std::uint8_t { of_time, shuffled };

// Message and history of each transaction of the world. Of the transactions that are no fraud one in `thin`
// is kept, with its weight. `whose` gets a number for the instance of each act and for the shop of each other
// row: what a sample consists of, of which each speaks for itself.
void add_rows(const ToldWorld& told, const std::vector<traffic::Event>& events, int thin, Table& table,
              Order order = Order::of_time, std::vector<std::uint64_t>* whose = nullptr);

// The message's columns of one transaction.
void message_of(const ToldWorld& told, const traffic::Event& event, std::span<float> out);

// Letters of the written identifier, milliseconds and seconds, place in the file: what must say nothing.
inline constexpr std::size_t identity_columns = 16 + 5;
void identity_of(const ToldWorld& told, const traffic::Event& event, std::size_t place, std::span<float> out);

}  // namespace tillwatch::gates
