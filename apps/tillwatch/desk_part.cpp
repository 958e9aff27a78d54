#include "desk_part.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "access/account.h"
#include "access/invitation.h"
#include "access/password_rule.h"
#include "desk/embedded_file.h"
#include "desk/origin.h"
#include "installation.h"
#include "sql/database.h"

namespace tillwatch {
namespace {

struct Made {
  const registry::Registry& registry;
  desk::Territory& territory;
  const access::Parts& access;
  desk::DecisionRecords& records;
  rulebook::CompiledPolicies& compiled;
  desk::System& system;
  const notify::Parts& notify;
};

desk::RouteParts route_parts(const DeskOptions& options, const Made& made) {
  desk::RouteParts parts;
  parts.registry = {&made.registry, &made.territory, options.currency, options.utc_offset_minutes};
  parts.alerts.territory = &made.territory;
  parts.alerts.grouping.utc_offset_minutes = options.utc_offset_minutes;
  parts.alerts.currency = options.currency;
  parts.access.access = &made.access;
  parts.decisions = {&made.territory, &made.records};
  parts.home = {&made.territory, &made.system, options.utc_offset_minutes};
  parts.notify.notify = &made.notify;
  parts.policy = {&made.access, &made.compiled};
  return parts;
}

}  // namespace

ServiceSystem::ServiceSystem(ServiceThread& service, std::string data)
    : service_(service), data_(std::move(data)), started_at_(service.clock().now()) {}

desk::SystemState ServiceSystem::state() {
  const ServiceHealth health = service_.health();
  desk::SystemState state;
  state.version = TILLWATCH_VERSION;
  state.started_at = started_at_;
  state.engine_turn = health.engine_turn;
  state.durable = health.durable;
  state.projected = health.projected;
  state.acts_handed = health.acts_handed;
  state.trouble = health.trouble;
  state.trouble_since = health.trouble_since;
  std::error_code fault;
  const std::filesystem::space_info space = std::filesystem::space(data_, fault);
  if (fault) return state;
  state.disk_free_bytes = static_cast<std::int64_t>(space.available);
  state.disk_bytes = static_cast<std::int64_t>(space.capacity);
  return state;
}

DeskPart::DeskPart(const DeskOptions& options, const crypto::DataKeys& keys, ServiceThread& service)
    : hashing_(hash_, service.loop()),
      access_{keys, service.random(), hash_, access::password_characters_min, {}, &hashing_},
      notify_{keys, service.random(), options.near_receivers},
      registry_(keys, service.random()),
      records_(service.disk(), record_folder),
      system_(service, options.data),
      assets_(desk::console_files(), service.random()),
      routes_(desk::all_routes(route_parts(
          options, {registry_, authenticator_, access_, records_, compiled_, system_, notify_}))) {}

DeskPart::~DeskPart() = default;

core::Result<std::unique_ptr<DeskPart>> DeskPart::create(const DeskOptions& options,
                                                         const crypto::DataKeys& keys,
                                                         ServiceThread& service) {
  std::unique_ptr<DeskPart> part(new DeskPart(options, keys, service));
  TRY_STATUS(part->open(options, service));
  TRY_STATUS(part->offer_first_run(service));
  return part;
}

core::Status DeskPart::open(const DeskOptions& options, ServiceThread& service) {
  const bool tls = !options.certificate.empty();
  TRY_STATUS(desk::check_listener(options.address.host, tls));
  if (tls) {
    TRY(context, http::TlsContext::load(options.certificate, options.private_key));
    tls_ = std::move(context);
  }
  desk::OriginRules rules{tls, options.address.host, options.origins};
  handler_ = std::make_unique<desk::Handler>(
      desk::Handler::Parts{routes_, authenticator_, assets_, service.connection(), service.clock(),
                           service.log()},
      std::move(rules));
  server_ = std::make_unique<http::Server>(service.loop(), service.clock(), *handler_, desk::desk_limits());
  handler_->attach(*server_);
  TRY(port, server_->listen(options.address, tls_.get()));
  const std::string& host = options.address.host;
  const bool v6 = host.find(':') != std::string::npos;
  url_ =
      std::string(tls ? "https://" : "http://") + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
  return {};
}

// Without an account nobody can come in: whoever starts the program gets a link that makes the first one.
core::Status DeskPart::offer_first_run(ServiceThread& service) {
  sql::Connection& connection = service.connection();
  TRY(count, access::account_count(connection));
  if (count != 0) return {};
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(token, access::invite(connection, access_, access::Purpose::owner, "", "", service.clock().now()));
  TRY_STATUS(transaction.commit());
  first_run_url_ = url_ + "/first-run#" + token;
  return {};
}

}  // namespace tillwatch
