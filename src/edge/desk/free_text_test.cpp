// Card numbers that people type where words go: every free text that the contract lets a request hold is sent
// with one, and is masked or refused; no row of the database and no line of the log has it afterwards. A
// field that the contract gets and nobody sends here turns the test red.
#include <algorithm>
#include <map>
#include <set>

#include "access/proposal.h"
#include "api/contract.h"
#include "desk/access_routes_fixture.h"
#include "findings/inbox.h"
#include "rulebook/publication.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view card = "4111111111111111";
constexpr std::string_view policy_text =
    "policy: small\n"
    "authority: acquirer\n"
    "lists:\n"
    "  - {name: blocked, of: merchant.id, effect: block}\n"
    "rules:\n"
    "  - id: R\n"
    "    typology: T01\n"
    "    title: {en: Large, zh: 大额}\n"
    "    when: amount >= 40000\n"
    "    action: {authorisation: decline}\n"
    "    reason: amount\n"
    "    text: {en: Large amount, zh: 大额交易}\n";

// Operations whose texts are not sent, and why.
const std::map<std::string, std::string, std::less<>> left_out{
    {"lookAtInvitation", "a secret, looked up by its digest"},
    {"signIn", "a name and a password, compared and never kept (sign_in_test)"},
    {"showFactor", "digits that are compared"},
    {"stepUp", "digits that are compared"},
    {"confirmTotp", "digits that are compared"},
    {"setPassword", "hashed"},
    {"writeDraftFile", "a policy's own text, in which scenarios name the public test cards"},
    {"rollBackPolicy", "needs a second version; its reason goes the way of proposeDraft's"},
    {"setMail", "addresses, judged as such, and a password that is sealed"},
};
// Members of the others that hold no words of people.
const std::set<std::string, std::less<>> no_words{"arrive.token", "arrive.password", "createWebhook.url",
                                                  "changeWebhook.url"};
// Words that are taken, and masked: of whoever writes more than a name.
const std::set<std::string, std::less<>> taken{"reason", "text", "despite", "?reason"};

class FreeTextTest : public AccessRoutesTest {
 protected:
  using Members = std::map<std::string, std::string>;  // name and JSON

  FreeTextTest() : json_(api::json_of_yaml(api::openapi_yaml, "openapi.yaml").value()) {
    root_.emplace(reader_.parse(json_).value());
    for (const json::Member& path : root_->find("paths")->members()) {
      if (!path.name.starts_with("/desk/")) continue;
      for (const json::Member& one : path.value.members()) read_operation(one.value);
    }
    seed_ = make_owner(owner_);
    auto transaction = sql::Transaction::begin(db_).value();
    const rulebook::PackSet first{{{"policy.yaml", std::string(policy_text)}}, {}};
    EXPECT_TRUE(rulebook::adopt(db_, first, world_.clock.now()));
    EXPECT_TRUE(transaction.commit());
  }

  static std::string text_in(const json::View& view, std::string_view name) {
    const auto found = view.find(name);
    return found && found->is(json::Kind::string) ? std::string(found->as_string().value()) : std::string();
  }
  json::View resolved(json::View view) {
    for (auto reference = view.find("$ref"); reference; reference = view.find("$ref")) {
      const std::string_view place = reference->as_string().value();
      json::View at = *root_;
      for (std::size_t from = 2; from < place.size();) {
        const std::size_t end = std::min(place.find('/', from), place.size());
        at = at.at(place.substr(from, end - from)).value();
        from = end + 1;
      }
      view = at;
    }
    return view;
  }
  static bool is(const json::View& schema, std::string_view type) {
    const auto said = schema.find("type");
    if (!said) return false;
    if (said->is(json::Kind::string)) return said->as_string().value() == type;
    for (const json::View& one : said->elements())
      if (one.as_string().value() == type) return true;
    return false;
  }
  void read_schema(const json::View& given, const std::string& path, std::set<std::string>& found) {
    const json::View schema = resolved(given);
    for (const std::string_view kind : {"allOf", "oneOf", "anyOf"})
      if (const auto parts = schema.find(kind))
        for (const json::View& part : parts->elements()) read_schema(part, path, found);
    const bool bound = schema.find("enum") || schema.find("format") || schema.find("pattern");
    if (is(schema, "string") && !bound) found.insert(path);
    if (const auto items = schema.find("items")) read_schema(*items, path, found);
    if (const auto properties = schema.find("properties"))
      for (const json::Member& one : properties->members())
        read_schema(one.value, path.empty() ? std::string(one.name) : path + "." + std::string(one.name),
                    found);
  }
  void read_operation(const json::View& operation) {
    const std::string name = text_in(operation, "operationId");
    std::set<std::string> found;
    if (const auto body = operation.find("requestBody"))
      read_schema(body->at("content").value().at("application/json").value().at("schema").value(), "", found);
    if (const auto parameters = operation.find("parameters"))
      for (const json::View& one : parameters->elements())
        if (text_in(resolved(one), "in") == "query" && text_in(resolved(one), "name") == "reason")
          found.insert("?reason");
    if (!found.empty() && !left_out.contains(name)) texts_[name] = std::move(found);
  }

