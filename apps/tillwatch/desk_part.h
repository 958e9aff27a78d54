// The desk while serving: its routes, accounts and server, on the service thread. Made by serve_command.cpp
// where --desk names a listener. Never touches the pipeline; what the engine must know goes through the
// outbox.
#pragma once

#include <memory>
#include <string>

#include "access/parts.h"
#include "crypto/data_keys.h"
#include "desk/access_authenticator.h"
#include "desk/assets.h"
#include "desk/decision_records.h"
#include "desk/handler.h"
#include "desk/route_table.h"
#include "desk/system_state.h"
#include "hash_thread.h"
#include "http/server.h"
#include "http/tls.h"
#include "notify/webhook.h"
#include "ports/network.h"
#include "registry/registry.h"
#include "rulebook/publication.h"
#include "service_part.h"
#include "service_thread.h"

namespace tillwatch {

struct DeskOptions {
  ports::ListenAddress address;
  std::string certificate;  // PEM files; both or neither
  std::string private_key;
  std::vector<std::string> origins;  // as people write the desk into their browser
  std::string data;                  // the data directory
  std::string currency = "CNY";
  std::int64_t utc_offset_minutes = 480;
  bool near_receivers = false;  // webhooks may go to http and to near addresses: for tests
};

// How relay, projector, engine thread and disk stand.
class ServiceSystem final : public desk::System {
 public:
  ServiceSystem(ServiceThread& service, std::string data);
  desk::SystemState state() override;

 private:
  ServiceThread& service_;
  std::string data_;
  core::TimeMs started_at_;
};

class DeskPart final : public ServicePart {
 public:
  // Before service.start(). `keys` and `service` outlive it. Errors: denied (plain HTTP beyond this machine),
  // io (the port is taken), invalid (certificate), those of the database.
  static core::Result<std::unique_ptr<DeskPart>> create(const DeskOptions& options,
                                                        const crypto::DataKeys& keys, ServiceThread& service);
  ~DeskPart() override;

  // "http://127.0.0.1:8090".
  const std::string& url() const { return url_; }
  // The one-time link for the first owner; "" where there is an account.
  const std::string& first_run_url() const { return first_run_url_; }

  void turn(std::span<const ports::Event> events) override { server_->turn(events); }
  core::DurationMs wait_ms_max() override {
    return std::min(handler_->wait_ms_max(), server_->wait_ms_max());
  }
  void on_projected(core::Sequence) override { handler_->on_moved(); }
  void stop() override { server_->stop(); }
  bool stopped() override { return server_->stopped(); }

 private:
  DeskPart(const DeskOptions& options, const crypto::DataKeys& keys, ServiceThread& service);
  core::Status open(const DeskOptions& options, ServiceThread& service);
  core::Status offer_first_run(ServiceThread& service);

  access::Argon2id hash_;
  HashThread hashing_;
  access::Parts access_;
  notify::Parts notify_;
  registry::Registry registry_;
  desk::DecisionRecords records_;
  rulebook::CompiledPolicies compiled_;
  ServiceSystem system_;
  desk::AccessAuthenticator authenticator_;
  desk::Assets assets_;
  desk::Routes routes_;
  std::unique_ptr<http::TlsContext> tls_;
  std::unique_ptr<desk::Handler> handler_;
  std::unique_ptr<http::Server> server_;
  std::string url_;
  std::string first_run_url_;
};

}  // namespace tillwatch
