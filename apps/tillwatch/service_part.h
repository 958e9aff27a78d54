// What runs on the service thread between the relay and the projector: the desk's server, deliveries of
// messages. Implemented in apps, made by the wiring before the thread starts, called on that thread only.
#pragma once

#include <span>

#include "core/strong.h"
#include "core/time.h"
#include "ports/loop.h"

namespace tillwatch {

class ServicePart {
 public:
  virtual ~ServicePart() = default;
  // One turn, with all that the loop reported. To be short: the relay and the others wait meanwhile.
  virtual void turn(std::span<const ports::Event> events) = 0;
  // How long the loop may wait before the next turn.
  virtual core::DurationMs wait_ms_max() = 0;
  // The database now holds what the journal has up to here, acts included.
  virtual void on_projected(core::Sequence) {}
  // Finishes what is begun; stopped() says when that is done. Cut off after limits::service_stop_ms_max.
  virtual void stop() = 0;
  virtual bool stopped() = 0;
};

}  // namespace tillwatch
