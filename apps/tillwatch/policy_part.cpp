#include "policy_part.h"

#include <utility>

#include "engine/engine.h"
#include "policy/source.h"
#include "policy_folder.h"
#include "rulebook/publication.h"
#include "sql/database.h"

namespace tillwatch {
namespace {

using trace::FieldName;

constexpr core::DurationMs rest_ms = 5 * core::second_ms;

// The policy that the engine has, with the scenarios of the folder that it came from.
core::Result<rulebook::PackSet> files_of_engine(const PolicyStart& start, const policy::Bundle& bundle) {
  rulebook::PackSet files;
  TRY(policy_files, policy::unpack(bundle.packed()));
  files.policy = std::move(policy_files);
  if (start.folder.empty()) return files;
  TRY(scenarios, read_scenarios(start.folder));
  files.scenarios = std::move(scenarios);
  return files;
}

core::Status adopt(const PolicyStart& start, pipeline::Pipeline& pipeline, ServiceThread& service) {
  TRY(files, files_of_engine(start, pipeline.bundle()));
  TRY(transaction, sql::Transaction::begin(service.connection()));
  TRY_STATUS(rulebook::adopt(service.connection(), files, service.clock().now()));
  return transaction.commit();
}

core::Status swap_to_folder(const PolicyStart& start, pipeline::Pipeline& pipeline, ServiceThread& service) {
  if (!start.folder_policy || start.folder_policy->hash() == pipeline.bundle().hash()) return {};
  return pipeline.swap_policy(start.folder_policy, service.clock().now());
}

core::Status hold_to_versions(const PolicyStart& start, pipeline::Pipeline& pipeline, ServiceThread& service,
                              trace::Log& log) {
  const std::string runs = policy::to_hex(pipeline.bundle().hash());
  TRY(transaction, sql::Transaction::begin(service.connection()));
  TRY(put_back,
      rulebook::put_back(service.connection(), runs, pipeline.acts().number, service.clock().now()));
  TRY_STATUS(transaction.commit());
  if (put_back)
    log.warn("policy_put_back", {{FieldName::policy, runs},
                                 {FieldName::detail,
                                  "the policy in force is not the one that people published: it was swapped "
                                  "past the desk; theirs comes back into force"}});
  TRY(version, rulebook::in_force(service.connection()));
  if (start.folder_policy && version && version->policy != policy::to_hex(start.folder_policy->hash()))
    log.warn("policy_folder_ignored",
             {{FieldName::policy, policy::to_hex(start.folder_policy->hash())},
              {FieldName::detail,
               "the policy is published at the desk: the folder of --policy changes nothing any more; "
               "bring its files in as a draft of the policy room"}});
  return {};
}

}  // namespace

core::Result<bool> settle_policy(const PolicyStart& start, pipeline::Pipeline& pipeline,
                                 ServiceThread& service, trace::Log& log) {
  TRY(versions, rulebook::list_versions(service.connection(), 0, 1));
  if (versions.empty()) {
    TRY_STATUS(swap_to_folder(start, pipeline, service));
    if (!start.desk) return false;
    TRY_STATUS(adopt(start, pipeline, service));
  } else {
    TRY_STATUS(hold_to_versions(start, pipeline, service, log));
  }
  service.set_published_policy(rulebook::bundle_of);
  service.add(std::make_unique<PolicyPart>(service));
  return true;
}

core::Status PolicyPart::put_in_force() {
  sql::Connection& connection = service_.connection();
  const core::TimeMs now = service_.clock().now();
  TRY(due, rulebook::is_due(connection, now));
  if (!due) return {};
  TRY(transaction, sql::Transaction::begin(connection));
  TRY(version, rulebook::put_due_in_force(connection, now));
  TRY_STATUS(transaction.commit());
  if (version)
    service_.log().info("policy_published", {{FieldName::policy, version->policy},
                                             {FieldName::version, std::to_string(version->number)}});
  return {};
}

void PolicyPart::turn(std::span<const ports::Event>) {
  const core::TimeMs now = service_.clock().monotonic_ns() / 1'000'000;
  if (stopped_ || now < next_look_) return;
  next_look_ = now + look_ms;
  const core::Status status = put_in_force();
  if (status) return;
  next_look_ = now + rest_ms;
  service_.log().error("policy_waits", {{FieldName::code, std::string(core::name_of(status.error().code))},
                                        {FieldName::detail, status.error().to_string()}});
}

}  // namespace tillwatch
