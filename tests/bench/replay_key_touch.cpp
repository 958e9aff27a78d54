// The floor of a replay beside parsing: every entry is read and mapped as `tillwatch replay` does, and for
// each of its keys (card, terminal) one slot of 64 bytes is found by a keyed hash and touched. Called by
// script/bench-replay. Computes no feature.
#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "archive/archive.h"
#include "core/limits.h"
#include "crypto/hash.h"
#include "door/door.h"
#include "intake/mapped_input.h"
#include "intake/mapping.h"
#include "intake/merged_entries.h"
#include "posix/random.h"

namespace {

using namespace tillwatch;

struct alignas(64) Slot {
  std::uint64_t tag = 0;
  std::uint64_t count = 0;
  std::int64_t newest = 0;
};

// Open addressing, as large as the job needs: the table is given, only the touch is measured.
class Slots {
 public:
  Slots() : slots_(1u << 18) {}
  void touch(std::string_view key, std::int64_t time) {
    if (key.empty()) return;
    const std::uint64_t hash = crypto::siphash(key_, key) | 1;
    std::size_t at = hash % slots_.size();
    while (slots_[at].tag != 0 && slots_[at].tag != hash) at = (at + 1) % slots_.size();
    slots_[at].tag = hash;
    ++slots_[at].count;
    slots_[at].newest = time;
  }
  std::uint64_t keys() const {
    std::uint64_t used = 0;
    for (const Slot& slot : slots_) used += slot.tag != 0 ? 1u : 0u;
    return used;
  }

 private:
  crypto::SipKey key_{};
  std::vector<Slot> slots_;
};

class Stop final : public intake::SetAside {
 public:
  core::Status take(std::string_view input, std::string_view, const intake::Row& row,
                    const intake::Damage& damage) override {
    return core::fail(core::ErrorCode::invalid, "", intake::sentence_about(input, row, damage));
  }
};

core::Result<std::string> text_of(const std::string& path) {
  TRY(source, archive::open_file(path));
  std::string text(1 << 20, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    TRY(more, source->read(std::span(text).subspan(size)));
    if (more == 0) break;
    size += more;
  }
  text.resize(size);
  return text;
}

core::Status run(const std::string& mapping_path, const std::string& data) {
  TRY(text, text_of(mapping_path));
  TRY(mapping, intake::read_mapping(text, mapping_path));
  posix::Random random;
  door::Door door(std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, 0)));
  TRY(source, archive::open_file(data));
  Stop stop;
  intake::MappedInput input(std::move(source), mapping, door, {}, {}, stop);
  intake::MergedEntries entries({&input}, core::limits::held_bytes_max_default, 0);
  Slots slots;
  std::uint64_t count = 0;
  intake::StreamedEntry entry;
  payment::EntryView view;
  for (;;) {
    TRY(more, entries.next(entry));
    if (!more) break;
    ++count;
    TRY_STATUS(view.decode(entry.bytes));
    slots.touch(view.text(payment::AttributeId::card_reference), entry.order);
    slots.touch(view.text(payment::AttributeId::terminal_id), entry.order);
  }
  std::printf("entries %llu, keys %llu\n", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(slots.keys()));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "replay_key_touch MAPPING INPUT\n");
    return 2;
  }
  const core::Status status = run(argv[1], argv[2]);
  if (status) return 0;
  std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
  return 1;
}
