// Sabotage switches: each removes one protection, so that a test can show that the guarantee's own test would
// notice. They exist only in builds with TILLWATCH_SABOTAGE; elsewhere they are constants that are false and
// vanish. Handed down by value from the wiring; never set outside tests.
#pragma once

#include <string_view>

namespace tillwatch::core {

struct Sabotage {
#if defined(TILLWATCH_SABOTAGE)
  bool acknowledge_before_sync = false;     // journal: answer before the bytes are durable
  bool skip_journal_tail = false;           // recovery: forget what follows the snapshot
  bool no_deduplication = false;            // pipeline: a repeated request is decided again
  bool retry_failed_sync = false;           // journal: go on after a sync error
  bool drop_late = false;                   // windows: ignore an event older than the newest of its key
  bool leak_card_number = false;            // door: store the number as it came
  bool closed_old_edge = false;             // windows: count an event that lies exactly w before
  bool forget_old_key = false;              // door: after a key rotation, do not look the old hash up
  bool outbox_outside_transaction = false;  // relay: an act is committed apart from the rows it speaks of
  bool projector_position_outside = false;  // relay: the projector commits its position apart from its rows
  bool four_eyes_by_name_only = false;      // access: an approval is not bound to the exact change
  bool lock_all = false;                    // access: a known device shares the tries of strangers

  // Turns on the switch of that name; false where there is none.
  constexpr bool set(std::string_view name) {
    if (name == "acknowledge_before_sync") return acknowledge_before_sync = true;
    if (name == "skip_journal_tail") return skip_journal_tail = true;
    if (name == "no_deduplication") return no_deduplication = true;
    if (name == "retry_failed_sync") return retry_failed_sync = true;
    if (name == "drop_late") return drop_late = true;
    if (name == "leak_card_number") return leak_card_number = true;
    if (name == "closed_old_edge") return closed_old_edge = true;
    if (name == "forget_old_key") return forget_old_key = true;
    if (name == "outbox_outside_transaction") return outbox_outside_transaction = true;
    if (name == "projector_position_outside") return projector_position_outside = true;
    if (name == "four_eyes_by_name_only") return four_eyes_by_name_only = true;
    if (name == "lock_all") return lock_all = true;
    return false;
  }
#else
  static constexpr bool acknowledge_before_sync = false;
  static constexpr bool skip_journal_tail = false;
  static constexpr bool no_deduplication = false;
  static constexpr bool retry_failed_sync = false;
  static constexpr bool drop_late = false;
  static constexpr bool leak_card_number = false;
  static constexpr bool closed_old_edge = false;
  static constexpr bool forget_old_key = false;
  static constexpr bool outbox_outside_transaction = false;
  static constexpr bool projector_position_outside = false;
  static constexpr bool four_eyes_by_name_only = false;
  static constexpr bool lock_all = false;
  constexpr bool set(std::string_view) { return false; }
#endif
};

}  // namespace tillwatch::core
