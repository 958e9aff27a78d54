#include "serve_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "access_part.h"
#include "api/api_handler.h"
#include "api/key_ring.h"
#include "command_line.h"
#include "desk_part.h"
#include "door/door.h"
#include "findings/inbox.h"
#include "http/server.h"
#include "http/tls.h"
#include "installation.h"
#include "notify/announcer.h"
#include "notify_part.h"
#include "payment/card_digits.h"
#include "policy_folder.h"
#include "policy_part.h"
#include "posix/clock.h"
#include "posix/event_loop.h"
#include "posix/hardening.h"
#include "posix/signals.h"
#include "registry/agent_sums.h"
#include "registry/sighting_log.h"
#include "rulebook/list_log.h"
#include "rulebook/tally.h"
#include "secret_file.h"
#include "service_thread.h"
#include "trace/log.h"

namespace tillwatch {
namespace {

using trace::FieldName;

struct Wishes {
  std::string data;
  std::string policy;
  std::string listen = "127.0.0.1:8080";
  std::string card_keys;
  std::string certificate;
  std::string private_key;
  std::string database;
  std::string keep_decisions = "400d";
  std::string desk;
  std::vector<std::string> desk_origins;
  NotifyOptions messages;
  core::Sabotage sabotage;
};

// "127.0.0.1:8080" or "[::1]:8080".
core::Result<ports::ListenAddress> parse_address(const std::string& option, const std::string& text) {
  const auto wrong = [&] {
    return core::fail(core::ErrorCode::invalid, option,
                      "expected ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:0");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong();
  ports::ListenAddress address;
  address.host = text.substr(0, colon);
  if (address.host.front() == '[' && address.host.back() == ']')
    address.host = address.host.substr(1, address.host.size() - 2);
  unsigned port = 0;
  for (const char c : text.substr(colon + 1)) {
    if (c < '0' || c > '9') return wrong();
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) return wrong();
  }
  if (colon + 1 == text.size()) return wrong();
  address.port = static_cast<std::uint16_t>(port);
  return address;
}

void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Everything that serving needs, in the order in which it is made; destroyed in the opposite one.
struct Desk {
  posix::Clock clock;
  posix::Random random;
  std::unique_ptr<posix::Disk> disk;
  std::shared_ptr<const policy::Bundle> folder_policy;  // of --policy; nullptr without
  bool policy_by_people = false;                        // it changes at the desk only
  std::unique_ptr<pipeline::Pipeline> pipeline;
  std::unique_ptr<door::Door> door;
  std::unique_ptr<api::KeyRing> keys;
  std::unique_ptr<api::ApiHandler> handler;
  std::unique_ptr<posix::EventLoop> loop;
  std::unique_ptr<http::TlsContext> tls;
  std::unique_ptr<http::Server> server;
  ApiKeyBox key_box{1};                         // keys of the database, on their way to `keys`
  std::unique_ptr<crypto::DataKeys> data_keys;  // of the personal fields; only with a database
  std::unique_ptr<ServiceThread> service;       // the same
};

// Without a folder: the policy that the journal has in force. With a database it is settle_policy() that
// decides over the folder, once the versions that people published can be asked for.
core::Result<std::unique_ptr<pipeline::Pipeline>> open_pipeline(Desk& desk, const Wishes& wishes) {
  TRY(options, pipeline_options(*desk.disk, desk.random, wishes.sabotage));
  const bool people = !wishes.database.empty();
  auto opened =
      pipeline::Pipeline::open(*desk.disk, options, people ? nullptr : desk.folder_policy, desk.clock.now());
  const bool empty =
      !opened && opened.error().code == core::ErrorCode::invalid && opened.error().where == "policy";
  if (!people || !empty || !desk.folder_policy) return opened;
  return pipeline::Pipeline::open(*desk.disk, options, desk.folder_policy, desk.clock.now());
}

core::Status open_record(Desk& desk, const Wishes& wishes, trace::Log& log) {
  TRY(card_keys, load_card_keys(card_keys_path(wishes.data, wishes.card_keys)));
  if (!wishes.policy.empty()) {
    TRY(loaded, load_policy_folder(wishes.policy));
    desk.folder_policy = std::move(loaded);
  }
  desk.door = std::make_unique<door::Door>(card_keys, wishes.sabotage);
  TRY(pipeline, open_pipeline(desk, wishes));
  desk.pipeline = std::move(pipeline);
  const pipeline::RecoveryReport& report = desk.pipeline->recovery();
  log.info("recovered", {{FieldName::sequence, report.last.value},
                         {FieldName::count, report.replayed},
                         {FieldName::bytes, report.truncated_bytes},
                         {FieldName::policy, policy::to_hex(desk.pipeline->bundle().hash())}});
  if (!report.decisions_match)
    log.error("replay_differs", {{FieldName::detail,
                                  "decisions that were stepped through again differ from those "
                                  "stored: this program or its policy is not the one that made "
                                  "them"}});
  return {};
}

core::Status open_keys(Desk& desk, trace::Log& log) {
  desk.keys = std::make_unique<api::KeyRing>(
      *desk.disk, api_keys_file, [&log](const core::Result<std::size_t>& found) {
        if (found)
          log.info("api_keys_read", {{FieldName::count, std::uint64_t{*found}}});
        else
          log.error("api_keys_unreadable", {{FieldName::detail, found.error().to_string()}});
      });
  TRY_STATUS(desk.keys->read());
  if (desk.keys->live(desk.clock.now()) == 0)
    log.warn("no_api_keys", {{FieldName::detail,
                              "nobody can ask yet: make a key with `tillwatch admin api-key "
                              "create`"}});
  return {};
}

core::Result<std::string> open_door(Desk& desk, const Wishes& wishes, posix::Signals& signals,
                                    trace::Log& log) {
  TRY(address, parse_address("--listen", wishes.listen));
  TRY(handler, api::ApiHandler::create({*desk.pipeline, *desk.door, *desk.keys, desk.clock, log}));
  desk.handler = std::move(handler);
  TRY(loop, posix::EventLoop::create({}, &signals));
  desk.loop = std::move(loop);
  if (!wishes.certificate.empty()) {
    TRY(tls, http::TlsContext::load(wishes.certificate, wishes.private_key));
    desk.tls = std::move(tls);
  }
  desk.server = std::make_unique<http::Server>(*desk.loop, desk.clock, *desk.handler);
  desk.handler->attach(*desk.server);
  TRY(port, desk.server->listen(address, desk.tls.get()));
  const bool v6 = address.host.find(':') != std::string::npos;
  return std::string(desk.tls ? "https://" : "http://") + (v6 ? "[" + address.host + "]" : address.host) +
         ":" + std::to_string(port);
}

// People's side: the database, and what works on it beside the deciding.
core::Status open_service(Desk& desk, const Wishes& wishes, trace::Log& log) {
  if (wishes.database.empty()) return {};
  const auto keep = core::parse_duration(wishes.keep_decisions);
  if (!keep || *keep < core::limits::keep_decisions_ms_min)
    return core::fail(core::ErrorCode::invalid, "--keep-decisions",
                      "expected a duration of at least a day, such as 400d");
  TRY(service, ServiceThread::create({wishes.database, wishes.data, *keep, wishes.sabotage}, *desk.pipeline,
                                     write_to_stderr, payment::mask_digit_runs));
  desk.service = std::move(service);
  TRY(by_people, settle_policy({wishes.policy, desk.folder_policy, !wishes.desk.empty()}, *desk.pipeline,
                               *desk.service, log));
  desk.policy_by_people = by_people;
  TRY(keys, open_data_keys(wishes.data, desk.service->disk(), desk.service->connection(),
                           desk.service->random(), desk.clock.now()));
  desk.data_keys = std::move(keys);
  const findings::Grouping grouping{.utc_offset_minutes = desk.pipeline->bundle().model().utc_offset_minutes};
  desk.service->add(std::make_unique<findings::Inbox>(grouping));
  desk.service->add(std::make_unique<notify::Announcer>(desk.service->random()));
  desk.service->add(std::make_unique<registry::SightingLog>());
  desk.service->add(std::make_unique<registry::AgentSums>());
  desk.service->add(std::make_unique<rulebook::ListLog>());
  desk.service->add(std::make_unique<rulebook::RuleTally>());
  desk.service->add(std::make_unique<NotifyPart>(wishes.messages, *desk.data_keys, *desk.service));
  return {};
}

// Behind the desk, so that what a request revokes leaves for the engine in the same turn.
core::Status open_accounts(Desk& desk) {
  if (!desk.service) return {};
  TRY(accounts, AccessPart::create(*desk.service, desk.key_box));
  desk.service->add(std::move(accounts));
  return {};
}

// Where people come in. What is printed is for whoever starts the program: without an account, a link that
// makes the first.
core::Status open_desk(Desk& desk, const Wishes& wishes, trace::Log& log) {
  if (wishes.desk.empty()) return open_accounts(desk);
  DeskOptions options;
  TRY(address, parse_address("--desk", wishes.desk));
  options.address = address;
  options.certificate = wishes.certificate;
  options.private_key = wishes.private_key;
  options.origins = wishes.desk_origins;
  options.data = wishes.data;
  options.currency = desk.pipeline->bundle().model().base_currency;
  options.near_receivers = wishes.messages.near_too;
  options.utc_offset_minutes = desk.pipeline->bundle().model().utc_offset_minutes;
  TRY(part, DeskPart::create(options, *desk.data_keys, *desk.service));
  log.info("desk_open", {{FieldName::address, part->url()}});
  std::printf("the desk is at %s\n", part->url().c_str());
  if (!part->first_run_url().empty())
    std::printf("nobody has an account yet; this link makes the owner's, once, within three days:\n%s\n",
                part->first_run_url().c_str());
  desk.service->add(std::move(part));
  return open_accounts(desk);
}

// The policy folder again: what has changed since is put in force between two requests. A folder with faults
// changes nothing.
void reload_policy(Desk& desk, const Wishes& wishes, trace::Log& log) {
  if (wishes.policy.empty()) return;
  if (desk.policy_by_people) {
    log.warn("policy_folder_ignored",
             {{FieldName::detail, "the policy is published at the desk: its folder changes nothing"}});
    return;
  }
  const auto bundle = load_policy_folder(wishes.policy);
  if (!bundle) {
    constexpr std::size_t told_bytes = 2000;  // `tillwatch policy check` tells all of it
    log.error("policy_unreadable", {{FieldName::detail, bundle.error().to_string().substr(0, told_bytes)}});
    return;
  }
  if ((*bundle)->hash() == desk.pipeline->bundle().hash()) return;
  if (const core::Status status = desk.pipeline->swap_policy(*bundle, desk.clock.now()); !status)
    log.error("policy_not_swapped", {{FieldName::detail, status.error().to_string()}});
  else
    log.info("policy_swapped", {{FieldName::sequence, desk.pipeline->last_durable().value},
                                {FieldName::policy, policy::to_hex((*bundle)->hash())}});
}

// Turns until the server has stopped; the pipeline's own work fills the gaps.
void turn_until_stopped(Desk& desk, const Wishes& wishes, trace::Log& log) {
  constexpr core::DurationMs wait_ms_max = 250;  // ticks are a second apart, key files are looked at as often
  while (!desk.server->stopped()) {
    const core::DurationMs wait =
        std::min({desk.handler->wait_ms_max(), desk.server->wait_ms_max(), wait_ms_max});
    const auto events = desk.loop->wait(wait);
    for (const ports::Event& event : events) {
      if (event.kind == ports::Event::Kind::stop_requested) {
        log.info("stopping");
        desk.server->stop();
      }
      if (event.kind == ports::Event::Kind::reload_requested) {
        desk.handler->on_reload();
        reload_policy(desk, wishes, log);
        if (desk.tls)
          if (const core::Status status = desk.tls->reload(); !status)
            log.error("certificate_unreadable", {{FieldName::detail, status.error().to_string()}});
      }
    }
    // Before what has come in is answered: a key that was revoked opens nothing more.
    for (std::vector<api::ApiKey>& keys : desk.key_box.take()) desk.keys->take_over(std::move(keys));
    desk.server->turn(events);
    if (desk.service) desk.service->engine_turn(*desk.pipeline, desk.clock.now(), log);
  }
}

int serve(const Wishes& wishes) {
  posix::Clock clock;
  trace::Log log(clock, write_to_stderr, payment::mask_digit_runs);
  const auto failed = [&](std::string_view event, const core::Error& error) {
    log.error(event, {{FieldName::code, std::string(core::name_of(error.code))},
                      {FieldName::detail, error.to_string()}});
    return 1;
  };
  if (const core::Status status = posix::harden_process(); !status)
    return failed("cannot_start", status.error());
  auto signals = posix::Signals::block();
  if (!signals) return failed("cannot_start", signals.error());
  Desk desk;
  auto disk = posix::Disk::open_root(wishes.data);
  if (!disk) return failed("cannot_start", disk.error());
  desk.disk = std::move(*disk);
  core::Status status = open_record(desk, wishes, log);
  if (status) status = open_keys(desk, log);
  if (status) status = open_service(desk, wishes, log);
  if (!status) return failed("cannot_start", status.error());
  const auto address = open_door(desk, wishes, *signals, log);
  if (!address) return failed("cannot_start", address.error());
  log.info("serving", {{FieldName::address, *address}, {FieldName::version, std::string(TILLWATCH_VERSION)}});
  std::printf("tillwatch serves at %s\n", address->c_str());
  if (status = open_desk(desk, wishes, log); !status) return failed("cannot_start", status.error());
  std::fflush(stdout);
  if (desk.service) desk.service->start(*desk.loop);
  turn_until_stopped(desk, wishes, log);
  if (desk.service) desk.service->stop();
  if (desk.pipeline->dead()) {
    log.error("stopped", {{FieldName::detail, "the journal failed; mend the disk and start again"}});
    return 1;
  }
  if (const core::Status written = desk.pipeline->snapshot_now(); !written)
    return failed("snapshot_failed", written.error());
  log.info("stopped", {{FieldName::sequence, desk.pipeline->last_durable().value}});
  return 0;
}

}  // namespace

int serve_command(int argc, char** argv) {
  CommandLine app("Answers over HTTP: decides, records, explains.", "tillwatch serve");
  Wishes wishes;
  app.add_option("--data", wishes.data, "data directory").required();
  app.add_option(
      "--policy", wishes.policy,
      "folder of the policy pack, put in force where it is another than the one in force; needed at the "
      "first start only");
  app.add_option("--listen", wishes.listen, "ADDRESS:PORT; port 0 lets the system choose").show_default();
  app.add_option("--card-keys", wishes.card_keys, "card key file (default DATA/card-keys)");
  app.add_option("--database", wishes.database,
                 "database of people's work: sqlite:PATH or postgres://... (none: only the wire)");
  CommandLineOption people =
      app.add_option("--desk", wishes.desk,
                     "ADDRESS:PORT of the desk, where people work; with TLS it takes the same "
                     "certificate (without --database: sqlite:DATA/desk.sqlite)");
  app.add_option(
         "--desk-origin", wishes.desk_origins,
         "https://desk.example.cn: how browsers reach the desk, where another name or port leads to it")
      .needs(people);
  app.add_option(
      "--messages-ca", wishes.messages.ca_file,
      "PEM file of authorities that receivers of webhooks and the mail server may be certified by, "
      "beside the system's");
  app.add_flag("--near-receivers", wishes.messages.near_too,
               "webhooks may go to http:// addresses, this machine and private networks: for tests, it lets "
               "whoever keeps webhooks reach what only this machine can");
  app.add_option("--keep-decisions", wishes.keep_decisions, "how long the database lists a decision")
      .show_default();
  CommandLineOption certificate = app.add_option("--tls-cert", wishes.certificate, "certificate chain, PEM");
  CommandLineOption key = app.add_option("--tls-key", wishes.private_key, "private key, PEM");
  certificate.needs(key);
  key.needs(certificate);
#if defined(TILLWATCH_SABOTAGE)
  std::vector<std::string> sabotage;
  app.add_option("--sabotage", sabotage, "test builds only: removes a protection");
#endif
  if (const std::optional<int> code = app.parse(argc, argv)) return *code;
  if (!wishes.desk.empty() && wishes.database.empty())
    wishes.database = "sqlite:" + wishes.data + "/desk.sqlite";
#if defined(TILLWATCH_SABOTAGE)
  for (const std::string& name : sabotage) {
    if (wishes.sabotage.set(name)) continue;
    std::fprintf(stderr, "tillwatch serve: there is no sabotage '%s'\n", name.c_str());
    return 2;
  }
#endif
  return serve(wishes);
}

}  // namespace tillwatch
