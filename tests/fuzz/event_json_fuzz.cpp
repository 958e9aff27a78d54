// Hostile bytes into the event reader: an accepted event encodes and decodes again, and no card number of the
// input is in the entry or in a message. Called by the fuzzer and by the corpus replay.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/check.h"
#include "door/event_reader.h"
#include "payment/card_digits.h"
#include "sim/sim_random.h"

namespace {

using namespace tillwatch;

// Whether `text` holds, unbroken, a card number that stands unbroken in `input`.
bool leaks(std::string_view input, std::string_view text) {
  for (std::size_t from = 0; from < input.size();) {
    std::size_t to = from;
    while (to < input.size() && input[to] >= '0' && input[to] <= '9') ++to;
    const std::string_view run = input.substr(from, to - from);
    if (payment::looks_like_card_number(run) && text.find(run) != std::string_view::npos) return true;
    from = to + 1;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  sim::SimRandom random(1);
  door::Door door(std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, 0)));
  door::EventReader reader(door);
  payment::EntryBuilder entry;
  const auto faults = reader.read(text, {door::Expectation::Kinds::any, false, "fuzz"}, entry);
  for (const door::Fault& fault : faults) {
    CHECK(!fault.detail.empty() && !fault.remedy.empty());
    CHECK(!leaks(text, fault.pointer) && !leaks(text, fault.detail) && !leaks(text, fault.remedy));
  }
  if (faults.empty()) {
    core::Bytes bytes;
    CHECK(entry.encode(bytes).has_value());
    payment::EntryView view;
    CHECK(view.decode(bytes).has_value());
    CHECK(!leaks(text, bytes));
  }
  reader.forget();
  return 0;
}
