// Mail about alerts: for each receiver one digest in his period, of what opened in his part since the last
// one, in his language. However many alerts come, it is one mail. Called by courier.cpp. Never sends.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "findings/alert.h"
#include "notify/mail.h"

namespace tillwatch::notify {

inline constexpr std::size_t digest_alerts_shown = 20;
inline constexpr std::size_t digest_alerts_counted = 1000;

// Makes the digests that are due: a message and the receiver's place move together, in one write transaction
// for each. Who may not read alerts (any more) gets none. How many were made.
core::Result<std::int64_t> make_digests(sql::Connection& connection, const Parts& parts, core::TimeMs now);

struct DigestText {
  std::string subject, body;
};
// `disabled`: names of webhooks that were given up, told to those who keep them. `rests_at`: when the
// reader's own account is disabled unless he uses it; 0: not soon.
DigestText digest_text(const std::vector<findings::Alert>& alerts, const std::vector<std::string>& disabled,
                       bool chinese, core::TimeMs rests_at = 0, std::int64_t utc_offset_minutes = 480);

}  // namespace tillwatch::notify
