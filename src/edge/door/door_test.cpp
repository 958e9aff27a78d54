#include "door/door.h"

#include <gtest/gtest.h>

#include <memory>

namespace tillwatch::door {
namespace {

using core::ErrorCode;
using payment::AttributeId;
using payment::EntryBuilder;
using payment::Value;

class CountingRandom : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 1;
};

constexpr std::string_view number = "4012888888881881";

class DoorTest : public ::testing::Test {
 protected:
  CountingRandom random;
  std::shared_ptr<const CardKeys> keys = std::make_shared<const CardKeys>(CardKeys::generate(random, 0));
  Door door{keys};
  EntryBuilder entry;

  std::string text(AttributeId id) const {
    const Value value = entry.get(id);
    return value.absent() ? "" : std::string(value.text());
  }
  ErrorCode refusal(std::string_view attribute, std::string_view value) {
    const core::Status status = door.put(entry, attribute, value);
    EXPECT_FALSE(status.has_value()) << attribute;
    if (status) return ErrorCode::io;
    EXPECT_EQ(status.error().where, attribute);
    EXPECT_EQ(status.error().detail.find(value), std::string::npos) << "the value is repeated";
    return status.error().code;
  }
};

TEST_F(DoorTest, ANumberBecomesAReference) {
  ASSERT_TRUE(door.put_card_number(entry, "4012 8888 8888 1881").has_value());
  ASSERT_TRUE(door.finish(entry).has_value());
  EXPECT_TRUE(text(AttributeId::card_reference).starts_with("pan/1:"));
  EXPECT_EQ(text(AttributeId::card_reference).size(), 6u + 32u);
  EXPECT_EQ(text(AttributeId::card_masked), "401288******1881");
  EXPECT_EQ(text(AttributeId::card_bin), "401288");
  EXPECT_EQ(text(AttributeId::card_identity), "token");
  EXPECT_TRUE(entry.get(AttributeId::card_previous_reference).absent());
  core::Bytes bytes;
  ASSERT_TRUE(entry.encode(bytes).has_value());
  EXPECT_EQ(bytes.find(number), std::string::npos);
}

TEST_F(DoorTest, TheReferenceIsTheFirstHalfOfTheKeyedHash) {
  // The counting source gives the key 01 02 .. 20: computed apart from CardKeys.
  std::string key;
  for (char c = 1; c <= 32; ++c) key.push_back(c);
  const crypto::Digest256 digest = crypto::HmacSha256(key).of(number);
  ASSERT_TRUE(door.put(entry, "card.number", number).has_value());
  EXPECT_EQ(text(AttributeId::card_reference), "pan/1:" + crypto::to_hex(std::span(digest).first(16)));
}

TEST_F(DoorTest, AWrongCheckDigitIsEvidenceNotAnError) {
  ASSERT_TRUE(door.put_card_number(entry, "4012888888881882").has_value());
  core::Bytes bytes;
  ASSERT_TRUE(entry.encode(bytes).has_value());
  payment::EntryView view;
  ASSERT_TRUE(view.decode(bytes).has_value());
  EXPECT_EQ(view.extra("card.check_digit_valid"), Value::of(false));
}

TEST_F(DoorTest, DuringARotationTheEntryCarriesBothReferences) {
  ASSERT_TRUE(door.put_card_number(entry, number).has_value());
  const std::string old_reference = text(AttributeId::card_reference);
  auto rotated = CardKeys::parse(keys->file_text().view());
  ASSERT_TRUE(rotated.has_value());
  ASSERT_TRUE(rotated->rotate(random, 1000, 90 * core::day_ms).has_value());
  const auto both = std::make_shared<const CardKeys>(std::move(*rotated));
  Door after(both);
  entry.clear();
  ASSERT_TRUE(after.put_card_number(entry, number).has_value());
  EXPECT_TRUE(text(AttributeId::card_reference).starts_with("pan/2:"));
  EXPECT_EQ(text(AttributeId::card_previous_reference), old_reference);
#if defined(TILLWATCH_SABOTAGE)
  core::Sabotage sabotage;
  ASSERT_TRUE(sabotage.set("forget_old_key"));
  Door forgetful(both, sabotage);
  entry.clear();
  ASSERT_TRUE(forgetful.put_card_number(entry, number).has_value());
  EXPECT_TRUE(entry.get(AttributeId::card_previous_reference).absent())
      << "the switch must break the promise";
#endif
}

TEST_F(DoorTest, TokensHaveANamespace) {
  ASSERT_TRUE(door.put_card_token(entry, "acme", "tok_81").has_value());
  ASSERT_TRUE(door.finish(entry).has_value());
  EXPECT_EQ(text(AttributeId::card_reference), "token/acme:tok_81");
  EXPECT_EQ(text(AttributeId::card_identity), "token");
  EXPECT_FALSE(door.put_card_token(entry, "", "tok").has_value());
  EXPECT_FALSE(door.put_card_token(entry, "a b", "tok").has_value());
  EXPECT_TRUE(door.put_card_token(entry, std::string(32, 'n'), std::string(256, 't')).has_value());
  EXPECT_FALSE(door.put_card_token(entry, std::string(33, 'n'), "tok").has_value());
  EXPECT_FALSE(door.put_card_token(entry, "n", std::string(257, 't')).has_value());
  EXPECT_EQ(door.put_card_token(entry, "n", number).error().code, ErrorCode::denied);
  EXPECT_EQ(door.put_card_token(entry, number, "tok").error().code, ErrorCode::denied);
  EXPECT_EQ(door.put_card_token(entry, "n", "1234567890123").error().code, ErrorCode::denied);
}

TEST_F(DoorTest, NumberAndTokenTogetherAreRefused) {
  ASSERT_TRUE(door.put_card_token(entry, "acme", "tok").has_value());
  EXPECT_FALSE(door.put_card_number(entry, number).has_value());
  entry.clear();
  ASSERT_TRUE(door.put_card_number(entry, number).has_value());
  EXPECT_FALSE(door.put_card_token(entry, "acme", "tok").has_value());
}

TEST_F(DoorTest, MaskedNumbersJoinTheirIssuer) {
  ASSERT_TRUE(door.put(entry, "card.issuer", "0102").has_value());
  ASSERT_TRUE(door.put(entry, "card.masked", "622848xxxxxx1234").has_value());
  ASSERT_TRUE(door.finish(entry).has_value());
  EXPECT_EQ(text(AttributeId::card_reference), "masked:622848*1234@0102");
  EXPECT_EQ(text(AttributeId::card_masked), "622848******1234");
  EXPECT_EQ(text(AttributeId::card_identity), "masked");
  EXPECT_EQ(text(AttributeId::card_bin), "622848");
  for (const std::string_view bad :
       {"622848**1234", "62284*******1234", "622848******123", "622848******12345"})
    EXPECT_EQ(refusal("card.masked", bad), ErrorCode::invalid) << bad;
  EXPECT_EQ(refusal("card.masked", number), ErrorCode::denied);
}

TEST_F(DoorTest, AMaskBesideANumberMustBeItsMask) {
  ASSERT_TRUE(door.put_card_number(entry, number).has_value());
  EXPECT_TRUE(door.put_card_masked(entry, "401288******1881").has_value());
  EXPECT_FALSE(door.put_card_masked(entry, "401288******1882").has_value());
}

TEST_F(DoorTest, IdentityGrades) {
  ASSERT_TRUE(door.finish(entry).has_value());
  EXPECT_EQ(text(AttributeId::card_identity), "none");
  ASSERT_TRUE(door.put(entry, "card.bin", "62284812").has_value());
  ASSERT_TRUE(door.finish(entry).has_value());
  EXPECT_EQ(text(AttributeId::card_identity), "issuer_only");
  EXPECT_EQ(text(AttributeId::card_bin), "622848");
  entry.clear();
  entry.header.kind = payment::EntryKind::log_in;
  ASSERT_TRUE(door.finish(entry).has_value());
  EXPECT_TRUE(entry.get(AttributeId::card_identity).absent());
}

TEST_F(DoorTest, TextsBecomeTheAttributesTypes) {
  ASSERT_TRUE(door.put(entry, "amount", "12345").has_value());
  ASSERT_TRUE(door.put(entry, "currency", "CNY").has_value());
  ASSERT_TRUE(door.put(entry, "tx.approved", "1").has_value());
  ASSERT_TRUE(door.put(entry, "tx.offline", "false").has_value());
  ASSERT_TRUE(door.put(entry, "tx.terminal_time", "2026-07-03T14:05:09.123+08:00").has_value());
  ASSERT_TRUE(door.put(entry, "location.latitude", "-31.2345678").has_value());
  ASSERT_TRUE(door.put(entry, "merchant.id", "").has_value());
  EXPECT_EQ(entry.get(AttributeId::amount), Value::of(std::int64_t{12345}));
  EXPECT_EQ(entry.get(AttributeId::tx_approved), Value::of(true));
  EXPECT_EQ(entry.get(AttributeId::tx_offline), Value::of(false));
  EXPECT_EQ(entry.get(AttributeId::tx_terminal_time),
            Value::of(*core::parse_time("2026-07-03T06:05:09.123Z")));
  EXPECT_EQ(entry.get(AttributeId::location_latitude_e6), Value::of(std::int64_t{-31234568}));
  EXPECT_TRUE(entry.get(AttributeId::merchant_id).absent());
}

TEST_F(DoorTest, WrongValuesAreRefusedWithoutBeingRepeated) {
  for (const auto& [attribute, value] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"amount", "12.5"},
           {"amount", "-7"},
           {"amount", "1000000000000001"},
           {"currency", "cny"},
           {"currency", "156"},
           {"tx.approved", "yes"},
           {"tx.terminal_time", "yesterday"},
           {"tx.type", "sail"},
           {"merchant.mcc", "541"},
           {"location.latitude", "90.1"},
           {"location.longitude", "east"},
           {"utc_offset_minutes", "841"},
           {"card.bin", "62284"},
           {"amount", "99999999999999999999"}})
    EXPECT_EQ(refusal(attribute, value), ErrorCode::invalid) << attribute << " " << value;
  EXPECT_TRUE(door.put(entry, "amount", "1000000000000000").has_value());
  EXPECT_TRUE(door.put(entry, "utc_offset_minutes", "840").has_value());
  EXPECT_TRUE(door.put(entry, "id", std::string(128, 'i')).has_value());
  EXPECT_EQ(refusal("id", std::string(129, 'i')), ErrorCode::invalid);
  EXPECT_TRUE(door.put(entry, "merchant.city", std::string(1024, 'c')).has_value());
  EXPECT_EQ(refusal("merchant.city", std::string(1025, 'c')), ErrorCode::invalid);
}

