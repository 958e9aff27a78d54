#include "agent_files/words.h"

#include <iconv.h>

#include <array>

#include "chance/random.h"
#include "core/check.h"

namespace tillwatch::agent_files {
namespace {

using chance::key_of;
using chance::Lane;

constexpr std::array<std::string_view, 24> first_parts = {
    "福源", "鸿运", "百佳", "万顺", "德兴", "金泰", "永和", "新华", "东升", "好邻居", "家家乐", "聚贤",
    "瑞丰", "天成", "光明", "长青", "惠民", "兴隆", "宏达", "明珠", "四季", "如意",   "星河",   "大众"};
constexpr std::array<std::string_view, world::kind_count> last_parts = {
    "小吃店", "餐厅",   "超市",   "便利店",   "加油站", "酒吧",
    "服装店", "电器行", "大药房", "培训学校", "建材行", "美容院"};
constexpr std::array<std::string_view, 20> family_names = {"王", "李", "张", "刘", "陈", "杨", "黄",
                                                           "赵", "吴", "周", "徐", "孙", "马", "朱",
                                                           "胡", "郭", "何", "林", "高", "罗"};

}  // namespace

void append_order(std::string& out, const World& world, traffic::EventId transaction) {
  world::append_letters(out,
                        chance::mix64(transaction * chance::golden_step + chance::mix64(world.seed() + 23)));
}

void append_padded(std::string& out, std::int64_t value, int width) {
  const std::string digits = std::to_string(value);
  const auto wanted = static_cast<std::size_t>(width);
  out.append(digits.size() < wanted ? wanted - digits.size() : 0, '0').append(digits);
}

void append_agent(std::string& out, std::uint32_t agent) {
  out.push_back('A');
  append_padded(out, std::int64_t{agent} + 1, 4);
}

void append_rep(std::string& out, std::uint32_t agent, std::uint32_t rep) {
  append_agent(out, agent);
  out.append("R").append(std::to_string(rep + 1));
}

std::string channel_name(std::uint8_t channel) {
  return "acquirer-" + std::to_string(channel + 1);
}

std::string shop_name(const World& world, world::MerchantIndex merchant) {
  const auto bits = key_of(world.seed(), Lane::identity, 5, 0, merchant);
  return std::string(first_parts[bits % first_parts.size()]) +
         std::string(last_parts[world.merchant(merchant).kind]);
}

std::string hidden_name(const World& world, world::PersonNumber person) {
  const auto bits = key_of(world.seed(), Lane::identity, 6, 0, person);
  return std::string(family_names[bits % family_names.size()]) + "**";
}

void append_masked(std::string& out, const world::Card& card) {
  out.append(card.bin).append("******");
  append_padded(out, card.last_four, 4);
}

void append_decimal(std::string& out, std::int64_t value, int digits, bool grouped) {
  std::int64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  if (value < 0) out.push_back('-');
  const std::int64_t size = value < 0 ? -value : value;
  const std::string whole = std::to_string(size / scale);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (grouped && i > 0 && (whole.size() - i) % 3 == 0) out.push_back(',');
    out.push_back(whole[i]);
  }
  if (digits == 0) return;
  out.push_back('.');
  append_padded(out, size % scale, digits);
}

void append_date(std::string& out, world::Day day, bool dashes) {
  const core::CivilDate date = core::civil_from_days(day);
  append_padded(out, date.year, 4);
  if (dashes) out.push_back('-');
  append_padded(out, date.month, 2);
  if (dashes) out.push_back('-');
  append_padded(out, date.day, 2);
}

void append_clock(std::string& out, core::TimeMs time, bool colons) {
  const std::int64_t seconds = (time - world::instant(world::day_of(time), 0)) / 1'000;
  append_padded(out, seconds / 3'600, 2);
  if (colons) out.push_back(':');
  append_padded(out, seconds / 60 % 60, 2);
  if (colons) out.push_back(':');
  append_padded(out, seconds % 60, 2);
}

std::string date_text(world::Day day) {
  std::string out;
  append_date(out, day, true);
  return out;
}

std::string moment_text(core::TimeMs time) {
  std::string out = date_text(world::day_of(time)) + " ";
  append_clock(out, time, true);
  return out;
}

std::string to_gb18030(std::string_view utf8) {
  const iconv_t way = ::iconv_open("GB18030", "UTF-8");
  CHECK(way != reinterpret_cast<iconv_t>(-1));
  std::string in(utf8);
  std::string out(utf8.size() * 2 + 16, '\0');  // four bytes at most for a character of two or more
  char* from = in.data();
  char* to = out.data();
  std::size_t left = in.size(), room = out.size();
  const std::size_t done = ::iconv(way, &from, &left, &to, &room);
  ::iconv_close(way);
  CHECK(done != static_cast<std::size_t>(-1) && left == 0);
  out.resize(out.size() - room);
  return out;
}

}  // namespace tillwatch::agent_files
