#include "door/event_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

namespace tillwatch::door {
namespace {

using core::ErrorCode;
using payment::AttributeId;
using payment::EntryKind;
using payment::Value;
using Kinds = Expectation::Kinds;

class CountingRandom : public ports::Random {
 public:
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 1;
};

constexpr std::string_view number = "4012888888881881";
constexpr std::string_view whole_event = R"({"id": "t-1", "time": "2026-07-03T14:05:09.123+08:00",
  "amount": 12345, "currency": "CNY", "utc_offset_minutes": 480,
  "card": {"number": "4012 8888 8888 1881", "funding": "credit", "issuer": "0102"},
  "merchant": {"id": "898440359810001", "mcc": "5411"}, "terminal": {"id": "10000001", "serial": "N9-1"},
  "tx": {"type": "sale", "entry_mode": "chip", "card_present": true, "latency_ms": 240},
  "location": {"latitude": 31.2304, "longitude": 121.4737},
  "loyalty": {"tier": "gold", "points": 7, "share": 0.25, "tags": ["a", "b"], "none": null}})";

class EventReaderTest : public ::testing::Test {
 protected:
  CountingRandom random;
  Door door{std::make_shared<const CardKeys>(CardKeys::generate(random, 0))};
  EventReader reader{door};
  payment::EntryBuilder entry;
  core::Bytes bytes;
  payment::EntryView view;

  std::vector<Fault> read(std::string_view json, Kinds kinds = Kinds::any, bool id_required = false) {
    return reader.read(json, {kinds, id_required, "shop"}, entry);
  }
  void accept(std::string_view json, Kinds kinds = Kinds::any) {
    const auto faults = read(json, kinds);
    for (const Fault& fault : faults) ADD_FAILURE() << fault.pointer << ": " << fault.detail;
    ASSERT_TRUE(entry.encode(bytes).has_value());
    ASSERT_TRUE(view.decode(bytes).has_value());
  }
  // The pointers of the faults, sorted and joined.
  std::string pointers(std::string_view json, Kinds kinds = Kinds::any, bool id_required = false) {
    std::vector<std::string> found;
    for (const Fault& fault : read(json, kinds, id_required)) {
      found.push_back(fault.pointer);
      EXPECT_FALSE(fault.detail.empty());
      EXPECT_FALSE(fault.remedy.empty());
    }
    std::ranges::sort(found);
    std::string all;
    for (const std::string& pointer : found)
      all += (all.empty() ? "" : " ") + (pointer.empty() ? "whole" : pointer);
    return all;
  }
};

TEST_F(EventReaderTest, AWholeTransaction) {
  accept(whole_event, Kinds::transaction);
  EXPECT_EQ(view.kind(), EntryKind::transaction);
  EXPECT_EQ(view.header().event_time, *core::parse_time("2026-07-03T06:05:09.123Z"));
  EXPECT_EQ(view.text(AttributeId::client), "shop");
  EXPECT_EQ(view.text(AttributeId::id), "t-1");
  EXPECT_EQ(view.get(AttributeId::amount), Value::of(std::int64_t{12345}));
  EXPECT_EQ(view.text(AttributeId::card_masked), "401288******1881");
  EXPECT_EQ(view.text(AttributeId::card_identity), "token");
  EXPECT_EQ(view.text(AttributeId::merchant_id), "898440359810001");
  EXPECT_EQ(view.get(AttributeId::location_longitude_e6), Value::of(std::int64_t{121473700}));
  EXPECT_EQ(view.extra("loyalty.tier"), Value::of("gold"));
  EXPECT_EQ(view.extra("loyalty.points"), Value::of(std::int64_t{7}));
  EXPECT_EQ(view.extra("loyalty.share"), Value::of(0.25));
  EXPECT_EQ(view.extra("loyalty.tags[1]"), Value::of("b"));
  EXPECT_EQ(view.extras().size(), 5u);
  EXPECT_TRUE(reader.held_card_number());
}

TEST_F(EventReaderTest, OrderOfMembersDoesNotMatter) {
  accept(R"({"card":{"token":"t","token_namespace":"n"},"id":"1","amount":5,"currency":"CNY"})");
  const core::Bytes first = bytes;
  accept(R"({"currency":"CNY","amount":5,"id":"1","card":{"token_namespace":"n","token":"t"}})");
  EXPECT_EQ(bytes, first);
  EXPECT_FALSE(reader.held_card_number());
}

