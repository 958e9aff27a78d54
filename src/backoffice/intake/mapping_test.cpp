#include "intake/mapping.h"

#include <gtest/gtest.h>

#include "core/limits.h"

namespace tillwatch::intake {
namespace {

using core::ErrorCode;
namespace limits = core::limits;

// A whole mapping; the tests replace parts of it.
const std::string good = R"(mapping: sample
version: 3
client: portal
description: what it is
input: {format: csv, separator: ";"}
time: {columns: [DAY, CLOCK], format: datetime, offset: "+08:00"}
arrival: {column: ARRIVED, format: epoch_ms}
emits:
  - kind: transaction
    when:
      - {column: STATE, in: [ok, "00"]}
      - {column: NOTE, empty: true}
    set:
      id: REF
      amount: {column: AMOUNT, as: decimal, digits: 2, group: ",", absolute: true}
      currency: {constant: CNY}
      card.token: {column: CARD, namespace: portal}
      tx.type: {column: TYPE, map: {"01": sale, "02": refund}, other: sale}
      tx.offline: {column: OFF, required: true}
    extras:
      loyalty.tier: TIER
      loyalty.points: {column: POINTS, as: integer}
  - kind: label
    offset: 7d
    when: [{column: FRAUD, not_in: [""]}]
    set: {terminal.id: TERMINAL, label.fraud: FRAUD}
)";

std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

core::Error refused(const std::string& text) {
  const core::Result<Mapping> mapping = read_mapping(text, "m.yaml");
  EXPECT_FALSE(mapping.has_value());
  return mapping ? core::Error{} : mapping.error();
}

void expect_fault(std::string_view from, std::string_view to, std::string_view where, std::string_view part) {
  const core::Error error = refused(with(good, from, to));
  EXPECT_EQ(error.where, where) << to << ": " << error.detail;
  EXPECT_NE(error.detail.find(part), std::string::npos) << to << ": " << error.detail;
}

TEST(Mapping, reads_every_member) {
  const core::Result<Mapping> read = read_mapping(good, "m.yaml");
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  const Mapping& mapping = *read;
  EXPECT_EQ(mapping.name, "sample");
  EXPECT_EQ(mapping.version, 3);
  EXPECT_EQ(mapping.client, "portal");
  EXPECT_EQ(mapping.separator, ';');
  EXPECT_TRUE(mapping.header);
  EXPECT_EQ(mapping.time.columns.size(), 2u);
  EXPECT_EQ(mapping.time.time.kind, TimeForm::Kind::datetime);
  EXPECT_EQ(mapping.time.time.offset, 8 * core::hour_ms);
  ASSERT_TRUE(mapping.arrival.has_value());
  EXPECT_EQ(mapping.columns[mapping.arrival->columns[0]], "ARRIVED");
  ASSERT_EQ(mapping.emits.size(), 2u);
  const Emit& sale = mapping.emits[0];
  EXPECT_EQ(sale.when.size(), 2u);
  EXPECT_EQ(sale.when[0].any_of, (std::vector<std::string>{"ok", "00"}));
  EXPECT_EQ(sale.when[1].any_of, (std::vector<std::string>{""}));
  ASSERT_EQ(sale.set.size(), 8u);
  EXPECT_EQ(sale.set[1].value.as, Conversion::decimal);
  EXPECT_TRUE(sale.set[1].value.decimal.absolute);
  EXPECT_EQ(sale.set[1].value.decimal.group, ',');
  EXPECT_TRUE(sale.set[1].value.trim);
  EXPECT_FALSE(sale.set[0].value.trim);
  EXPECT_EQ(sale.set[2].value.constant, "CNY");
  EXPECT_EQ(sale.set[3].target, Assignment::Target::card_token);
  EXPECT_EQ(sale.set[3].name_space, "portal");
  EXPECT_EQ(sale.set[4].value.words.at("02"), "refund");
  EXPECT_EQ(sale.set[4].value.other, "sale");
  EXPECT_EQ(sale.set[5].value.as, Conversion::boolean);
  EXPECT_TRUE(sale.set[5].value.required);
  EXPECT_EQ(sale.set[6].target, Assignment::Target::extra);
  EXPECT_EQ(sale.set[7].value.as, Conversion::integer);
  EXPECT_EQ(mapping.emits[1].offset, 7 * core::day_ms);
  EXPECT_TRUE(mapping.emits[1].when[0].negated);
}

TEST(Mapping, the_client_is_the_name_where_it_is_not_given) {
  const core::Result<Mapping> read = read_mapping(with(good, "client: portal\n", ""), "m.yaml");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->client, "sample");
}

