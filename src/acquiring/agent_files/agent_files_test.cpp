// What the agents' files promise: bytes that do not depend on cuts, grades that tell no more than they may,
// every row leads to its transaction through the truth alone. Seeds are printed with a failure.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent_files/cell.h"
#include "agent_files/day_file.h"
#include "agent_files/ledger.h"
#include "agent_files/register.h"
#include "agent_files/words.h"
#include "crypto/hash.h"
#include "telling/writer.h"

namespace tillwatch::agent_files {
namespace {

using world::Settings;

Settings small(std::uint64_t seed) {
  Settings settings;
  settings.seed = seed;
  settings.days = 8;
  settings.mix = world::Mix::training;
  settings.population.merchants = 60;
  settings.population.cities = 2;
  settings.population.people_per_merchant = 40;
  settings.population.channels = 5;
  settings.population.agents = 6;
  settings.files.corrected_permille = 300;
  settings.files.damaged_ppm = 8'000;
  settings.files.repeated_ppm = 4'000;
  return settings;
}

telling::Cut whole(const Settings& settings) {
  return {settings.first_day, settings.first_day + settings.days - 1, std::nullopt};
}

// Told in slices, as a large world is; the checksums below are those of whole days.
std::vector<Statement> statements(const World& world, const telling::Cut& cut) {
  std::vector<Statement> out;
  telling::Teller teller(world, cut, 100);
  Book book(world, cut);
  std::vector<Events> parts(teller.parts());
  while (teller.begin_turn()) {
    for (std::size_t i = 0; i < parts.size(); ++i) teller.tell_part(i, parts[i]);
    teller.end_turn(parts);
    if (!teller.is_told()) continue;
    book.add(teller.day(), teller.ready());
    if (!teller.ends_day()) continue;
    for (Statement& statement : book.end_day(teller.day())) out.push_back(std::move(statement));
  }
  return out;
}

// All files of the days, by name.
std::map<std::string, std::string> files(const World& world, const telling::Cut& cut) {
  std::map<std::string, std::string> out;
  Ledger ledger(world, cut.first);
  for (const Statement& statement : statements(world, cut)) {
    for (std::size_t i = 0; i < grade_count; ++i) {
      const auto grade = static_cast<Grade>(i);
      const std::string folder = std::string(grade_names[i]) + "/";
      for (const bool correction : {false, true})
        out[folder + day_file_name(world, statement.channel, statement.day, correction)] =
            day_file(world, statement, grade, correction).text;
    }
    const std::string name = channel_name(statement.channel) + "/" + date_text(statement.day);
    const Ledger::Sheets sheets = ledger.day(statement);
    out["shares/" + name] = sheets.shares;
    out["deductions/" + name] = sheets.deductions;
    out["notices/" + name] = sheets.notices;
    out["changes/" + name] = sheets.changes;
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string order_of(const World& world, traffic::EventId id) {
  std::string out;
  append_order(out, world, id);
  return out;
}

// A change of this sum is a change of every file that somebody has written down a seed of: say so in
// docs/formats/agent-files.md.
TEST(AgentFiles, GoldenChecksum) {
  const World world(small(7));
  std::string all;
  for (const auto& [name, text] : files(world, whole(world.settings()))) all += name + "\n" + text;
  for (std::uint8_t channel = 0; channel < 5; ++channel) {
    all += merchant_register(world, channel, world.settings().first_day, std::nullopt);
    all += terminal_register(world, channel, world.settings().first_day, std::nullopt);
  }
  all += agent_register(world);
  EXPECT_EQ(crypto::to_hex(crypto::sha256(all)),
            "fd853208bcb3de0cd9867345a2730b4705090756c0c70df624fb32f3205e3737");
}

TEST(AgentFiles, CuttingDaysChangesNoFileOfTheRest) {
  for (const std::uint64_t seed : {7u, 8u, 9u}) {
    const World world(small(seed));
    telling::Cut cut = whole(world.settings());
    const auto all = files(world, cut);
    cut.first += 2;
    cut.last -= 1;
    const auto part = files(world, cut);
    std::size_t compared = 0;
    for (const auto& [name, text] : part) {
      if (name.starts_with("deductions/")) continue;  // assess what opened within the cut (ledger.h)
      ASSERT_TRUE(all.contains(name)) << name;
      EXPECT_EQ(text, all.at(name)) << "seed " << seed << ", " << name;
      ++compared;
    }
    EXPECT_GT(compared, 200u);
  }
}

TEST(AgentFiles, CuttingACityLeavesItsRowsAsTheyWere) {
  const World world(small(7));
  telling::Cut cut = whole(world.settings());
  const auto all = files(world, cut);
  cut.city = 1;
  std::size_t rows = 0;
  for (const auto& [name, text] : files(world, cut)) {
    const auto whole_lines = lines_of(all.at(name));
    const std::multiset<std::string> known(whole_lines.begin(), whole_lines.end());
    const auto lines = lines_of(text);
    // The lines after the rows hold totals.
    for (std::size_t i = 0; i + 2 < lines.size(); ++i) {
      EXPECT_TRUE(known.contains(lines[i])) << name << ": " << lines[i];
      ++rows;
    }
  }
  EXPECT_GT(rows, 5'000u);
}

TEST(AgentFiles, EachTransactionStandsInOneDayOfItsChannel) {
  const World world(small(8));
  std::set<traffic::EventId> seen;
  std::map<std::uint8_t, std::int64_t> last;
  for (const Statement& statement : statements(world, whole(world.settings()))) {
    for (const Event& event : statement.transactions) {
      EXPECT_TRUE(seen.insert(event.id).second);
      EXPECT_EQ(world.merchant(event.merchant).channel, statement.channel);
      const core::TimeMs cut =
          world::instant(statement.day, day_cut_minute(world, statement.channel) * core::minute_ms);
      EXPECT_LT(event.arrival, cut);
      EXPECT_GE(event.arrival, cut - core::day_ms);
    }
  }
  EXPECT_GT(seen.size(), 5'000u);
}

// What refunds and reversals take back is a sale; a refund of abuse names its own.
TEST(AgentFiles, ReturnsNameTheirSales) {
  const World world(small(7));
  std::set<traffic::EventId> sales;
  int returns = 0, known = 0;
  for (const Statement& statement : statements(world, whole(world.settings())))
    for (const Event& event : statement.transactions) {
      if (event.type == traffic::TxType::sale) {
        EXPECT_EQ(event.original, 0u);
        sales.insert(event.id);
        continue;
      }
      ++returns;
      known += event.original != 0 ? 1 : 0;
      EXPECT_NE(event.original, event.id);
    }
  EXPECT_GT(returns, 20);
  EXPECT_GT(known, returns / 2);
}

TEST(AgentFiles, NoGradeTellsMoreThanItMay) {
  const World world(small(9));
  int checked = 0;
  for (const Statement& statement : statements(world, whole(world.settings()))) {
    for (std::size_t i = 0; i < grade_count; ++i) {
      const std::string text = day_file(world, statement, static_cast<Grade>(i), true).text;
      for (const Event& event : statement.transactions) {
        if (event.id % 17 != 0) continue;
        const world::Card card = world.card(event.card);
        std::string token, masked, id;
        world::append_letters(token, card.token);
        append_masked(masked, card);
        telling::Writer(world).append_id(id, event.id);
        const bool wallet = event.instrument == traffic::Instrument::wechat ||
                            event.instrument == traffic::Instrument::alipay;
        if (!wallet && static_cast<Grade>(i) == Grade::full) {
          EXPECT_NE(text.find(token), std::string::npos);
        }
        if (static_cast<Grade>(i) != Grade::full) {
          EXPECT_EQ(text.find(token), std::string::npos);
        }
        if (static_cast<Grade>(i) != Grade::masked) {
          EXPECT_EQ(text.find(masked), std::string::npos);
        }
        // The product's own name of the transaction stands in no file.
        EXPECT_EQ(text.find(id), std::string::npos);
        const bool told = is_told(static_cast<Grade>(i), event);
        EXPECT_EQ(text.find(order_of(world, event.id)) != std::string::npos, told);
        ++checked;
      }
      if (static_cast<Grade>(i) == Grade::none) {
        EXPECT_EQ(text.find("bank-"), std::string::npos);
      }
    }
  }
  EXPECT_GT(checked, 500);
}

TEST(AgentFiles, TheTruthNamesEveryFlawByLineAndOrder) {
  const World world(small(7));
  std::map<Flaw, int> flaws;
  std::size_t left_out = 0, repeated = 0;
  for (const Statement& statement : statements(world, whole(world.settings()))) {
    const DayFile first = day_file(world, statement, Grade::masked, false);
    const DayFile correct = day_file(world, statement, Grade::masked, true);
    EXPECT_TRUE(correct.flawed.empty() && correct.repeated.empty() && correct.left_out.empty());
    EXPECT_EQ(first.rows + first.left_out.size() - first.repeated.size(), correct.rows);
    const auto lines = lines_of(first.text);
    for (const FlawedRow& row : first.flawed) {
      ++flaws[row.flaw];
      ASSERT_LE(row.line, lines.size());
      EXPECT_NE(lines[row.line - 1].find(order_of(world, row.transaction)), std::string::npos)
          << flaw_names[static_cast<std::size_t>(row.flaw)];
    }
    for (const traffic::EventId id : first.left_out)
      EXPECT_EQ(first.text.find(order_of(world, id)), std::string::npos);
    left_out += first.left_out.size();
    repeated += first.repeated.size();
  }
  EXPECT_EQ(flaws.size(), flaw_names.size());
  EXPECT_GT(left_out, 10u);
  EXPECT_GT(repeated, 10u);
}

TEST(AgentFiles, FatesComeAsOftenAsTheWorldSays) {
  Settings settings = small(3);
  settings.files.missing_permille = 100;
  settings.files.late_permille = 200;
  const World world(settings);
  int missing = 0, late = 0;
  constexpr int days = 2'000;
  for (Day day = 0; day < days; ++day) {
    const Fate fate = fate_of(world, 1, day);
    missing += fate.missing ? 1 : 0;
    late += fate.late ? 1 : 0;
    EXPECT_GE(fate.delivered, world::instant(day + 1, settings.files.delivered_minute[0] * core::minute_ms));
    if (fate.corrected) {
      EXPECT_GT(fate.corrected_at, fate.delivered);
    }
  }
  EXPECT_NEAR(missing, days / 10, 60);  // over four standard deviations
  EXPECT_NEAR(late, days / 5, 80);
}

TEST(AgentFiles, SharesAddUpToTheDaysTurnover) {
  const World world(small(8));
  Ledger ledger(world, world.settings().first_day);
  for (const Statement& statement : statements(world, whole(world.settings()))) {
    std::int64_t expected = 0, told = 0;
    for (const Event& event : statement.transactions)
      if (event.response == traffic::Response::approved) expected += signed_amount(event);
    const auto lines = lines_of(ledger.day(statement).shares);
    for (std::size_t i = 1; i < lines.size(); ++i) {
      std::size_t at = 0;
      for (int column = 0; column < 5; ++column) at = lines[i].find(',', at) + 1;
      std::string amount = lines[i].substr(at, lines[i].find(',', at) - at);
      std::erase(amount, '.');
      told += std::stoll(amount);
    }
    EXPECT_EQ(told, expected);
  }
}

TEST(AgentFiles, RegistersHaveAllOfTheChannelAndGaps) {
  const World world(small(7));
  std::size_t rows = 0;
  std::string all;
  const Day last = world.settings().first_day + world.settings().days;
  for (std::uint8_t channel = 0; channel < 5; ++channel) {
    const std::string text = merchant_register(world, channel, last, std::nullopt);
    rows += lines_of(text).size() - 1;
    all += text;
  }
  std::size_t opened = 0;
  for (const world::Merchant& merchant : world.merchants()) {
    std::string code;
    world.append_merchant_code(code, merchant.number);
    EXPECT_EQ(all.find(code) != std::string::npos, merchant.opened <= last);
    opened += merchant.opened <= last ? 1 : 0;
  }
  EXPECT_EQ(rows, opened);
  EXPECT_NE(all.find(",有,,"), std::string::npos);
}

TEST(AgentFiles, WordsAreWrittenInFullAndInGb18030) {
  std::string out;
  append_decimal(out, -123'456'789, 2, true);
  EXPECT_EQ(out, "-1,234,567.89");
  out.clear();
  append_decimal(out, 5, 2, false);
  EXPECT_EQ(out, "0.05");
  EXPECT_EQ(to_gb18030("合计,1"), "\xba\xcf\xbc\xc6,1");
  EXPECT_EQ(to_gb18030("１"), "\xa3\xb1");
}

}  // namespace
}  // namespace tillwatch::agent_files
