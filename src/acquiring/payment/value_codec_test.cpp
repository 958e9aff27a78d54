// Values of every type survive their bytes; bytes that nobody writes are refused.
#include "payment/value_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/limits.h"

namespace tillwatch::payment {
namespace {

TEST(ValueCodec, KeepsEveryType) {
  const std::string longest(core::limits::entry_text_bytes_max, 'x');
  for (const Value& value :
       {Value::of(true), Value::of(false), Value::of(std::numeric_limits<std::int64_t>::min()),
        Value::of(std::numeric_limits<std::int64_t>::max()), Value::of(-0.5), Value::of(""),
        Value::of(std::string_view(longest))}) {
    std::string bytes;
    core::ByteWriter writer(bytes);
    write_value(writer, value);
    core::ByteReader in(bytes);
    EXPECT_EQ(read_value(in), value);
    EXPECT_TRUE(in.ok() && in.at_end());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      core::ByteReader cut(std::string_view(bytes).substr(0, size));
      read_value(cut);
      EXPECT_FALSE(cut.ok()) << size;
    }
  }
}

TEST(ValueCodec, RefusesWhatNobodyWrites) {
  std::string too_long;
  core::ByteWriter writer(too_long);
  writer.u8(4);
  writer.text(std::string(core::limits::entry_text_bytes_max + 1, 'x'));
  for (const std::string& bytes : {std::string("\0", 1), std::string("\1\2"), std::string("\5"), too_long}) {
    core::ByteReader in(bytes);
    read_value(in);
    EXPECT_FALSE(in.ok());
  }
}

}  // namespace
}  // namespace tillwatch::payment
