#include "agent_files/register.h"

#include <array>

#include "agent_files/words.h"
#include "chance/random.h"

namespace tillwatch::agent_files {
namespace {

using chance::Lane;
using chance::Stream;

constexpr std::string_view mark = "\xef\xbb\xbf";
constexpr std::string_view end = "\r\n";
constexpr std::array<std::string_view, world::kind_count> kind_words = {
    "小吃", "餐饮", "超市", "便利店", "加油站", "酒吧", "服装", "家电", "药店", "教育", "建材", "美容"};

std::uint32_t ppm_of(std::int64_t permille) {
  return static_cast<std::uint32_t>(permille) * 1000;
}

// A row of fields, none of which holds a comma or a quote.
class Sheet {
 public:
  explicit Sheet(std::string_view header) { text_.append(mark).append(header).append(end); }
  std::string& field() {
    if (fields_++ > 0) text_.push_back(',');
    return text_;
  }
  void end_row() {
    text_.append(end);
    fields_ = 0;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  int fields_ = 0;
};

void append_clock_of(std::string& out, std::int64_t minute) {
  append_padded(out, minute / 60 % 24, 2);
  out.push_back(':');
  append_padded(out, minute % 60, 2);
}

void append_phone(std::string& out, const World& world, world::PersonNumber person) {
  const std::uint64_t bits = chance::key_of(world.seed(), Lane::identity, 7, 0, person);
  out.append("1").append(std::to_string(30 + bits % 10)).append("****");
  append_padded(out, static_cast<std::int64_t>(bits / 16 % 10'000), 4);
}

template <class Write>
void each_merchant(const World& world, std::uint8_t channel, Day day, std::optional<std::uint8_t> city,
                   const Write& write) {
  for (const world::Merchant& merchant : world.merchants())
    if (merchant.channel == channel && merchant.opened <= day && (!city || merchant.city == *city))
      write(merchant);
}

}  // namespace

bool exports_registers(Day day, Day first) {
  return day == first || core::civil_from_days(day).day == 1;
}

std::string merchant_register(const World& world, std::uint8_t channel, Day day,
                              std::optional<std::uint8_t> city) {
  Sheet sheet(
      "商户编号,商户名称,行业代码,经营类目,省,市,负责人,手机,结算账户,标准费率(%),申报日均(元),开门,关门,"
      "入网时间,"
      "代理商编号,业务员编号,营业执照,门头照,备案号,状态");
  const std::uint32_t gap = ppm_of(world.settings().files.gap_permille);
  each_merchant(world, channel, day, city, [&](const world::Merchant& merchant) {
    Stream random(world.seed(), Lane::register_gap, merchant.number);
    const bool no_phone = random.chance(gap), no_licence = random.chance(gap), no_photo = random.chance(gap),
               no_filing = random.chance(gap), no_hours = random.chance(gap);
    const world::Kind& kind = world.kind_of(merchant);
    world.append_merchant_code(sheet.field(), merchant.number);
    sheet.field().append(shop_name(world, merchant.number));
    sheet.field().append(world::kind_names()[merchant.registered].mcc);
    sheet.field().append(kind_words[merchant.registered]);
    sheet.field().append(world::cities()[merchant.city].region);
    sheet.field().append(world::cities()[merchant.city].code);
    sheet.field().append(hidden_name(world, merchant.owner));
    std::string& phone = sheet.field();
    if (!no_phone) append_phone(phone, world, merchant.owner);
    world.append_account_token(sheet.field(), world::own_account(merchant.number));
    append_decimal(sheet.field(), merchant.rate_e6, 4, false);
    append_decimal(sheet.field(), merchant.declared_daily, 2, false);
    std::string& opens = sheet.field();
    if (!no_hours) append_clock_of(opens, kind.open[0]);
    std::string& closes = sheet.field();
    if (!no_hours) append_clock_of(closes, kind.open[1]);
    sheet.field().append(moment_text(world::instant(merchant.opened, 0)));
    append_agent(sheet.field(), merchant.agent);
    append_rep(sheet.field(), merchant.agent, merchant.rep);
    sheet.field().append(no_licence ? "" : "有");
    sheet.field().append(no_photo ? "" : "有");
    std::string& filing = sheet.field();
    if (!no_filing) {
      filing.append("BB");
      append_padded(
          filing, static_cast<std::int64_t>(chance::mix64(merchant.number + world.seed()) % 100'000'000), 8);
    }
    sheet.field().append("正常");
    sheet.end_row();
  });
  return sheet.take();
}

std::string terminal_register(const World& world, std::uint8_t channel, Day day,
                              std::optional<std::uint8_t> city) {
  Sheet sheet("机具SN号,终端号,商户编号,型号,绑定时间,应用版本,登记纬度,登记经度,状态");
  const std::uint32_t gap = ppm_of(world.settings().files.gap_permille);
  each_merchant(world, channel, day, city, [&](const world::Merchant& merchant) {
    for (std::uint32_t i = 0; i < merchant.terminals; ++i) {
      const world::TerminalNumber terminal = world::terminal_of(merchant.number, i);
      Stream random(world.seed(), Lane::register_gap, terminal, 1);
      const bool no_version = random.chance(gap), no_place = random.chance(gap);
      world.append_serial(sheet.field(), terminal);
      world.append_terminal_id(sheet.field(), terminal);
      world.append_merchant_code(sheet.field(), merchant.number);
      sheet.field().append(terminal % 3 == 0 ? "MP-70" : "QPOS-2");
      sheet.field().append(moment_text(world::instant(merchant.opened, 0)));
      sheet.field().append(no_version ? "" : terminal % 5 == 0 ? "3.1.9" : "3.2.1");
      std::string& latitude = sheet.field();
      if (!no_place) append_decimal(latitude, merchant.place.latitude_e6, 6, false);
      std::string& longitude = sheet.field();
      if (!no_place) append_decimal(longitude, merchant.place.longitude_e6, 6, false);
      sheet.field().append("使用中");
      sheet.end_row();
    }
  });
  return sheet.take();
}

std::string agent_register(const World& world) {
  Sheet sheet("代理商编号,上级编号,市,负责人,业务员数,备案号,备案到期,状态");
  const std::uint32_t gap = ppm_of(world.settings().files.gap_permille);
  for (const world::Agent& agent : world.agents()) {
    Stream random(world.seed(), Lane::register_gap, agent.number, 2);
    const bool no_filing = random.chance(gap);
    const Day expires = core::days_from_civil({2026, 1, 1}) + random.between(-60, 900);
    append_agent(sheet.field(), agent.number);
    std::string& parent = sheet.field();
    if (agent.parent >= 0) append_agent(parent, static_cast<std::uint32_t>(agent.parent));
    sheet.field().append(world::cities()[agent.city].code);
    sheet.field().append(hidden_name(world, agent.owner));
    sheet.field().append(std::to_string(world.settings().population.reps_per_agent));
    std::string& filing = sheet.field();
    if (!no_filing) {
      filing.append("WB");
      append_padded(filing, static_cast<std::int64_t>(chance::mix64(agent.number ^ world.seed()) % 1'000'000),
                    6);
    }
    std::string& until = sheet.field();
    if (!no_filing) append_date(until, expires, true);
    sheet.field().append("正常");
    sheet.end_row();
  }
  return sheet.take();
}

}  // namespace tillwatch::agent_files
