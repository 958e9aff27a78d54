// The policy room over HTTP: what is in force with what its rules came to, versions, roll-back; and drafts:
// their files, check, difference, test, proposal, publication. Called by all_routes(). Never puts a policy in
// force by itself: rulebook does, and only what another person approved.
#pragma once

#include "access/parts.h"
#include "access/proposal.h"
#include "desk/route.h"
#include "json/writer.h"
#include "rulebook/draft.h"
#include "rulebook/publication.h"

namespace tillwatch::desk {

// Both outlive the routes.
struct PolicyParts {
  const access::Parts* access = nullptr;
  rulebook::CompiledPolicies* compiled = nullptr;
};

void add_policy_routes(Routes& routes, const PolicyParts& parts);
void add_draft_routes(Routes& routes, const PolicyParts& parts);  // draft_routes.cpp

// Members of an object that is open: what both files show.
void write_version(json::Writer& out, const rulebook::Version& version);
void write_files(json::Writer& out, const rulebook::PackSet& files);
// 202 with {"proposal": {id, hash, kind, state, expires_at}}.
http::Response proposed(const access::Proposal& proposal);

}  // namespace tillwatch::desk