  // What stands for a member of a member: the whole of it.
  static Members nested(const std::string& path, const std::string& words) {
    const std::size_t dot = path.find('.');
    if (dot == std::string::npos) return {{path, words}};
    const std::string outer = path.substr(0, dot);
    if (outer == "roles")
      return {{outer, path == "roles.role" ? "[{\"role\":" + words + ",\"agent\":\"*\"}]"
                                           : "[{\"role\":\"rep\",\"agent\":" + words + "}]"}};
    if (outer == "numbers")
      return {{outer, path == "numbers.channel" ? "[{\"channel\":" + words + ",\"number\":\"N1\"}]"
                                                : "[{\"channel\":\"leshua\",\"number\":" + words + "}]"}};
    return {{outer, "{\"minor\":1,\"currency\":" + words + "}"}};
  }
  static std::string body_of(const Members& members) {
    std::string text;
    for (const auto& [name, value] : members) text += (text.empty() ? "{\"" : ",\"") + name + "\":" + value;
    return text.empty() ? std::string() : text + "}";
  }

  // Every free text of the operation in turn, bare and among words. `fresh` says where it is sent and what
  // else it needs, anew each time.
  struct Place {
    std::string method, target;
    Members members;
  };
  template <class Fresh>
  void walk(const std::string& operation, Fresh fresh) {
    ASSERT_TRUE(texts_.contains(operation)) << operation << " has no free text";
    for (const std::string& text : texts_.at(operation)) {
      if (no_words.contains(operation + "." + text)) continue;
      for (const bool bare : {true, false}) {
        step_up(owner_, seed_);
        Place place = fresh();
        const std::string words = (bare ? "" : "of ") + std::string(card);
        if (text == "?reason")
          place.target += "?reason=" + (bare ? words : "of%20" + std::string(card));
        else
          for (auto& [name, value] : nested(text, "\"" + words + "\"")) place.members[name] = value;
        const auto reply = ask(owner_, place.method, place.target, body_of(place.members));
        const std::string told = operation + "." + text + ": " + std::to_string(reply.status) + reply.body;
        EXPECT_LT(reply.status, 500) << told;
        EXPECT_EQ(reply.body.find(card), std::string::npos) << told;
        if (taken.contains(text)) {
          EXPECT_LT(reply.status, 300) << told;
        }
      }
    }
    texts_.erase(operation);
  }
  std::string made(const std::string& target, const std::string& body) {
    const auto reply = ask(owner_, "POST", target, body);
    EXPECT_LT(reply.status, 300) << target << reply.body;
    return text_of(reply, "id");
  }
  std::string version_of(const std::string& target) {
    const auto reply = ask(owner_, "GET", target);
    json::Reader reader;
    const auto root = reader.parse(reply.body);
    const auto version = root ? root->find("version") : std::nullopt;
    EXPECT_TRUE(version) << target << reply.body;
    return version ? std::to_string(version->as_integer().value()) : "0";
  }
  std::string next(std::string_view word) { return std::string(word) + std::to_string(++made_); }
  std::string in_a_day() { return core::format_time(world_.clock.now() + core::day_ms); }

  // Rows of all tables, as they are.
  std::string tables_with_the_card() {
    std::vector<std::string> tables;
    EXPECT_TRUE(db_.each(GetParam() == sql::Dialect::sqlite
                             ? "select name from sqlite_master where type = 'table'"
                             : "select table_name from information_schema.tables where table_schema ="
                               " current_schema()",
                         {}, [&](const sql::Row& row) {
                           tables.emplace_back(row.text(0));
                           return true;
                         }));
    EXPECT_GT(tables.size(), 30u);
    std::string found;
    for (const std::string& table : tables)
      EXPECT_TRUE(db_.each("select * from " + table, {}, [&](const sql::Row& row) {
        for (std::size_t i = 0; i < row.size(); ++i)
          if ((row.type(i) == sql::Type::text || row.type(i) == sql::Type::octets) &&
              row.text(i).find(card) != std::string_view::npos)
            found += table + ": " + std::string(row.text(i)) + "\n";
        return true;
      }));
    return found;
  }