TEST_F(EventReaderTest, Times) {
  accept(R"({"id":"1","time":1783087509123})");
  EXPECT_EQ(view.header().event_time, 1783087509123);
  accept(R"({"id":"1"})");
  EXPECT_NE(view.header().flags & payment::flag_event_time_missing, 0);
  for (const std::string_view bad :
       {R"({"time":"14:05"})", R"({"time":1783087509})", R"({"time":true})",
        R"({"time":"2026-07-03T14:05:09"})", R"({"time":99999999999999999})", R"({"time":1.5})"})
    EXPECT_EQ(pointers(bad), "/time") << bad;
}

TEST_F(EventReaderTest, AllFaultsAtOnce) {
  EXPECT_EQ(
      pointers(R"({"id":"1234567890123","time":"x","amount":"5","currency":"CNY","merchant":{"mcc":5411},
                        "tx":{"type":"sail"},"card":{"number":"12"}})"),
      "/amount /card/number /id /merchant/mcc /time /tx/type");
  EXPECT_EQ(pointers(R"({"amount":5})", Kinds::transaction, true), "/currency /id");
}

TEST_F(EventReaderTest, BannedNamesAtAnyDepth) {
  EXPECT_EQ(pointers(R"({"id":"1","card":{"cvv":"123"}})"), "/card/cvv");
  EXPECT_EQ(pointers(R"({"id":"1","a":{"b":[{"c":{"Track-2":";4012888888881881=2512"}}]}})"),
            "/a/b/0/c/Track-2");
  EXPECT_EQ(pointers(R"({"id":"1","holder":{"pin_block":"00"}})"), "/holder/pin_block");
  EXPECT_EQ(pointers(R"({"id":"1","amount":{"pin":"1"},"currency":"CNY"})"), "/amount /amount/pin");
  EXPECT_EQ(pointers(R"({"id":"1","pin":null})"), "/pin");
  EXPECT_EQ(pointers(R"({"id":"1","a":[{"list":[57,56,5]}]})"), "");
}

TEST_F(EventReaderTest, PersonalMembersAreDropped) {
  accept(R"({"id":"1","card":{"holder_name":"A B"},"customer":{"phone":"13800138000","ids":{"id_number":"x"}},
             "email":"a@b"})");
  EXPECT_TRUE(view.extras().empty());
  EXPECT_EQ(door.counters().dropped, 4u);
}

TEST_F(EventReaderTest, KindsByDoor) {
  EXPECT_EQ(pointers(R"({"id":"1","kind":"label","label":{"type":"complaint"}})", Kinds::transaction),
            "/kind");
  EXPECT_EQ(pointers(R"({"id":"1","kind":"transaction"})", Kinds::others), "/kind");
  EXPECT_EQ(pointers(R"({"id":"1"})", Kinds::others), "/kind");
  EXPECT_EQ(pointers(R"({"id":"1","kind":"nonsense"})"), "/kind");
  EXPECT_EQ(pointers(R"({"id":"1","kind":7})"), "/kind");
  for (const std::string_view kind : {"tick", "decision", "policy_swap"})
    EXPECT_EQ(pointers(R"({"id":"1","kind":")" + std::string(kind) + R"("})"), "/kind") << kind;
}

TEST_F(EventReaderTest, KindsNeedTheirAttributes) {
  EXPECT_EQ(pointers(R"({"kind":"outcome"})"), "/outcome/approved /tx/original_id");
  EXPECT_EQ(pointers(R"({"kind":"label"})"), "/label/type");
  EXPECT_EQ(pointers(R"({"kind":"terminal_status"})"), "/status/event /terminal/serial");
  EXPECT_EQ(pointers(R"({"kind":"log_in"})"), "/log_in/success /user/id");
  EXPECT_EQ(pointers(R"({"kind":"advert"})"), "/advert/phrase");
  EXPECT_EQ(pointers(R"({"kind":"registry_command"})"), "/registry/entity /registry/id");
  EXPECT_EQ(pointers(R"({"kind":"list_change"})"), "/list/action /list/name /list/value");
  EXPECT_EQ(pointers(R"({"kind":"retract"})"), "/retract/batch");
  EXPECT_EQ(
      pointers(
          R"({"kind":"list_change","list":{"name":"n","action":"add"},"card":{"number":"4012888888881881"}})"),
      "");
}

