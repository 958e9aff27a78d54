#include "notify_part.h"

#include <algorithm>
#include <utility>

#include "trace/log.h"

namespace tillwatch {
namespace {

using trace::FieldName;

constexpr core::DurationMs rest_ms = 5 * core::second_ms;

}  // namespace

NotifyPart::NotifyPart(const NotifyOptions& options, const crypto::DataKeys& keys, ServiceThread& service)
    : parts_{keys, service.random(), options.near_too},
      service_(service),
      threads_(service.loop(), options.ca_file),
      courier_(parts_, threads_) {}

void NotifyPart::turn(std::span<const ports::Event>) {
  const core::TimeMs monotonic = service_.clock().monotonic_ns() / 1'000'000;
  if (stopping_ || monotonic < rest_until_) return;
  const core::Status done =
      courier_.turn(service_.connection(), service_.clock().now(), std::exchange(hurry_, false));
  if (!done) {
    rest_until_ = monotonic + rest_ms;
    service_.log().error("messages_wait", {{FieldName::code, std::string(core::name_of(done.error().code))},
                                           {FieldName::detail, done.error().to_string()},
                                           {FieldName::duration_ms, rest_ms}});
  }
  if (const std::int64_t disabled = courier_.take_disabled(); disabled > 0)
    service_.log().warn(
        "webhook_disabled",
        {{FieldName::count, disabled},
         {FieldName::detail, "a receiver failed for days or is gone: see the desk's webhooks"}});
}

}  // namespace tillwatch