TEST_F(DoorTest, CardNumbersInTypedAttributesAreRefused) {
  for (const std::string_view attribute :
       {"id", "merchant.id", "terminal.serial", "account.id", "tx.original_id", "list.value", "device.id"}) {
    EXPECT_EQ(refusal(attribute, number), ErrorCode::denied) << attribute;
    EXPECT_EQ(refusal(attribute, "x4012-8888-8888-1881"), ErrorCode::denied) << attribute;
  }
  EXPECT_EQ(refusal("amount", number), ErrorCode::denied);
  EXPECT_EQ(refusal("id", "1234567890123"), ErrorCode::denied);
  EXPECT_TRUE(door.put(entry, "id", "123456789012").has_value());
  EXPECT_TRUE(door.put(entry, "id", "o1234567890123").has_value());
  EXPECT_TRUE(door.put(entry, "merchant.id", "898440359810001").has_value());
  EXPECT_TRUE(door.put(entry, "terminal.sim", "89860012345678901234").has_value());
  // A cryptogram of digits is left out instead: nobody chose it.
  EXPECT_TRUE(door.put(entry, "tx.arqc", number).has_value());
  EXPECT_TRUE(entry.get(AttributeId::tx_arqc).absent());
}

TEST_F(DoorTest, InternalAttributesStayInternal) {
  for (const std::string_view attribute :
       {"client", "card.reference", "card.identity", "card.id", "amount_base", "decision.authorisation"})
    EXPECT_EQ(refusal(attribute, "zz9"), ErrorCode::denied) << attribute;
}

