// Paths and queries taken apart (RFC 3986): percent-decoding, parameters by name. Called by routers and
// handlers. Strict: what cannot be decoded is an error, never a guess. Never joins, normalises or resolves
// paths.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace tillwatch::http {

// Decodes %XX. nullopt where a '%' is not followed by two hexadecimal digits, or where the result is not
// UTF-8 or contains a control character. With `plus_is_space`, '+' becomes a space (queries of HTML forms).
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

// The segments of an absolute path, decoded: "/v1/decisions/7" gives {"v1", "decisions", "7"}; "/" gives
// none. An empty segment in the middle or at the end is kept as "". Error `invalid` where a segment cannot be
// decoded.
core::Result<std::vector<std::string>> split_path(std::string_view path);

// The parameters of "a=1&b=2", decoded, in order; a name without '=' has an empty value. Error `invalid`
// where one cannot be decoded or a name is repeated.
using Parameters = std::vector<std::pair<std::string, std::string>>;
core::Result<Parameters> split_query(std::string_view query);
std::optional<std::string_view> find_parameter(const Parameters& parameters, std::string_view name);

}  // namespace tillwatch::http
