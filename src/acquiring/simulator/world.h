// The world: merchants with their terminals, the people around them, and the cast of planted patterns and
// their look-alikes, all drawn from the seed. Called by the flows, the typologies and the writer. Every
// merchant depends on the seed and its own number only, so that leaving one out changes no other.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chance/random.h"
#include "core/error.h"
#include "simulator/calendar.h"
#include "simulator/event.h"
#include "simulator/merchant_kind.h"

namespace tillwatch::simulator {

struct Config {
  std::uint64_t seed = 1;
  Day first_day = core::days_from_civil({2026, 7, 1});  // of the stream
  int days = 2;                                         // 1..3660
  int history_days = 35;                                // 0..400; before the stream
  int merchants = 60;                                   // ordinary ones, 1..1,000,000
  int planted = 1;                                      // instances of each typology, 0..100
  int look_alikes = 5;                                  // for each planted instance, 0..20
  std::uint32_t late_ppm = 5'000;                       // of the sales arrive minutes to hours late
  std::optional<int> without_merchant;                  // leaves this ordinary merchant out

  // Errors: invalid, with the name of the field and its range.
  core::Status check() const;
};

enum class TerminalState : std::uint8_t { active, scrapped, unregistered, registered_later };

struct Terminal {
  std::string id;      // logical number
  std::string serial;  // hardware
  TerminalState state = TerminalState::active;
};

struct Merchant {
  std::uint32_t number = 0;  // its identity in the seed
  const MerchantKind* kind = nullptr;
  std::string code;
  std::uint8_t city = 0;
  std::int32_t latitude_e6 = 0;
  std::int32_t longitude_e6 = 0;
  std::uint32_t street = 0;  // where it lies among the people of its city
  std::uint16_t agent = 0;
  std::int32_t size_permille = 1000;    // of its kind's demand
  std::int32_t ticket_permille = 1000;  // of its kind's ticket
  std::int64_t declared_daily = 0;      // turnover a day that was declared at boarding, minor units
  bool price_list = false;              // its price list is on file
  bool price_points = false;            // every price ends in 88, 98 or 99
  Day promotion_to = 0;                 // a promotion notified at boarding ends with this day; 0: none
  Day active_from = 0;
  Day silent_from = 0;  // no trade on the days silent_from .. silent_to - 1
  Day silent_to = 0;
  std::vector<Terminal> terminals;  // the ordinary flow uses those that are active

  bool trades_on(Day day) const { return day >= active_from && !(day >= silent_from && day < silent_to); }
  // The terminals of the ordinary flow; they stand first.
  std::uint32_t ordinary_terminals() const;
};

enum class Role : std::uint8_t { planted, look_alike };

// One planted pattern or one look-alike: who takes part, and when. The truth.
struct Instance {
  std::string name;      // "T06-planted-1"
  std::string typology;  // "T06"
  std::string words;     // what it is, for people
  Role role = Role::planted;
  std::uint32_t number = 0;          // among all instances
  std::size_t kind_of_scheme = 0;    // index in schemes()
  std::uint32_t first_merchant = 0;  // indexes in World::merchants()
  std::uint32_t merchant_count = 1;
  Day first_day = 0;
  Day last_day = 0;                       // both included
  std::array<std::int64_t, 4> drawn{};    // parameters of the scheme
  std::array<std::uint64_t, 4> people{};  // persons who take part
};

inline constexpr std::uint64_t people_per_city = 50'000;
inline constexpr std::uint32_t cast_numbers = 1u << 20;  // numbers of the cast's merchants begin here

class World {
 public:
  // Errors: invalid (config).
  static core::Result<World> create(const Config& config);

  const Config& config() const { return config_; }
  std::uint64_t seed() const { return config_.seed; }
  const std::vector<Merchant>& merchants() const { return merchants_; }
  const std::vector<Instance>& instances() const { return instances_; }
  Day last_day() const { return config_.first_day + config_.days - 1; }
  // The first day of which anything is told.
  Day history_begins() const { return history_begins_; }
  // Before the stream: files of earlier days, which know their answers.
  bool is_history(Day day) const { return day < config_.first_day; }

  // A merchant of the kind, drawn from the seed and its number; `city` is drawn where it is not given.
  Merchant make_merchant(std::uint32_t number, std::optional<KindId> kind, std::optional<int> city) const;
  // A person living near the merchant, anew for each draw.
  std::uint64_t neighbour(const Merchant& merchant, Stream& random) const;
  // The j-th of the merchant's regulars.
  std::uint64_t regular(const Merchant& merchant, std::uint32_t j) const;

 private:
  explicit World(const Config& config) : config_(config) {}
  void cast_all();

  Config config_;
  Day history_begins_ = 0;
  std::vector<Merchant> merchants_;
  std::vector<Instance> instances_;
};

// An ordinary day's mean turnover of the merchant, minor units; what it honestly declares is derived from it.
std::int64_t mean_daily_turnover(const Merchant& merchant);

}  // namespace tillwatch::simulator