TEST_F(EventReaderTest, RegistryFieldsAreExtrasWhateverTheyAreCalled) {
  accept(R"({"kind":"registry_command","id":"r1","registry":{"entity":"terminal","id":"N9-1",
             "fields":{"status":"active","amount":5,"merchant":{"id":"m"},"note":"4012888888881881"}}})",
         Kinds::others);
  EXPECT_EQ(view.extra("status"), Value::of("active"));
  EXPECT_EQ(view.extra("amount"), Value::of(std::int64_t{5}));
  EXPECT_EQ(view.extra("merchant.id"), Value::of("m"));
  EXPECT_EQ(view.extra("note"), Value::of("401288******1881"));
  EXPECT_FALSE(view.has(AttributeId::amount));
  EXPECT_FALSE(view.has(AttributeId::merchant_id));
  EXPECT_EQ(
      pointers(R"({"kind":"registry_command","registry":{"entity":"terminal","id":"1","fields":{"cvv":1}}})"),
      "/registry/fields/cvv");
}

TEST_F(EventReaderTest, AGroupIsAnObject) {
  for (const std::string value : {"\"\"", "\"tok_1\"", "1", "true", "[]", R"([{"token":"t"}])"})
    EXPECT_EQ(pointers(R"({"id":"a","card":)" + value + "}"), "/card") << value;
  EXPECT_EQ(pointers(R"({"id":"a","card":[{"cvv":1}]})"), "/card /card/0/cvv");
  EXPECT_EQ(pointers(R"({"id":"a","card":null,"tx":{},"cards":"mine","c":1})"), "");
  // The group whose members are no attributes is one too, whatever the kind (seen by the fuzzer of the
  // contract).
  for (const std::string value : {"[]", "5", "\"all\"", R"([{"status":"active"}])"})
    for (const std::string kind : {"terminal_status", "registry_command"})
      EXPECT_EQ(pointers(R"({"kind":")" + kind + R"(","status":{"event":"boot"},"terminal":{"id":"1"},
                             "registry":{"entity":"terminal","id":"1","fields":)" +
                         value + "}}"),
                "/registry/fields")
          << kind << value;
}

TEST_F(EventReaderTest, DegreesAreOneNumber) {
  EXPECT_EQ(pointers(R"({"id":"a","location":{"latitude":[1],"longitude":{"a":1}}})"),
            "/location/latitude /location/longitude");
}

TEST_F(EventReaderTest, AnIssuerAtTheLimitAndOneMore) {
  const auto event = [](std::size_t size) {
    return R"({"id":"a","card":{"masked":"622848******1234","issuer":")" + std::string(size, 'i') + R"("}})";
  };
  EXPECT_EQ(pointers(event(256)), "");
  EXPECT_EQ(pointers(event(257)), "/card/issuer");
}

TEST_F(EventReaderTest, MembersGivenTwice) {
  EXPECT_EQ(pointers(R"({"id":"1","merchant.id":"a","merchant":{"id":"b"}})"), "/merchant/id");
  EXPECT_EQ(pointers(R"({"id":"1","x.y":"a","x":{"y":"b"}})"), "/x/y");
}

TEST_F(EventReaderTest, NothingFromOutsideSetsWhatIsOurs) {
  EXPECT_EQ(pointers(R"({"id":"1","client":"other"})"), "/client");
  EXPECT_EQ(pointers(R"({"id":"1","card":{"reference":"pan/1:00"}})"), "/card/reference");
  EXPECT_EQ(pointers(R"({"id":"1","decision":{"authorisation":"allow"}})"), "/decision/authorisation");
}

TEST_F(EventReaderTest, WhatIsNoEvent) {
  EXPECT_EQ(pointers(""), "whole");
  EXPECT_EQ(pointers("[]"), "whole");
  EXPECT_EQ(pointers("7"), "whole");
  EXPECT_EQ(pointers(R"({"id":"1")"), "whole");
  EXPECT_EQ(pointers(R"({"card":{"number":1,"token":2}})"), "/card/number /card/token");
  EXPECT_EQ(pointers(R"({"id":"1","card":{"token":"t"}})"), "/card/token_namespace");
  EXPECT_EQ(pointers(R"({"id":"1","card":{"token_namespace":"t"}})"), "/card/token");
  EXPECT_EQ(pointers(R"({"id":"1","merchant":{"id":18446744073709551615}})"), "/merchant/id");
}

TEST_F(EventReaderTest, ExtrasAtTheLimitAndOneMore) {
  const auto event = [](std::size_t extras) {
    std::string json = R"({"id":"1")";
    for (std::size_t i = 0; i < extras; ++i) json += ",\"x" + std::to_string(i) + "\":1";
    return json + "}";
  };
  EXPECT_EQ(pointers(event(core::limits::entry_extra_count_max)), "");
  EXPECT_EQ(pointers(event(core::limits::entry_extra_count_max + 1)), "/x64");
}

