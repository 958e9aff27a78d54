#include "desk/proposal_json.h"

#include <string_view>

#include "desk/nullable.h"

namespace tillwatch::desk {

void write_proposal(json::Writer& out, const access::Proposal& one, bool whole, core::TimeMs now) {
  out.begin_object().member("id", one.id).member("version", one.version).member("kind", one.kind);
  out.member("target", one.target).member("hash", one.hash).member("reason", one.reason);
  const bool over = (one.state == "open" || one.state == "approved") && one.expired(now);
  out.member("state", over ? std::string_view("expired") : std::string_view(one.state));
  out.member("author", one.author).member("made_at", core::format_time(one.made_at));
  out.member("expires_at", core::format_time(one.expires_at));
  text_or_null(out, "decided_by", one.decided_by);
  time_or_null(out, "decided_at", one.decided_at);
  text_or_null(out, "decided_reason", one.decided_reason);
  time_or_null(out, "cooling_until", one.cooling_until);
  time_or_null(out, "consumed_at", one.consumed_at);
  text_or_null(out, "ratified_by", one.ratified_by);
  time_or_null(out, "ratified_at", one.ratified_at);
  if (whole) out.member("target_version", one.target_version).member("change", one.change);
  out.end_object();
}

}  // namespace tillwatch::desk
