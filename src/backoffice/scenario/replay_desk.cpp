#include "scenario/replay_desk.h"

#include <algorithm>
#include <utility>

#include "engine/engine.h"
#include "ports/random.h"
#include "replay/replay.h"

namespace tillwatch::scenario {
namespace {

// The same references in every run; a scenario has no real card.
class FixedRandom final : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override { std::ranges::fill(out, std::byte{0x5a}); }
};

std::shared_ptr<const door::CardKeys> fixed_keys(core::TimeMs now) {
  FixedRandom random;
  return std::make_shared<const door::CardKeys>(door::CardKeys::generate(random, now));
}

replay::Options replay_options() {
  replay::Options options;
  options.past_ms_max = scenario_past_ms_max;
  options.originals = true;
  return options;
}

class ReplayDesk final : public Desk {
 public:
  ReplayDesk(std::unique_ptr<engine::Engine> engine, core::TimeMs now)
      : door_(fixed_keys(now)), engine_(std::move(engine)), replay_(*engine_, replay_options()) {}

  core::Result<Answer> submit(const payment::EntryBuilder& entry, core::TimeMs now,
                              std::span<const std::uint32_t> slots) override {
    payment::EntryBuilder admitted = entry;
    admitted.header.admitted_at = now;
    TRY_STATUS(admitted.encode(bytes_));
    TRY(decided, replay_.take(bytes_));
    Answer answer;
    answer.decided = decided;
    if (!decided) return answer;
    answer.decision = replay_.decision();
    for (const std::uint32_t slot : slots) answer.readings.push_back(engine_->last_value(slot));
    return answer;
  }
  door::Door& door() override { return door_; }

 private:
  door::Door door_;
  std::unique_ptr<engine::Engine> engine_;
  replay::Replay replay_;
  core::Bytes bytes_;  // of the last entry: its values are still read
};

}  // namespace

core::Result<std::unique_ptr<Desk>> open_replay_desk(std::shared_ptr<const policy::Bundle> bundle,
                                                     core::TimeMs now) {
  engine::Options options;
  options.lateness_ms = scenario_past_ms_max;
  TRY(engine, engine::Engine::create(options, std::move(bundle), [](const std::string&) { return nullptr; }));
  return std::make_unique<ReplayDesk>(std::move(engine), now);
}

}  // namespace tillwatch::scenario
