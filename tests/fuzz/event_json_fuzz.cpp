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

constexpr std::size_t card_digits_max = 19;

// The end of the digits that begin at `from`.
std::size_t run_end(std::string_view text, std::size_t from) {
  while (from < text.size() && text[from] >= '0' && text[from] <= '9') ++from;
  return from;
}

// Whether `text` holds the number on its own or inside a run that is no number itself. Inside 13 to 19 digits
// it is a part of another number that has been judged by its own digits.
bool holds(std::string_view text, std::string_view number) {
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = run_end(text, from);
    const std::string_view run = text.substr(from, to - from);
    if (run == number || (run.size() > card_digits_max && run.find(number) != std::string_view::npos))
      return true;
    from = to + 1;
  }
  return false;
}

// Whether `text` holds a card number that stands on its own in `input`.
bool leaks(std::string_view input, std::string_view text) {
  for (std::size_t from = 0; from < input.size();) {
    const std::size_t to = run_end(input, from);
    const std::string_view run = input.substr(from, to - from);
    if (payment::looks_like_card_number(run) && holds(text, run)) return true;
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
