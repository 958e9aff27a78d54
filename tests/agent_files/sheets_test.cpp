// The sheets beside the agents' day files through the product's own mappings: registers, notices, changes,
// profit shares and deductions become the facts and labels that the world told, and no row is refused.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>

#include "agent_files/day_file.h"
#include "agent_files/register.h"
#include "told_sheets.h"

namespace tillwatch::agent_files {
namespace {

std::int64_t number_in(const payment::EntryView& view, std::string_view name) {
  for (const auto& extra : view.extras())
    if (extra.name == name) return extra.value.integer();
  return -1;
}

TEST(AgentSheetsImport, RegistersBecomeFacts) {
  const World world(small(7));
  const intake::Mapping of_merchants = mapping_named("merchants"), of_terminals = mapping_named("terminals");
  const Day day = world.settings().first_day;
  std::size_t terminals = 0, placed = 0;
  for (std::uint8_t channel = 0; channel < 5; ++channel) {
    std::map<std::string, const world::Merchant*, std::less<>> known;
    for (const world::Merchant& merchant : world.merchants()) {
      if (merchant.channel != channel || merchant.opened > day) continue;
      std::string code;
      world.append_merchant_code(code, merchant.number);
      known[code] = &merchant;
      terminals += merchant.terminals;
    }
    const auto merchants = entries_of(merchant_register(world, channel, day, std::nullopt), of_merchants);
    EXPECT_EQ(merchants.size(), known.size());
    for (const core::Bytes& bytes : merchants) {
      payment::EntryView view;
      ASSERT_TRUE(view.decode(bytes).has_value());
      const auto merchant = known.find(view.text(AttributeId::registry_id));
      ASSERT_NE(merchant, known.end());
      EXPECT_EQ(number_in(view, "declared_daily"), merchant->second->declared_daily);
      EXPECT_EQ(number_in(view, "rate_e6"), merchant->second->rate_e6);
      EXPECT_EQ(view.header().event_time, world::instant(merchant->second->opened, 0));
    }
    const auto sheet = terminal_register(world, channel, day, std::nullopt);
    for (const core::Bytes& bytes : entries_of(sheet, of_terminals)) {
      payment::EntryView view;
      ASSERT_TRUE(view.decode(bytes).has_value());
      placed += number_in(view, "latitude_e6") > 0 ? 1u : 0u;
      --terminals;
    }
  }
  EXPECT_EQ(terminals, 0u);
  EXPECT_GT(placed, 20u);
}

TEST(AgentSheetsImport, NoticesBecomeLabelsOfTheirTransactions) {
  const World world(small(7));
  Ledger ledger(world, world.settings().first_day);
  std::size_t labels = 0, told = 0;
  for (const Statement& statement : statements(world)) {
    const Layout& layout = layout_of(world, statement.channel);
    std::map<std::string, bool, std::less<>> known;  // orders that a label names, and what it says
    for (const Event& event : statement.news)
      if (event.kind == traffic::EventKind::label) known[order_of(world, event.original)] = event.fraud;
    told += known.size();
    const auto mapping = mapping_named("notices-" + std::string(layout.mapping));
    for (const core::Bytes& bytes : entries_of(ledger.day(statement).notices, mapping)) {
      payment::EntryView view;
      ASSERT_TRUE(view.decode(bytes).has_value());
      const auto label = known.find(view.text(AttributeId::tx_original_id));
      ASSERT_NE(label, known.end());
      EXPECT_EQ(view.get(AttributeId::label_fraud).boolean(), label->second);
      ++labels;
    }
  }
  EXPECT_GT(labels, told * 6 / 10);  // 70 per cent of them reach the agent
  EXPECT_LT(labels, told * 8 / 10);
  EXPECT_GT(labels, 20u);
}

std::string text_in(const payment::EntryView& view, std::string_view name) {
  for (const auto& extra : view.extras())
    if (extra.name == name) return std::string(extra.value.text());
  return "";
}

// What a command says of a merchant: its facts as texts.
std::string facts_in(const payment::EntryView& view) {
  std::string out(view.text(AttributeId::registry_id));
  for (const auto& extra : view.extras()) {
    const bool number = extra.value.type() == payment::Value::Type::integer;
    out += " " + std::string(extra.name) + "=" +
           (number ? std::to_string(extra.value.integer()) : std::string(extra.value.text()));
  }
  return out;
}

// The command that a change of the world becomes; "" where it becomes none.
std::string expected_change(const World& world, const Event& event) {
  std::string out;
  world.append_merchant_code(out, event.merchant);
  switch (event.fact) {
    case traffic::Fact::account_changed:
      out += " account=";
      world.append_account_token(out, event.account);
      return out;
    case traffic::Fact::rate_changed:
      return out + " rate_e6=" + std::to_string(event.rate_e6);
    case traffic::Fact::rate_notified:
      return out + " notified_rate_e6=" + std::to_string(event.rate_e6);
    case traffic::Fact::promotion_notified:
      return out + " promotion_until=" + std::to_string(event.value / 1'000 * 1'000);
    case traffic::Fact::reverified:
      return out + " verified_at=" + std::to_string(event.value / 1'000 * 1'000);
    case traffic::Fact::relocation_filed:
      out += " moved_to=";
      append_decimal(out, event.place.latitude_e6, 6, false);
      out.push_back(' ');
      append_decimal(out, event.place.longitude_e6, 6, false);
      return out;
    default:
      return "";
  }
}

TEST(AgentSheetsImport, ChangesBecomeFacts) {
  world::Settings settings = small(7);
  settings.days = 18;
  settings.population.merchants = 140;
  const World world(settings);
  const intake::Mapping mapping = mapping_named("changes");
  Ledger ledger(world, world.settings().first_day);
  std::set<std::string> kinds;
  for (const Statement& statement : statements(world)) {
    std::multiset<std::string> told, read;
    for (const Event& event : statement.news) {
      if (event.kind != traffic::EventKind::registry || event.instance == 0) continue;
      const std::string expected = expected_change(world, event);
      if (!expected.empty()) told.insert(expected);
    }
    for (const core::Bytes& bytes : entries_of(ledger.day(statement).changes, mapping)) {
      payment::EntryView view;
      ASSERT_TRUE(view.decode(bytes).has_value());
      read.insert(facts_in(view));
      kinds.insert(std::string(view.extras().front().name));
    }
    EXPECT_EQ(read, told);
  }
  EXPECT_GE(kinds.size(), 4u);
}

TEST(AgentSheetsImport, SharesTellTheRateThatWasCharged) {
  const World world(small(7));
  const intake::Mapping mapping = mapping_named("shares");
  Ledger ledger(world, world.settings().first_day);
  std::size_t rates = 0, wallets = 0;
  for (const Statement& statement : statements(world)) {
    std::set<std::string> told;
    for (const Event& event : statement.transactions) {
      if (event.response != traffic::Response::approved) continue;
      std::string code;
      world.append_merchant_code(code, event.merchant);
      told.insert(code + " " + std::to_string(event.rate_e6));
    }
    for (const core::Bytes& bytes : entries_of(ledger.day(statement).shares, mapping)) {
      payment::EntryView view;
      ASSERT_TRUE(view.decode(bytes).has_value());
      ASSERT_EQ(view.extras().size(), 1u);
      const auto& fact = view.extras().front();
      EXPECT_TRUE(told.contains(std::string(view.text(AttributeId::registry_id)) + " " +
                                std::to_string(fact.value.integer())))
          << facts_in(view);
      EXPECT_EQ(view.header().event_time, world::instant(statement.day + 1, 0));
      ++rates;
      wallets += fact.name == "charged_wallet_rate_e6" ? 1u : 0u;
    }
  }
  EXPECT_GT(rates, 200u);
  EXPECT_GT(wallets, 50u);
}

TEST(AgentSheetsImport, DeductionsBecomeLabelsAndActivations) {
  world::Settings settings = small(7);
  settings.days = 24;
  settings.population.opening_permille = 300;  // shops that open within the days, and are judged within them
  settings.money.activation_days = 4;
  const World world(settings);
  Ledger ledger(world, settings.first_day);
  std::map<std::string, std::size_t> counts;
  for (const Statement& statement : statements(world)) {
    std::map<std::string, bool, std::less<>> known;
    for (const Event& event : statement.news)
      if (event.kind == traffic::EventKind::label) known[order_of(world, event.original)] = event.fraud;
    const auto mapping =
        mapping_named("deductions-" + std::string(layout_of(world, statement.channel).mapping));
    for (const core::Bytes& bytes : entries_of(ledger.day(statement).deductions, mapping)) {
      payment::EntryView view;
      ASSERT_TRUE(view.decode(bytes).has_value());
      EXPECT_EQ(view.header().event_time, world::instant(statement.day + 1, 0));
      if (view.header().kind == payment::EntryKind::registry_command) {
        ++counts[text_in(view, "activation")];
        continue;
      }
      const auto label = known.find(view.text(AttributeId::tx_original_id));
      ASSERT_NE(label, known.end());
      const bool fraud = view.get(AttributeId::label_fraud).boolean();
      EXPECT_EQ(fraud, label->second);
      ++counts[fraud ? "taken" : "given back"];
    }
  }
  EXPECT_GT(counts["taken"], 20u);
  EXPECT_GT(counts["rewarded"] + counts["clawed_back"], 0u);
  EXPECT_EQ(counts.count(""), 0u);
}

}  // namespace
}  // namespace tillwatch::agent_files
