// Coming in, going out, and one's own account over HTTP: one-time links, password and second factor, step-up,
// sessions, recovery codes. Called by all_routes(). Never says whether a name exists; secrets are answered
// once, in a cookie or to be written down.
#pragma once

#include "access/parts.h"
#include "desk/route.h"

namespace tillwatch::desk {

// What routes of accounts need; outlives the routes. nullptr where there is no database.
struct AccessParts {
  const access::Parts* access = nullptr;
};

inline constexpr std::size_t link_bytes_max = 128;  // of the secret in a one-time link

void add_session_routes(Routes& routes, const AccessParts& parts);
void add_own_account_routes(Routes& routes, const AccessParts& parts);
// Those that hash a password: signing in, a link's first or new one, changing one's own
// (password_routes.cpp).
void add_password_routes(Routes& routes, const AccessParts& parts);

}  // namespace tillwatch::desk