TEST_F(EventReaderTest, ValuesAtTheLimitAndOneMore) {
  const auto event = [](std::size_t values) {
    std::string json = R"({"id":"1","a":[)";
    for (std::size_t i = 0; i < values - 2; ++i) json += i == 0 ? "null" : ",null";
    return json + "]}";
  };
  EXPECT_EQ(pointers(event(core::limits::event_values_max)), "");
  EXPECT_EQ(pointers(event(core::limits::event_values_max + 1)), "/a");
  EXPECT_EQ(pointers(event(3 * core::limits::event_values_max)), "/a");
}

TEST_F(EventReaderTest, TellsAtMostSixtyFourFaults) {
  std::string json = R"({"id":"1","a":[)";
  for (std::size_t i = 0; i < 400; ++i) json += i == 0 ? "1" : ",1";
  EXPECT_EQ(read(json + "]}").size(), 64u);
}

// Wherever the number stands, it is neither in the entry nor in a message.
TEST_F(EventReaderTest, TheNumberIsNowhere) {
  const std::string digits(number);
  const std::vector<std::string> events = {
      R"({"id":")" + digits + R"("})",
      R"({"id":"1","card":{"number":")" + digits + R"("}})",
      R"({"id":"1","card":{"number":)" + digits + R"(}})",
      R"({"id":"1","card":{"token":")" + digits + R"(","token_namespace":"n"}})",
      R"({"id":"1","card":{"masked":")" + digits + R"("}})",
      R"({"id":"1","card":{"issuer":")" + digits + R"("}})",
      R"({"id":"1","note":"a)" + digits + R"(b"})",
      R"({"id":"1","note":)" + digits + "}",
      R"({"id":"1","note":)" + digits + ".0}",
      R"({"id":"1","note":"000)" + digits + R"(99999"})",
      R"({"id":"1",")" + digits + R"(":1})",
      R"({"id":"1",")" + digits + R"(":{"cvv":1}})",
      R"({"id":"1","/)" + digits + R"(":{"cvv":1}})",
      R"({"id":"1","~)" + digits + R"(/":{"cvv":1}})",
      R"({"id":"1","a":[")" + digits + R"("]})",
      R"({"id":"1","time":)" + digits + "}",
      R"({"id":"1","time":")" + digits + R"("})",
      R"({"kind":")" + digits + R"("})",
      R"({"id":"1","tx":{"type":")" + digits + R"("}})",
      R"({"id":"1","amount":)" + digits + R"(,"currency":"CNY"})",
      R"({"id":"1","currency":")" + digits + R"("})",
      R"({"id":"1","holder_name":")" + digits + R"("})",
      R"({"id":"1","x":")" + digits + R"(")",
      R"({"id":"1","x":)" + digits + digits + "}",
      R"({")" + digits + R"(":1,")" + digits + R"(":2})",
      digits,
  };
  for (const std::string& event : events) {
    std::string said;
    for (const Fault& fault : read(event)) said += fault.pointer + fault.detail + fault.remedy;
    EXPECT_EQ(said.find(digits), std::string::npos) << event;
    if (said.empty()) {
      ASSERT_TRUE(entry.encode(bytes).has_value());
      EXPECT_EQ(bytes.find(digits), std::string::npos) << event;
    }
    EXPECT_TRUE(reader.held_card_number()) << event;
    reader.forget();
  }
}

#if defined(TILLWATCH_SABOTAGE)
TEST_F(EventReaderTest, TheLeakSwitchLeaks) {
  core::Sabotage sabotage;
  ASSERT_TRUE(sabotage.set("leak_card_number"));
  CountingRandom other;
  Door leaking(std::make_shared<const CardKeys>(CardKeys::generate(other, 0)), sabotage);
  EventReader leaky(leaking);
  ASSERT_TRUE(leaky.read(whole_event, {}, entry).empty());
  ASSERT_TRUE(entry.encode(bytes).has_value());
  EXPECT_NE(bytes.find(number), std::string::npos);
}
#endif

TEST_F(EventReaderTest, DamagedEventsNeverCrash) {
  const unsigned seed = 7;
  SCOPED_TRACE(seed);
  std::mt19937 dice(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string json(whole_event);
    for (unsigned changes = 1 + dice() % 4; changes > 0; --changes)
      json[dice() % json.size()] = static_cast<char>(dice() % 256);
    if (read(json).empty()) {
      ASSERT_TRUE(entry.encode(bytes).has_value());
      EXPECT_EQ(bytes.find(number), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace tillwatch::door
