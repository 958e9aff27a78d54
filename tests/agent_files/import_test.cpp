// The simulator's agents' files through the product's own mappings: what is read equals what the world told,
// in each layout and grade, and each flaw is reported with its line. Seeds are printed with a failure.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "agent_files/cell.h"
#include "agent_files/day_file.h"
#include "told_sheets.h"

namespace tillwatch::agent_files {
namespace {

intake::Mapping mapping_of(const Layout& layout, Grade grade) {
  return mapping_named(std::string(layout.mapping) + (grade == Grade::full ? "-full" : ""));
}

// What an entry says; "" where it is absent.
struct Read {
  core::TimeMs time = 0;
  std::int64_t amount = 0;
  std::string merchant, type, original, approved, token, masked, issuer, identity, response, serial;
  friend bool operator==(const Read&, const Read&) = default;
};

std::ostream& operator<<(std::ostream& out, const Read& read) {
  return out << core::format_time(read.time) << ' ' << read.amount << ' ' << read.merchant << ' ' << read.type
             << " original=" << read.original << " approved=" << read.approved << " reference=" << read.token
             << " masked=" << read.masked << " issuer=" << read.issuer << " identity=" << read.identity
             << " response=" << read.response << " serial=" << read.serial;
}

Read read_entry(const payment::EntryView& view) {
  Read out;
  out.time = view.header().event_time;
  out.amount = view.get(AttributeId::amount).integer();
  out.merchant = view.text(AttributeId::merchant_id);
  out.type = view.text(AttributeId::tx_type);
  out.original = view.text(AttributeId::tx_original_id);
  out.approved = view.get(AttributeId::tx_approved).boolean() ? "yes" : "no";
  out.token = view.get(AttributeId::card_reference).absent() ? "" : "some";
  out.masked = view.text(AttributeId::card_masked);
  out.issuer = view.text(AttributeId::card_issuer);
  out.identity = view.text(AttributeId::card_identity);
  out.response = view.text(AttributeId::tx_response);
  out.serial = view.text(AttributeId::terminal_serial);
  return out;
}

Read expected_entry(const World& world, const Layout& layout, Grade grade, const Event& event) {
  constexpr std::array<std::string_view, 3> types = {"sale", "refund", "reversal"};
  constexpr std::array<std::string_view, 9> codes = {"00", "05", "14", "51", "54", "55", "61", "91", "96"};
  const world::Card card = world.card(event.card);
  const bool wallet =
      event.instrument == traffic::Instrument::wechat || event.instrument == traffic::Instrument::alipay;
  const bool shows_payer = layout.name == "bill-csv" || layout.name == "tick-csv" || layout.fixed;
  Read out;
  out.time = core::floor_div(event.time, 1'000) * 1'000;
  out.amount = event.amount;
  world.append_merchant_code(out.merchant, event.merchant);
  out.type = types[static_cast<std::size_t>(event.type)];
  out.original = order_of(world, event.original);
  out.approved = event.response == traffic::Response::approved ? "yes" : "no";
  if (grade <= Grade::issuer && !wallet) out.issuer = card.issuer;
  if (grade == Grade::full) {
    out.token = "some";
    out.response = codes[static_cast<std::size_t>(event.response)];
    world.append_serial(out.serial, event.terminal);
  }
  if (grade == Grade::masked && !wallet) {
    append_masked(out.masked, card);
    out.token = "some";
  }
  if (grade == Grade::masked && wallet && shows_payer) out.token = "some";
  out.identity = out.token.empty()    ? (out.issuer.empty() ? "none" : "issuer_only")
                 : out.masked.empty() ? "token"
                                      : "masked";
  return out;
}

struct Sum {
  std::int64_t count = 0, amount = 0;
  friend bool operator==(const Sum&, const Sum&) = default;
};
using Sums = std::map<std::pair<std::string, std::int64_t>, Sum>;  // by merchant and local day

void add(Sums& sums, const Read& read) {
  Sum& sum = sums[{read.merchant, world::day_of(read.time)}];
  ++sum.count;
  sum.amount += read.type == "sale" ? read.amount : -read.amount;
}

class Import {
 public:
  Import(const World& world, const Statement& statement, Grade grade, bool whole)
      : world_(world),
        statement_(statement),
        grade_(grade),
        layout_(layout_of(world, statement.channel)),
        file_(day_file(world, statement, grade, whole)),
        mapping_(mapping_of(layout_, grade)) {}

  void run() {
    SCOPED_TRACE(std::string(layout_.name) + " " +
                 std::string(grade_names[static_cast<std::size_t>(grade_)]) + " " +
                 date_text(statement_.day));
    const auto door = intake::sample_door();
    intake::MappedInput input(
        std::make_unique<ports::MemorySource>(file_.text, "day", 1 + statement_.transactions.size() % 5'000),
        mapping_, *door, {}, {.in_order = !layout_.by_merchant, .strict = false}, refusals_);
    intake::RowEntries row;
    for (;;) {
      const core::Result<bool> more = input.next(row);
      ASSERT_TRUE(more.has_value()) << more.error().to_string();
      if (!*more) break;
      ASSERT_EQ(row.count, 1u);
      payment::EntryView view;
      ASSERT_TRUE(view.decode(row.drafts[0].bytes).has_value());
      const Read read = read_entry(view);
      const auto [at, fresh] = read_.emplace(view.text(AttributeId::id), read);
      if (!fresh) {
        EXPECT_EQ(at->second, read);  // a repeated row: the same key, the same entry
        ++repeated_;
      }
    }
    compare();
  }

  std::size_t refused() const { return refusals_.all.size(); }
  std::size_t compared() const { return read_.size(); }

 private:
  void compare() {
    std::set<traffic::EventId> lost(file_.left_out.begin(), file_.left_out.end());
    std::set<std::uint64_t> flawed_lines;
    for (const FlawedRow& row : file_.flawed) {
      lost.insert(row.transaction);
      flawed_lines.insert(row.line);
    }
    Sums told, got;
    std::size_t expected = 0;
    for (const Event& event : statement_.transactions) {
      if (!is_told(grade_, event) || lost.contains(event.id)) continue;
      ++expected;
      const Read wanted = expected_entry(world_, layout_, grade_, event);
      const auto read = read_.find(order_of(world_, event.id));
      ASSERT_NE(read, read_.end());
      ASSERT_EQ(read->second, wanted);
      add(told, wanted);
    }
    for (const auto& [id, read] : read_) add(got, read);
    EXPECT_EQ(read_.size(), expected);
    EXPECT_TRUE(told == got);
    EXPECT_EQ(repeated_, file_.repeated.size());
    ASSERT_EQ(refusals_.all.size(), flawed_lines.size());
    for (const Refused& refused : refusals_.all) {
      EXPECT_TRUE(flawed_lines.contains(refused.line)) << refused.sentence;
      EXPECT_TRUE(refused.sentence.starts_with("day:" + std::to_string(refused.line) + ":"))
          << refused.sentence;
    }
  }

  const World& world_;
  const Statement& statement_;
  Grade grade_;
  const Layout& layout_;
  DayFile file_;
  intake::Mapping mapping_;
  Refusals refusals_;
  std::map<std::string, Read, std::less<>> read_;
  std::size_t repeated_ = 0;
};

TEST(AgentFilesImport, WhatIsReadIsWhatTheWorldTold) {
  for (const std::uint64_t seed : {7u, 21u}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const World world(small(seed));
    std::map<std::pair<std::string_view, Grade>, std::size_t> refused, compared;
    for (const Statement& statement : statements(world))
      for (std::size_t i = 0; i < grade_count; ++i) {
        Import import(world, statement, static_cast<Grade>(i), false);
        import.run();
        if (testing::Test::HasFatalFailure()) return;
        const std::pair key{layout_of(world, statement.channel).name, static_cast<Grade>(i)};
        refused[key] += import.refused();
        compared[key] += import.compared();
      }
    EXPECT_EQ(compared.size(), layout_count * grade_count);
    for (const auto& [key, count] : compared) {
      EXPECT_GT(count, 300u) << key.first;
      EXPECT_GT(refused[key], 0u) << key.first;
    }
  }
}

TEST(AgentFilesImport, ACorrectionIsReadWithoutARefusal) {
  const World world(small(3));
  for (const Statement& statement : statements(world)) {
    Import import(world, statement, Grade::masked, true);
    import.run();
    EXPECT_EQ(import.refused(), 0u);
  }
}

}  // namespace
}  // namespace tillwatch::agent_files