TEST(Mapping, unknown_members_are_named_with_their_place) {
  expect_fault("client:", "cleint:", "m.yaml:3:1", "did you mean 'client'");
  expect_fault("separator:", "seperator:", "m.yaml:5:22", "did you mean 'separator'");
  expect_fault("offset: 7d", "delay: 7d", "m.yaml:24:5", "has no member 'delay'");
  expect_fault("required: true", "needed: true", "m.yaml:19:33", "has no member 'needed'");
  expect_fault("empty: true", "empty: true, x: 1", "m.yaml:12:37", "has no member 'x'");
}

TEST(Mapping, attributes_are_checked) {
  expect_fault("tx.type:", "tx.tpye:", "m.yaml:18:7", "did you mean 'tx.type'");
  expect_fault("      id: REF", "      card.id: REF", "m.yaml:14:7", "only Tillwatch itself sets");
  expect_fault("loyalty.tier:", "merchant.mcc:", "m.yaml:21:7", "put it under set");
  expect_fault("as: decimal, digits: 2", "as: decimal", "m.yaml:15:15", "digits");
  expect_fault("as: decimal, digits: 2, group: \",\", absolute: true", "trim: true", "m.yaml:15:15",
               "minor units");
  expect_fault("as: decimal", "as: text", "m.yaml:15:15", "cannot be read as this type");
  expect_fault("as: decimal", "as: money", "m.yaml:15:36", "'money' is none of");
  expect_fault("digits: 2", "digits: 10", "m.yaml:15:53", "from 0 to 9");
  expect_fault("group: \",\"", "group: \".\"", "m.yaml:15:15", "point and group differ");
  expect_fault("group: \",\"", "group: \"5\"", "m.yaml:15:15", "neither is a digit");
  expect_fault(", namespace: portal", "", "m.yaml:17:19", "needs 'namespace'");
  expect_fault("      currency:", "      card.number: X\n      currency:", "m.yaml:14:7",
               "either card.number or card.token");
}

TEST(Mapping, times_are_checked) {
  expect_fault(", offset: \"+08:00\"", "", "m.yaml:6:7", "say the offset");
  expect_fault("\"+08:00\"", "\"8\"", "m.yaml:6:57", "no offset such as");
  expect_fault("format: epoch_ms", "format: epoch_ms, offset: \"+08:00\"", "m.yaml:7:54",
               "bring their own offset");
  expect_fault("column: ARRIVED, format: epoch_ms", "column: ARRIVED", "m.yaml:7:10",
               "say the time's format");
  expect_fault("column: ARRIVED", "constant: \"1\"", "m.yaml:7:10", "comes from its columns");
  EXPECT_NE(refused(with(good, "time: {columns: [DAY, CLOCK], format: datetime, offset: \"+08:00\"}\n", ""))
                .detail.find("needs 'time'"),
            std::string::npos);
}

TEST(Mapping, conditions_constants_and_maps_are_checked) {
  expect_fault("in: [ok, \"00\"]", "in: []", "m.yaml:11:29", "expected a list");
  expect_fault("in: [ok, \"00\"]", "in: [ok], equals: x", "m.yaml:11:9", "say one of");
  expect_fault("constant: CNY", "column: A, constant: CNY", "m.yaml:16:17", "say one of: column");
  expect_fault("currency: {constant: CNY}", "tx.atc: {constant: x}", "m.yaml:16:15", "no whole number");
  expect_fault("map: {\"01\": sale, \"02\": refund}, other", "other", "m.yaml:18:38", "belongs to a 'map'");
  expect_fault("map: {\"01\": sale, \"02\": refund}", "map: {}", "m.yaml:18:36", "a map has lines");
  expect_fault("offset: 7d", "offset: week", "m.yaml:24:13", "no duration");
  expect_fault("offset: 7d", "offset: -7d", "m.yaml:24:13", "no duration");
  expect_fault("kind: label", "kind: tick", "m.yaml:23:11", "none of");
}