  void walk_accounts();
  void walk_registry();
  void walk_alerts_and_lists();
  void walk_the_rest();

  json::Reader reader_{
      json::Bounds{.bytes_max = 4 << 20, .depth_max = 40, .members_max = 1024, .string_bytes_max = 4096}};
  std::string json_;
  std::optional<json::View> root_;
  std::map<std::string, std::set<std::string>> texts_;  // that were not sent yet
  Browser owner_;
  std::string seed_;
  int made_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Engines, FreeTextTest, ::testing::ValuesIn(sql::test_engines()), sql::engine_name);

void FreeTextTest::walk_accounts() {
  walk("arrive", [&] {
    return Place{"POST",
                 "/desk/first-run",
                 {{"token", "\"" + link(access::Purpose::owner) + "\""},
                  {"password", "\"" + std::string(good_password) + "\""},
                  {"sign_in", "\"" + next("late") + "\""},
                  {"shown_name", "\"Late\""}}};
  });
  const auto account = [&] {
    return made("/desk/accounts", R"({"sign_in":")" + next("clerk") +
                                      R"(","shown_name":"Li","roles":[{"role":"rep","agent":"*"}]})");
  };
  walk("createAccount", [&] {
    return Place{"POST",
                 "/desk/accounts",
                 {{"sign_in", "\"" + next("new") + "\""},
                  {"shown_name", "\"Li\""},
                  {"roles", R"([{"role":"rep","agent":"*"}])"}}};
  });
  walk("changeAccount", [&] {
    const std::string target = "/desk/accounts/" + account();
    return Place{"PATCH", target, {{"version", version_of(target)}, {"language", "\"en\""}}};
  });
  Browser second;
  const std::string other = make_colleague(owner_, seed_, "second", "owner", second);
  walk("setApprovalMode", [&] {
    EXPECT_TRUE(db_.execute("delete from access_setting where name = 'approval_mode'"));
    return Place{"PUT", "/desk/approval-mode", {{"mode", "\"duo\""}, {"reason", "\"we are two\""}}};
  });
  // Of hers, for nobody decides on his own.
  const auto proposal = [&](std::string_view step) {
    auto transaction = sql::Transaction::begin(db_).value();
    const access::Wish wish{"settings.approval_mode", "settings", "two_people", "duo", "two"};
    const auto waits = access::propose(db_, parts_, other, wish, world_.clock.now()).value();
    EXPECT_TRUE(transaction.commit());
    Place place{"POST", "/desk/proposals/" + waits.id + "/" + std::string(step), {}};
    if (step == "approve") place.members["hash"] = "\"" + waits.hash + "\"";
    return place;
  };
  walk("approveProposal", [&] { return proposal("approve"); });
  walk("rejectProposal", [&] { return proposal("reject"); });
}

void FreeTextTest::walk_registry() {
  made("/desk/channels", R"({"id":"leshua","name":"Leshua"})");
  const std::string agent = "\"" + made("/desk/agents", R"({"name":"Li"})") + "\"";
  struct Kind {
    std::string name, path;
    Members members;
    bool named = false;  // gets its id from whoever makes it
    bool sealed = false;
  };
  for (const Kind& kind :
       {Kind{"Agent", "/desk/agents", {{"name", "\"Li\""}}},
        Kind{"Rep", "/desk/reps", {{"agent", agent}, {"name", "\"王小明\""}}, false, true},
        Kind{"Merchant", "/desk/merchants", {{"agent", agent}, {"name", "\"Shop\""}}},
        Kind{"Terminal", "/desk/terminals", {{"agent", agent}}, true},
        Kind{"SettlementAccount",
             "/desk/settlement-accounts",
             {{"agent", agent},
              {"bank", "\"Bank\""},
              {"number", "\"6222000011119876\""},
              {"holder", "\"王小明\""}},
             false,
             true},
        Kind{"Person", "/desk/persons", {{"agent", agent}, {"name", "\"王小明\""}}, false, true},
        Kind{"Channel", "/desk/channels", {{"name", "\"Leshua\""}}, true}}) {
    const auto wish = [&] {
      Members members = kind.members;
      if (kind.named) members["id"] = "\"" + next("SN") + "\"";
      return members;
    };
    const auto target = [&] { return kind.path + "/" + made(kind.path, body_of(wish())); };
    walk("create" + kind.name, [&] { return Place{"POST", kind.path, wish()}; });
    walk("change" + kind.name, [&] {
      const std::string at = target();
      return Place{"PATCH", at, {{"version", version_of(at)}, {"note", "\"n\""}}};
    });
    if (kind.sealed) walk("reveal" + kind.name, [&] { return Place{"POST", target() + "/reveal", {}}; });
  }
}

