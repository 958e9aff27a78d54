#include "registry/rules.h"

#include <algorithm>

#include "registry/tree.h"

namespace tillwatch::registry {
namespace {

using core::ErrorCode;

std::unexpected<core::Error> broken(std::string where, std::string detail) {
  return core::fail(ErrorCode::invalid, std::move(where), std::move(detail));
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

core::Status check_numbers(sql::Connection& connection, const Record& record) {
  if (record.numbers.size() > numbers_max)
    return broken("/numbers", "a merchant has at most " + std::to_string(numbers_max) + " numbers");
  for (const ChannelNumber& number : record.numbers) {
    TRY_STATUS(check_code("numbers", number.number, 64));
    TRY(channel, find(connection, Scope::everything(), Entity::channel, number.channel));
    if (!channel) return broken("/numbers", "there is no such channel: register it first");
    TRY(taken, connection.query("select 1 from registry_merchant_number where number = $1 and merchant <> $2",
                                {std::string_view(number.number), std::string_view(record.id)}));
    if (!taken.empty())
      return core::fail(ErrorCode::conflict, "/numbers",
                        "another merchant has this number: take it away there first");
  }
  for (std::size_t i = 1; i < record.numbers.size(); ++i)
    if (std::ranges::count(record.numbers, record.numbers[i].number, &ChannelNumber::number) > 1)
      return broken("/numbers", "a number stands here twice");
  return {};
}

core::Status check_merchant(sql::Connection& connection, const Record& record, const Record* before) {
  const std::string_view mcc = record.text("mcc");
  if (!mcc.empty() && (mcc.size() != 4 || mcc.find_first_not_of("0123456789") != std::string_view::npos))
    return broken("/mcc", "a merchant category code has four digits");
  const FieldValue& opens = record.value("opens_minute");
  const FieldValue& closes = record.value("closes_minute");
  if (!empty(opens) && !empty(closes) && integer_of(closes) <= integer_of(opens))
    return broken("/closes_minute", "a shop closes after it opens: count on past 1440 for the next day");
  if (before != nullptr && record.text("status") == "closed" && before->text("status") != "closed") {
    TRY(bound, connection.query("select 1 from registry_terminal where merchant = $1 limit 1",
                                {std::string_view(record.id)}));
    if (!bound.empty())
      return broken("/status", "terminals stand at this merchant still: take them back before it is closed");
  }
  if (before == nullptr || before->numbers != record.numbers) TRY_STATUS(check_numbers(connection, record));
  return {};
}

core::Status check_terminal(sql::Connection& connection, const Record& record) {
  const std::string_view status = record.text("status");
  const std::string_view merchant = record.text("merchant");
  if (status == "active" && merchant.empty())
    return broken("/merchant", "an active terminal stands at a merchant: name it");
  if (is_one_of(status, {"stock", "recovered", "scrapped"}) && !merchant.empty())
    return broken("/merchant", "a terminal in this state stands at no merchant: empty this field");
  if (merchant.empty()) return {};
  TRY(shop, connection.query("select status from registry_merchant where id = $1", {merchant}));
  if (!shop.empty() && shop[0].text(0) == "closed")
    return broken("/merchant", "this merchant is closed: no terminal can stand there");
  const std::string_view tid = record.text("tid");
  if (tid.empty()) return {};
  TRY(twin, connection.query("select 1 from registry_terminal where tid = $1 and merchant = $2 and id <> $3",
                             {tid, merchant, std::string_view(record.id)}));
  if (!twin.empty())
    return core::fail(ErrorCode::conflict, "/tid",
                      "another terminal of this merchant has this number: take it away there first");
  return {};
}

core::Status check_code_stays(const Record& record, const Record* before) {
  if (before == nullptr || empty(before->value("code")) || before->value("code") == record.value("code"))
    return {};
  return broken("/code", "a code that traffic uses stays: register another one under the new code");
}

}  // namespace

core::Status check_references(sql::Connection& connection, const Scope& scope, const Record& record,
                              const Record* before) {
  const Shape& shape = record.shape();
  for (std::size_t i = 0; i < shape.fields.size(); ++i) {
    const Field& field = shape.fields[i];
    if (field.type != FieldType::reference || empty(record.values[i])) continue;
    if (before != nullptr && before->values[i] == record.values[i]) continue;
    TRY(found, find(connection, scope, field.refers, text_of(record.values[i])));
    if (!found)
      return broken("/" + std::string(field.name),
                    "there is no such " + std::string(shape_of(field.refers).name) + ": register it first");
  }
  return {};
}

core::Status check_whole(sql::Connection& connection, const Record& record, const Record* before) {
  switch (record.entity) {
    case Entity::agent:
    case Entity::rep:
      return check_code_stays(record, before);
    case Entity::merchant:
      return check_merchant(connection, record, before);
    case Entity::terminal:
      return check_terminal(connection, record);
    default:
      return {};
  }
}

}  // namespace tillwatch::registry
