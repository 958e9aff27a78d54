// How often somebody may try a secret: sliding counts over the true times of the tries, so that "ten in
// thirty minutes" holds for every thirty minutes. Called by sign-in before anything is hashed. A try that is
// refused is not written down: a flood costs reads only, and cannot lengthen the wait of anybody.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/error.h"
#include "core/time.h"
#include "sql/database.h"

namespace tillwatch::access {

struct Bucket {
  std::string name;  // "account:NAME", "device:ID", "network:203.0.113.0/24"
  std::int64_t tries_max = 10;
  core::DurationMs span_ms = 30 * core::minute_ms;
};

// Whether each bucket has room; then the try is noted in all of them. Otherwise how long to wait (above 0),
// and nothing is noted. To be called inside a write transaction, so that two at once count as two.
core::Result<core::DurationMs> take_try(sql::Connection& connection, std::span<const Bucket> buckets,
                                        core::TimeMs now);

// Forgets the tries of a bucket: its owner has proved himself.
core::Status forget_tries(sql::Connection& connection, const std::string& bucket);

// "network:" and the part of an address that one household or office shares: 24 bits of IPv4, 64 of IPv6.
std::string network_bucket(std::string_view address);

}  // namespace tillwatch::access
