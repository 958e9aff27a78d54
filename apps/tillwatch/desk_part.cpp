#include "desk_part.h"

#include "access/account.h"
#include "access/invitation.h"
#include "desk/embedded_file.h"
#include "desk/origin.h"
#include "installation.h"
#include "sql/database.h"

namespace tillwatch {
namespace {

desk::RouteParts route_parts(const DeskOptions& options, const registry::Registry& registry,
                             desk::Territory& territory, const access::Parts& access,
                             desk::DecisionRecords& records, const notify::Parts& notify) {
  desk::RouteParts parts;
  parts.registry = {&registry, &territory, options.currency, options.utc_offset_minutes};
  parts.alerts.territory = &territory;
  parts.alerts.grouping.utc_offset_minutes = options.utc_offset_minutes;
  parts.alerts.currency = options.currency;
  parts.access.access = &access;
  parts.decisions = {&territory, &records};
  parts.notify.notify = &notify;
  return parts;
}

}  // namespace

DeskPart::DeskPart(const DeskOptions& options, const crypto::DataKeys& keys, ServiceThread& service)
    : access_{keys, service.random(), hash_},
      notify_{keys, service.random(), options.near_receivers},
      registry_(keys, service.random()),
      records_(service.disk(), record_folder),
      assets_(desk::console_files(), service.random()),
      routes_(desk::all_routes(route_parts(options, registry_, authenticator_, access_, records_, notify_))) {
}

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
  TRY(token, access::invite(connection, access_, access::Purpose::owner, "", service.clock().now()));
  TRY_STATUS(transaction.commit());
  first_run_url_ = url_ + "/first-run#" + token;
  return {};
}

}  // namespace tillwatch