TEST(Mapping, files_without_a_header_name_their_columns) {
  const std::string text =
      "mapping: m\ninput: {format: csv, header: false, columns: [t, a]}\ntime: {column: t, format: rfc3339}\n"
      "emits: [{kind: advert, set: {merchant.id: a}}]\n";
  EXPECT_TRUE(read_mapping(text, "m.yaml").has_value());
  EXPECT_NE(refused(with(text, "merchant.id: a", "merchant.id: b")).detail.find("does not name 'b'"),
            std::string::npos);
  EXPECT_NE(refused(with(text, "[t, a]", "[t, t, a]")).detail.find("twice"), std::string::npos);
  EXPECT_NE(refused(with(text, ", columns: [t, a]", "")).detail.find("'columns'"), std::string::npos);
  EXPECT_NE(refused(with(text, "header: false", "header: true")).detail.find("'columns'"), std::string::npos);
}

TEST(Mapping, ndjson_members_are_json_pointers) {
  const std::string text =
      "mapping: m\ninput: {format: ndjson}\ntime: {column: /t, format: rfc3339}\n"
      "emits: [{kind: advert, set: {merchant.id: /m/id}}]\n";
  EXPECT_TRUE(read_mapping(text, "m.yaml").has_value());
  EXPECT_NE(refused(with(text, "/m/id", "m.id")).detail.find("JSON pointer"), std::string::npos);
  EXPECT_NE(refused(with(text, "ndjson", "ndjson, separator: \",\"")).detail.find("separator"),
            std::string::npos);
}

TEST(Mapping, bounds_hold_at_the_limit_and_not_beyond) {
  const auto emits = [](std::size_t count) {
    std::string text = "mapping: m\ninput: {format: csv}\ntime: {column: t, format: rfc3339}\nemits:\n";
    for (std::size_t i = 0; i < count; ++i) text += "  - {kind: advert, set: {merchant.id: a}}\n";
    return text;
  };
  EXPECT_TRUE(read_mapping(emits(limits::mapping_emits_max), "m.yaml").has_value());
  EXPECT_EQ(refused(emits(limits::mapping_emits_max + 1)).code, ErrorCode::limit);

  const auto map = [](std::size_t lines) {
    std::string text =
        "mapping: m\ninput: {format: csv}\ntime: {column: t, format: rfc3339}\nemits:\n  - kind: advert\n    "
        "set: {merchant.id: {column: a, map: {";
    for (std::size_t i = 0; i < lines; ++i) text += (i > 0 ? ", k" : "k") + std::to_string(i) + ": v";
    return text + "}}}\n";
  };
  EXPECT_TRUE(read_mapping(map(limits::mapping_text_map_max), "m.yaml").has_value());
  EXPECT_EQ(refused(map(limits::mapping_text_map_max + 1)).code, ErrorCode::limit);

  const auto extras = [](std::size_t count) {
    std::string text =
        "mapping: m\ninput: {format: csv}\ntime: {column: t, format: rfc3339}\nemits:\n  - kind: advert\n    "
        "set: {merchant.id: a}\n    extras:\n";
    for (std::size_t i = 0; i < count; ++i)
      text += "      x" + std::to_string(i) + ": c" + std::to_string(i) + "\n";
    return text;
  };
  EXPECT_TRUE(read_mapping(extras(limits::entry_extra_count_max), "m.yaml").has_value());
  EXPECT_EQ(refused(extras(limits::entry_extra_count_max + 1)).code, ErrorCode::limit);

  EXPECT_TRUE(read_mapping(with(good, "offset: 7d", "offset: 400d"), "m.yaml").has_value());
  expect_fault("offset: 7d", "offset: 400d1ms", "m.yaml:24:13", "at most 400d");
}

TEST(Mapping, yaml_faults_keep_their_place) {
  const core::Error error = refused("mapping: m\nmapping: n\n");
  EXPECT_EQ(error.where.substr(0, 9), "m.yaml:2:");
  EXPECT_NE(refused("- a\n").detail.find("expected members"), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::intake