void FreeTextTest::walk_alerts_and_lists() {
  std::int64_t sequence = 0;
  const auto alert = [&](std::string_view step) {
    const findings::Inbox inbox{findings::Grouping{}};
    const std::string subject = next("M");
    EXPECT_TRUE(inbox.take(db_, {.sequence = ++sequence,
                                 .place = 0,
                                 .at = world_.clock.now(),
                                 .rule = "R",
                                 .typology = "T01",
                                 .reason = "amount",
                                 .severity = 3,
                                 .subject_kind = "merchant.id",
                                 .subject = subject,
                                 .agent = "",
                                 .merchant = subject,
                                 .terminal = "",
                                 .declined = false,
                                 .client = "till",
                                 .request_id = "tx",
                                 .amount = 1,
                                 .currency = "CNY"}));
    const auto rows = db_.query("select id from findings_alert where subject = $1", {subject}).value();
    return "/desk/alerts/" + std::string(rows[0].text(0)) + "/" + std::string(step);
  };
  walk("assignAlert", [&] { return Place{"POST", alert("assign"), {}}; });
  walk("noteAlert", [&] { return Place{"POST", alert("note"), {}}; });
  walk("snoozeAlert", [&] { return Place{"POST", alert("snooze"), {{"until", "\"" + in_a_day() + "\""}}}; });
  walk("judgeAlert", [&] { return Place{"POST", alert("verdict"), {{"verdict", "\"unsure\""}}}; });
  const std::string items = "/desk/lists/blocked/items";
  const auto item = [&] { return Members{{"value", "\"" + next("V") + "\""}, {"reason", "\"tip\""}}; };
  walk("addListItem", [&] { return Place{"POST", items, item()}; });
  walk("removeListItem", [&] {
    const std::string body = ask(owner_, "POST", items, body_of(item())).body;
    const std::size_t at = body.find("lit_");
    return Place{"DELETE", items + "/" + body.substr(at, body.find('"', at) - at), {}};
  });
}

void FreeTextTest::walk_the_rest() {
  const auto key = [&] {
    return Members{{"client", "\"" + next("till") + "\""},
                   {"scopes", "[\"read\"]"},
                   {"expires_at", "\"" + in_a_day() + "\""}};
  };
  walk("createApiKey", [&] { return Place{"POST", "/desk/api-keys", key()}; });
  walk("revokeApiKey",
       [&] { return Place{"DELETE", "/desk/api-keys/" + made("/desk/api-keys", body_of(key())), {}}; });
  walk("exportDecisions", [&] { return Place{"GET", "/desk/decisions/export", {}}; });
  const Members hook{{"name", "\"guards\""}, {"url", "\"https://guards.example.com/in\""}};
  const auto webhook = [&] {
    EXPECT_TRUE(db_.execute("delete from notify_secret"));
    EXPECT_TRUE(db_.execute("delete from notify_webhook"));
    return "/desk/webhooks/" + made("/desk/webhooks", body_of(hook));
  };
  walk("createWebhook", [&] { return Place{"POST", "/desk/webhooks", hook}; });
  walk("changeWebhook", [&] { return Place{"PATCH", webhook(), {{"version", "1"}}}; });
  walk("rotateWebhookSecret", [&] { return Place{"POST", webhook() + "/rotate", {}}; });
  walk("removeWebhook", [&] { return Place{"DELETE", webhook(), {}}; });
  walk("beginDraft", [&] { return Place{"POST", "/desk/policy/drafts", {}}; });
  walk("proposeDraft", [&] {
    const std::string target = "/desk/policy/drafts/" + made("/desk/policy/drafts", R"({"title":"d"})");
    const auto tested = ask(owner_, "POST", target + "/test");
    EXPECT_EQ(tested.status, 200) << tested.body;
    return Place{"POST",
                 target + "/propose",
                 {{"version", version_of(target)}, {"reason", "\"r\""}, {"despite", "\"d\""}}};
  });
}

TEST_P(FreeTextTest, KeepsNoCardNumber) {
  walk_accounts();
  walk_registry();
  walk_alerts_and_lists();
  walk_the_rest();
  for (const auto& [operation, texts] : texts_)
    ADD_FAILURE() << operation << " takes " << *texts.begin()
                  << ": send it a card number here, or say above why it takes no words";
  EXPECT_EQ(tables_with_the_card(), "");
  EXPECT_EQ(world_.logged.find(card), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::desk
