// What an acquirer sends beside the day file: the agents' share of the fees, what it adds and takes, notices
// about disputes, and the day's changes of the register. Called by `tillwatch simulate --files`. CSV in UTF-8
// with a byte order mark; amounts in yuan.
#pragma once

#include <map>
#include <string>

#include "agent_files/statement.h"

namespace tillwatch::agent_files {

class Ledger {
 public:
  // `world` must outlive the ledger. Merchants that opened before `first` are not assessed: what they turned
  // over is not known.
  Ledger(const World& world, Day first) : world_(world), first_(first) {}

  struct Sheets {
    std::string shares;      // 分润
    std::string deductions;  // 扣款 and 激活返现
    std::string notices;     // 调单, 拒付, 投诉, 风险提示
    std::string changes;     // of rates, accounts, places
  };
  // Of one channel's day; the days of a channel in order.
  Sheets day(const Statement& statement);

 private:
  std::string shares(const Statement& statement) const;
  std::string deductions(const Statement& statement);
  std::string notices(const Statement& statement) const;
  std::string changes(const Statement& statement) const;

  const World& world_;
  Day first_;
  std::map<world::MerchantIndex, std::int64_t> turnover_;  // of those that may still be activated
};

// What the agent gets of a fee above the cost, of the channel; permille.
std::int64_t share_permille(const World& world, std::uint32_t agent, std::uint8_t channel);
// What the acquirer keeps of a transaction, parts per million.
std::int64_t cost_e6(const World& world, const Event& transaction);

}  // namespace tillwatch::agent_files
