// The published schema of policy files: what it says is what the reader reads, our policies are valid and
// broken ones are not. Renew it with TILLWATCH_RENEW=1 policy_schema_test.
#include "policy/schema.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "policy/bundle.h"
#include "policy/difference.h"
#include "policy/policy_fixture.h"
#include "policy/portrait.h"
#include "validator.h"
#include "yaml/layout.h"
#include "yaml/yaml.h"

namespace tillwatch::policy {
namespace {

using json_schema::Validator;
using yaml::Node;

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool valid(const std::string& text) {
  const auto root = yaml::parse(text, "p");
  EXPECT_TRUE(root) << text;
  return root && Validator(policy_schema()).valid(*root);
}

TEST(Schema, IsWhatIsPublished) {
  const std::string path = std::string(TILLWATCH_SOURCE) + "/contracts/policy.schema.json";
  if (std::getenv("TILLWATCH_RENEW") != nullptr) std::ofstream(path, std::ios::binary) << policy_schema();
  EXPECT_EQ(policy_schema(), text_of(path)) << "renew it with TILLWATCH_RENEW=1 policy_schema_test";
}

// The reader tells what it knows where it meets a word that is like none.
std::set<std::string> known_to_the_reader(const std::string& text) {
  for (const std::string& fault : faults_of(text)) {
    const std::size_t at = fault.find("known are: ");
    if (at == std::string::npos) continue;
    std::set<std::string> names;
    std::istringstream words(fault.substr(at + 11));
    for (std::string word; std::getline(words >> std::ws, word, ',');) names.insert(word);
    return names;
  }
  ADD_FAILURE() << "the reader knows every member of " << text;
  return {};
}

TEST(Schema, KnowsTheMembersThatTheReaderKnows) {
  const std::string odd = "qqqqqqqqqqqqqqqqqqqqqqqq: 1";
  const std::map<std::string_view, std::string> samples{
      {"policy file", "policy: x\n" + odd},
      {"attribute", "attributes: [{" + odd + "}]"},
      {"registered fact", "registered: [{" + odd + "}]"},
      {"parameter", "parameters: [{" + odd + "}]"},
      {"feature", "features: [{" + odd + "}]"},
      {"list", "lists: [{" + odd + "}]"},
      {"derived value", "derived: [{" + odd + "}]"},
      {"rule", "rules: [{" + odd + "}]"},
      {"outcome", "outcomes: [{" + odd + "}]"},
      {"message", "messages: [{" + odd + "}]"},
      {"rule override", "overrides: [{" + odd + "}]"},
      {"score", "score: {" + odd + "}"},
      {"action", "rules: [{id: a, action: {" + odd + "}}]"},
      {"lattices", "rules: [{id: a, action: {agent: {}, acquirer: {" + odd + "}}}]"}};
  for (const SectionRule& section : schema_sections()) {
    ASSERT_TRUE(samples.contains(section.name)) << section.name;
    std::set<std::string> published;
    for (const MemberRule& member : section.members) published.emplace(member.name);
    EXPECT_EQ(published, known_to_the_reader(samples.at(section.name))) << section.name;
  }
}

TEST(Schema, AllPoliciesAreValid) {
  int files = 0;
  for (const auto& item :
       std::filesystem::recursive_directory_iterator(std::string(TILLWATCH_SOURCE) + "/policies")) {
    const bool mapping = item.path().filename().string().starts_with("mapping") ||
                         item.path().parent_path().filename() == "agent-files";
    if (item.path().extension() != ".yaml" || mapping) continue;
    EXPECT_TRUE(valid(text_of(item.path()))) << item.path();
    ++files;
  }
  EXPECT_GE(files, 4);
}

// `policy fmt`: our policies are in their layout, and in any layout they mean the same.
TEST(Layout, OfAPolicyIsNotPartOfItsMeaning) {
  for (const char* pack : {"acquiring-first", "reference/fraud-handbook"}) {
    std::vector<SourceFile> files, laid, worse;
    for (const auto& item :
         std::filesystem::directory_iterator(std::string(TILLWATCH_SOURCE) + "/policies/" + pack)) {
      const std::string name = item.path().filename().string();
      if (item.path().extension() != ".yaml" || name.starts_with("mapping")) continue;
      const std::string text = text_of(item.path());
      const auto once = yaml::lay_out(text, name);
      ASSERT_TRUE(once) << once.error().to_string();
      EXPECT_EQ(*once, text) << name << " is not in its layout: tillwatch policy fmt";
      files.push_back({name, text});
      std::string wide = "# wider\n";
      for (std::size_t at = 0; at < text.size(); at = std::min(text.find('\n', at), text.size()) + 1)
        wide += (text[at] == ' ' ? "   " : "") + text.substr(at, text.find('\n', at) - at) + "\n";
      const auto twice = yaml::lay_out(wide, name);
      ASSERT_TRUE(twice) << twice.error().to_string();
      laid.push_back({name, *twice});
      worse.push_back({name, wide});
    }
    Faults faults;
    const auto a = Bundle::load(files, faults), b = Bundle::load(laid, faults),
               c = Bundle::load(worse, faults);
    ASSERT_TRUE(a && b && c) << faults.front().to_string();
    EXPECT_EQ(whole_portrait(a->model()), whole_portrait(b->model()));
    EXPECT_EQ(whole_portrait(a->model()), whole_portrait(c->model()));
    EXPECT_NE(a->hash(), b->hash()) << "a remark more is another bundle";
    EXPECT_TRUE(difference(*a, *b).empty());
    for (std::size_t i = 0; i < a->features().size(); ++i)
      EXPECT_EQ(a->features()[i].identity, b->features()[i].identity);
  }
}

TEST(Schema, BrokenOnesAreNot) {
  const std::string rule =
      "rules: [{id: a, title: {en: a, zh: b}, when: amount > 1, action: {}, reason: r, text: {en: a, zh: "
      "b}}]\n";
  EXPECT_TRUE(valid(rule));
  EXPECT_TRUE(valid("builds_on: ../x\noverrides: [{rule: a, mode: shadow}]\n"));
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = rule;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& broken :
       {changed("reason: r, ", ""), changed("action: {}", "action: {authorisation: refuse}"),
        changed("title: {en: a, zh: b}", "title: a"), changed("title: {en: a, zh: b}", "title: {en: a}"),
        changed("id: a,", "id: a, ceiling: 5,"), changed("id: a,", "id: a, severity: 1.5,"),
        changed("id: a,", "id: a, mode: loud,"), changed("id: a,", "id: a, effective_from: 1.7.2026,"),
        changed("action: {}", "action: {for: 1w}"), changed("id: a,", "id: a, on: [swipe],"),
        std::string("rulez: []\n"), std::string("rules: {}\n"), std::string("version: one\n"),
        std::string("parameters: [{name: a, value: 1}]\n"),
        std::string("parameters: [{name: a, value: 1, source: s, unit: mony}]\n"),
        std::string("features: [{name: f, key: [card.id], aggregate: count, window: always}]\n"),
        std::string("features: [{name: f, key: [card.id], aggregate: counts, window: 1d}]\n"),
        std::string("features: [{name: f, key: [card.id], aggregate: count, window: 1d, n: 17}]\n")})
    EXPECT_FALSE(valid(broken)) << broken;
}

}  // namespace
}  // namespace tillwatch::policy