TEST_F(DoorTest, UnknownMembersAreKeptMaskedOrNotAtAll) {
  ASSERT_TRUE(door.put(entry, "loyalty.tier", "gold").has_value());
  ASSERT_TRUE(door.put(entry, "note", "card 4012888888881881!").has_value());
  ASSERT_TRUE(door.put(entry, "customer.phone", "13800138000").has_value());
  ASSERT_TRUE(door.put_value(entry, "as_number", Value::of(std::int64_t{4012888888881881})).has_value());
  ASSERT_TRUE(door.put_value(entry, "as_decimal", Value::of(4012888888881881.0)).has_value());
  ASSERT_TRUE(door.put_value(entry, "stamp", Value::of(std::int64_t{1783087509123})).has_value());
  core::Bytes bytes;
  ASSERT_TRUE(entry.encode(bytes).has_value());
  payment::EntryView view;
  ASSERT_TRUE(view.decode(bytes).has_value());
  EXPECT_EQ(view.extra("loyalty.tier"), Value::of("gold"));
  EXPECT_EQ(view.extra("note"), Value::of("card 401288******1881!"));
  EXPECT_EQ(view.extra("as_number"), Value::of("401288******1881"));
  EXPECT_EQ(view.extra("as_decimal"), Value::of("401288******1881"));
  EXPECT_EQ(view.extra("stamp"), Value::of(std::int64_t{1783087509123}));
  EXPECT_TRUE(view.extra("customer.phone").absent());
  EXPECT_EQ(door.counters().masked, 3u);
  EXPECT_EQ(door.counters().dropped, 1u);
  EXPECT_EQ(door.put(entry, "x 4012888888881881", "v").error().code, ErrorCode::denied);
}

