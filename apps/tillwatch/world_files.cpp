#include "world_files.h"

#include <filesystem>

#include "agent_files/register.h"
#include "agent_files/words.h"
#include "json/writer.h"
#include "spread.h"
#include "telling/writer.h"

namespace tillwatch {
namespace {

using agent_files::DayFile;
using agent_files::Fate;
using agent_files::Grade;
using agent_files::Statement;

core::Error cannot_write(const std::string& path) {
  return {core::ErrorCode::io, path, "could not be written; is there room, and may you write here?"};
}

std::string order_of(const world::World& world, traffic::EventId transaction) {
  std::string out;
  agent_files::append_order(out, world, transaction);
  return out;
}

void write_orders(json::Writer& json, std::string_view name, const world::World& world,
                  const std::vector<traffic::EventId>& transactions) {
  json.key(name).begin_array();
  for (const traffic::EventId transaction : transactions) json.value(order_of(world, transaction));
  json.end_array();
}

}  // namespace

// The file of a day in one grade: as delivered first, and whole.
struct WorldFiles::Rendered {
  Grade grade = Grade::none;
  DayFile first;
  DayFile whole;
};

WorldFiles::WorldFiles(const world::World& world, const telling::Cut& cut, int threads)
    : world_(world), cut_(cut), threads_(threads), book_(world, cut), ledger_(world, cut.first) {}

core::Status WorldFiles::open(const std::string& folder) {
  folder_ = folder;
  std::error_code error;
  // Two worlds must not mix. What no world wrote is not ours to remove.
  if (std::filesystem::exists(folder + "/files", error)) {
    if (!std::filesystem::exists(folder + "/truth/files.ndjson", error))
      return core::fail(core::ErrorCode::conflict, folder + "/files",
                        "is there already and was not made by a simulated world; take another --out");
    std::filesystem::remove_all(folder + "/files", error);
  }
  const auto make = [&](const std::string& name) {
    if (!error) std::filesystem::create_directories(folder + "/" + name, error);
  };
  make("truth");
  for (std::int64_t i = 0; i < world_.settings().population.channels; ++i) {
    const std::string channel = agent_files::channel_name(static_cast<std::uint8_t>(i));
    for (const std::string_view kind : {"shares", "deductions", "notices", "changes", "registers"})
      make("files/" + std::string(kind) + "/" + channel);
    for (const std::string_view grade : agent_files::grade_names)
      make("files/" + std::string(grade) + "/" + channel);
  }
  if (error) return core::fail(core::ErrorCode::io, folder, "could not be made: " + error.message());
  orders_.open(folder + "/truth/orders.ndjson", std::ios::binary | std::ios::trunc);
  truth_.open(folder + "/truth/files.ndjson", std::ios::binary | std::ios::trunc);
  if (!orders_ || !truth_) return std::unexpected(cannot_write(folder));
  TRY_STATUS(put("registers/agents.csv", agent_files::agent_register(world_)));
  return {};
}

core::Status WorldFiles::put(const std::string& name, const std::string& text) {
  const std::string path = folder_ + "/files/" + name;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.flush();
  if (!file) return std::unexpected(cannot_write(path));
  hash_.update(name);
  hash_.update(text);
  ++files_;
  return {};
}

void WorldFiles::add(world::Day day, std::span<const traffic::Event> events) {
  book_.add(day, events);
}

core::Status WorldFiles::end_day(world::Day day) {
  if (agent_files::exports_registers(day, cut_.first)) TRY_STATUS(write_registers(day));
  for (const Statement& statement : book_.end_day(day)) {
    std::vector<Rendered> rendered(agent_files::grade_count);
    const bool corrected = agent_files::fate_of(world_, statement.channel, statement.day).corrected;
    spread(threads_, rendered.size(), [&](std::size_t i) {
      rendered[i].grade = static_cast<Grade>(i);
      rendered[i].first = agent_files::day_file(world_, statement, rendered[i].grade, false);
      if (corrected) rendered[i].whole = agent_files::day_file(world_, statement, rendered[i].grade, true);
    });
    TRY_STATUS(write(statement, rendered));
  }
  if (!orders_ || !truth_) return std::unexpected(cannot_write(folder_ + "/truth"));
  return {};
}

core::Status WorldFiles::write(const Statement& statement, const std::vector<Rendered>& rendered) {
  const Fate fate = agent_files::fate_of(world_, statement.channel, statement.day);
  for (const Rendered& each : rendered) {
    TRY_STATUS(write_day_file(statement, each, fate));
    tell_truth(statement, each, fate);
  }
  tell_orders(statement);
  return write_ledger(statement);
}

core::Status WorldFiles::write_day_file(const Statement& statement, const Rendered& rendered,
                                        const Fate& fate) {
  const std::string grade(agent_files::grade_names[static_cast<std::size_t>(rendered.grade)]);
  const std::string folder = grade + "/" + agent_files::channel_name(statement.channel);
  const std::string name = agent_files::day_file_name(world_, statement.channel, statement.day, false);
  const std::string corrected = agent_files::day_file_name(world_, statement.channel, statement.day, true);
  if (!fate.missing) TRY_STATUS(put(grade + "/" + name, rendered.first.text));
  if (fate.corrected) TRY_STATUS(put(grade + "/" + corrected, rendered.whole.text));
  std::ofstream& portal = portals_[folder];
  if (!portal.is_open()) {
    portal.open(folder_ + "/files/" + folder + "/portal.csv", std::ios::binary | std::ios::trunc);
    portal << "\xef\xbb\xbf" << "日期,笔数,交易金额,文件,到达时间\r\n";
  }
  std::uint64_t rows = 0;
  std::int64_t amount = 0;
  for (const traffic::Event& event : statement.transactions) {
    if (!agent_files::is_told(rendered.grade, event)) continue;
    ++rows;
    amount += event.type == traffic::TxType::sale ? event.amount : -event.amount;
  }
  const auto line = [&](const std::string& file, const std::string& time) {
    std::string text = agent_files::date_text(statement.day) + "," + std::to_string(rows) + ",";
    agent_files::append_decimal(text, amount, 2, false);
    portal << text << "," << file.substr(file.find('/') + 1) << "," << time << "\r\n";
  };
  line(fate.missing ? "/" : name, fate.missing ? "" : agent_files::moment_text(fate.delivered));
  if (fate.corrected) line(corrected, agent_files::moment_text(fate.corrected_at));
  portal.flush();
  if (!portal) return std::unexpected(cannot_write(folder_ + "/files/" + folder + "/portal.csv"));
  return {};
}

core::Status WorldFiles::write_ledger(const Statement& statement) {
  const agent_files::Ledger::Sheets sheets = ledger_.day(statement);
  const std::string name = "/" + agent_files::channel_name(statement.channel) + "/" +
                           agent_files::date_text(statement.day) + ".csv";
  TRY_STATUS(put("shares" + name, sheets.shares));
  TRY_STATUS(put("deductions" + name, sheets.deductions));
  TRY_STATUS(put("notices" + name, sheets.notices));
  TRY_STATUS(put("changes" + name, sheets.changes));
  return {};
}

core::Status WorldFiles::write_registers(world::Day day) {
  for (std::int64_t i = 0; i < world_.settings().population.channels; ++i) {
    const auto channel = static_cast<std::uint8_t>(i);
    const std::string folder = "registers/" + agent_files::channel_name(channel) + "/";
    const std::string tail = "-" + agent_files::date_text(day) + ".csv";
    TRY_STATUS(
        put(folder + "merchants" + tail, agent_files::merchant_register(world_, channel, day, cut_.city)));
    TRY_STATUS(
        put(folder + "terminals" + tail, agent_files::terminal_register(world_, channel, day, cut_.city)));
  }
  return {};
}

void WorldFiles::tell_truth(const Statement& statement, const Rendered& rendered, const Fate& fate) {
  const std::string grade(agent_files::grade_names[static_cast<std::size_t>(rendered.grade)]);
  std::string text;
  json::Writer json(text);
  json.begin_object().member(
      "file",
      "files/" + grade + "/" + agent_files::day_file_name(world_, statement.channel, statement.day, false));
  json.member("grade", grade).member("channel", agent_files::channel_name(statement.channel));
  json.member("layout", agent_files::layout_of(world_, statement.channel).name);
  json.member("day", agent_files::date_text(statement.day));
  json.member("missing", fate.missing).member("late", fate.late).member("corrected", fate.corrected);
  json.member("delivered", core::format_time(fate.delivered));
  if (fate.corrected) json.member("corrected_at", core::format_time(fate.corrected_at));
  json.member("rows", rendered.first.rows).member("amount", rendered.first.amount);
  write_orders(json, "left_out", world_, rendered.first.left_out);
  write_orders(json, "repeated", world_, rendered.first.repeated);
  json.key("flawed").begin_array();
  for (const agent_files::FlawedRow& row : rendered.first.flawed)
    json.begin_object()
        .member("line", row.line)
        .member("order", order_of(world_, row.transaction))
        .member("flaw", agent_files::flaw_names[static_cast<std::size_t>(row.flaw)])
        .end_object();
  json.end_array().end_object();
  truth_ << text << '\n';
}

void WorldFiles::tell_orders(const Statement& statement) {
  const telling::Writer writer(world_);
  std::string text;
  for (const traffic::Event& event : statement.transactions) {
    text.append(R"({"order":")");
    agent_files::append_order(text, world_, event.id);
    text.append(R"(","transaction":")");
    writer.append_id(text, event.id);
    text.append("\"}\n");
  }
  orders_ << text;
}

}  // namespace tillwatch
