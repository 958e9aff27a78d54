// CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of journal, index and snapshot files.
// Called by record and by decision/state. Detects accidents, never tampering (that is the evidence log's
// task).
#pragma once

#include <cstdint>
#include <string_view>

namespace tillwatch::core {

// The checksum of `data` appended to what `crc` already covers (0 to begin). Uses SSE 4.2 where the processor
// has it.
std::uint32_t crc32c(std::string_view data, std::uint32_t crc = 0);

// The same in portable code: the reference of the tests.
std::uint32_t crc32c_portable(std::string_view data, std::uint32_t crc = 0);

}  // namespace tillwatch::core