TEST_F(DoorTest, BannedNamesInAnySpelling) {
  for (const std::string_view name : {"track1",       "Track_2",
                                      "TRACK-DATA",   "track",
                                      "cvv",          "CVV2",
                                      "cvc_code",     "cvn2",
                                      "pin",          "PIN_block",
                                      "pinblock",     "mag_stripe",
                                      "de35",         "icc",
                                      "5A",           "57",
                                      "customer.cvv", "card-verification-value",
                                      "emv_data",     "pin_block.value"})
    EXPECT_EQ(classify_name(name), NameClass::banned) << name;
  for (const std::string_view name : {"holder_name", "ID-Number", "phone", "eMail", "customer.full_name"})
    EXPECT_EQ(classify_name(name), NameClass::personal) << name;
  for (const std::string_view name : {"tracking_number", "pinned", "loyalty.tier", "merchant.city",
                                      "soft_pin_entry", "convenience", "names_checked", "phone_model"})
    EXPECT_EQ(classify_name(name), NameClass::plain) << name;
  EXPECT_EQ(refusal("cvv", "123"), ErrorCode::denied);
}

TEST_F(DoorTest, NoKnownAttributeHasAForbiddenName) {
  for (const payment::AttributeInfo& info : payment::attributes())
    EXPECT_NE(classify_name(info.name), NameClass::banned) << info.name;
}

TEST_F(DoorTest, MoneyNeedsItsCurrency) {
  ASSERT_TRUE(door.put(entry, "amount", "5").has_value());
  const core::Status status = door.finish(entry);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().where, "currency");
}

}  // namespace
}  // namespace tillwatch::door
