// Bytes of values. Called by the entry codec and by the engine for the facts it keeps.
#include "payment/value_codec.h"

#include "core/check.h"
#include "core/limits.h"

namespace tillwatch::payment {

void write_value(core::ByteWriter& out, const Value& value) {
  out.u8(static_cast<std::uint8_t>(value.type()));
  switch (value.type()) {
    case Value::Type::absent:
      CHECK(false);
      break;
    case Value::Type::boolean:
      out.u8(value.boolean() ? 1 : 0);
      break;
    case Value::Type::integer:
      out.signed_varint(value.integer());
      break;
    case Value::Type::decimal:
      out.f64(value.decimal());
      break;
    case Value::Type::text:
      out.text(value.text());
      break;
  }
}

Value read_value(core::ByteReader& in) {
  switch (in.u8()) {
    case 1: {
      const std::uint8_t v = in.u8();
      if (v > 1) in.fail();
      return Value::of(v == 1);
    }
    case 2:
      return Value::of(in.signed_varint());
    case 3:
      return Value::of(in.f64());
    case 4: {
      const std::string_view text = in.text();
      if (text.size() > core::limits::entry_text_bytes_max) in.fail();
      return Value::of(text);
    }
    default:
      in.fail();
      return {};
  }
}

}  // namespace tillwatch::payment
