// One value as bytes: a type and, by type, an octet, a variable-length integer, eight octets or a text
// (docs/formats/entry.md). Called by the entry codec and by the engine for the facts it keeps.
#pragma once

#include "core/bytes.h"
#include "payment/value.h"

namespace tillwatch::payment {

// The value is present (CHECK); its text is at most entry_text_bytes_max octets.
void write_value(core::ByteWriter& out, const Value& value);
// Makes `in` fail where the bytes are not what write_value() writes. A text borrows from the bytes.
Value read_value(core::ByteReader& in);

}  // namespace tillwatch::payment
