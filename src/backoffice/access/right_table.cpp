// The tables of rights and roles. Read through right.h. A right is named by routes in src/edge/desk; a test
// there holds the names together.
#include <array>

#include "access/right.h"
#include "core/check.h"

namespace tillwatch::access {
namespace {

constexpr auto right_rows = std::to_array<RightInfo>({
    {"accounts.read"},
    {"accounts.manage", true},
    {"roles.grant", true},
    {"api_keys.manage", true},
    {"access.review"},
    {"registry.read", false, true},
    {"registry.edit", false, true},
    {"registry.personal", true, true},
    {"decisions.read", false, true},
    {"decisions.export", true, true},
    {"alerts.read", false, true},
    {"alerts.work", false, true},
    {"alerts.assign", false, true},
    {"policy.read"},
    {"policy.draft"},
    {"policy.approve"},
    {"policy.publish", true},
    {"lists.read"},
    {"lists.edit"},
    {"lists.override", true},
    {"audit.read"},
    {"webhooks.manage", true},
    {"health.read"},
    {"proposals.read"},
    {"proposals.decide"},
    {"settings.manage", true},
});
static_assert(right_rows.size() == right_count);

Rights of(std::initializer_list<std::string_view> names) {
  Rights rights;
  for (const std::string_view name : names) {
    const std::size_t place = find_right(name);
    CHECK(place < right_count);
    rights.set(place);
  }
  return rights;
}

Rights reading() {
  return of({"registry.read", "decisions.read", "alerts.read", "policy.read", "lists.read", "audit.read",
             "health.read", "proposals.read", "accounts.read", "access.review"});
}

std::array<Role, 10> make_roles() {
  const Rights work = of({"registry.read", "registry.edit", "decisions.read", "alerts.read", "alerts.work",
                          "alerts.assign", "policy.read", "lists.read", "health.read", "proposals.read"});
  return {{
      {"owner", "老板", "Owner", Rights().set()},
      {"desk", "内勤", "Desk",
       work | of({"lists.edit", "registry.personal", "decisions.export", "proposals.decide"})},
      {"rep", "业务员", "Field rep", of({"registry.read", "alerts.read", "decisions.read"})},
      {"inspector", "只读检查", "Inspector, read only", reading()},
      {"risk_analyst", "风险分析员", "Risk analyst", work | of({"policy.draft", "lists.edit"})},
      {"risk_lead", "风险主管", "Risk lead",
       work | of({"policy.draft", "policy.approve", "lists.edit", "lists.override", "decisions.export",
                  "registry.personal", "proposals.decide", "audit.read"})},
      {"policy_author", "规则编写", "Policy author",
       of({"policy.read", "policy.draft", "decisions.read", "alerts.read", "lists.read", "proposals.read"})},
      {"policy_approver", "规则审批", "Policy approver",
       of({"policy.read", "policy.approve", "policy.publish", "lists.read", "lists.override",
           "proposals.read", "proposals.decide", "audit.read"})},
      {"auditor", "审计", "Auditor, read only", reading()},
      {"administrator", "系统管理员", "Administrator",
       of({"accounts.read", "accounts.manage", "roles.grant", "api_keys.manage", "access.review",
           "audit.read", "webhooks.manage", "health.read", "settings.manage", "proposals.read",
           "proposals.decide"})},
  }};
}

}  // namespace

std::span<const RightInfo> rights() {
  return right_rows;
}

std::size_t find_right(std::string_view name) {
  for (std::size_t i = 0; i < right_rows.size(); ++i)
    if (right_rows[i].name == name) return i;
  return right_count;
}

std::span<const Role> roles() {
  static const std::array<Role, 10> table = make_roles();
  return table;
}

const Role* find_role(std::string_view name) {
  for (const Role& role : roles())
    if (role.name == name) return &role;
  return nullptr;
}

}  // namespace tillwatch::access
