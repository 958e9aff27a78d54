// The JSON of `tillwatch cel`: typed values in and out ({"int":"1"}, {"list":[...]}, ...), and plain JSON in.
// Called by the batch, the one-shot form and the interactive mode. Never used on the deciding path.
#pragma once

#include <string>

#include "cel/type.h"
#include "cel/value.h"
#include "cel/value_store.h"
#include "core/error.h"
#include "json/reader.h"

namespace tillwatch {

// {"int":"1"} {"uint":"1"} {"double":"1.5"} {"string":"x"} {"bytes":"hex"} {"bool":true} {"null":true}
// {"list":[...]}
// {"map":[[k,v],...]} {"type":"int"} {"timestamp_parts":[seconds,nanos]} {"duration_parts":[seconds,nanos]}
// {"optional":[value]} or {"optional":[]}, {"unknown":true}. Any other JSON stands for itself: 1 is an
// int, 1.5 a double, an object a map with string keys. The value's memory is the store's.
core::Result<cel::Value> read_typed(const json::View& json, cel::ValueStore& store);

// Appends the typed form; an error where the value is nested or long beyond reason.
core::Status write_typed(std::string& out, const cel::Value& value);

// The type that a binding declares: mixed lists and maps are of dyn.
cel::Type declared_type(const cel::Value& value);

}  // namespace tillwatch
