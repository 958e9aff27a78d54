// The console's files: forms, caches, the page of its own addresses, what a browser may run.
#include "desk/assets.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "desk/origin.h"
#include "sim/sim_random.h"

namespace tillwatch::desk {
namespace {

class AssetsTest : public ::testing::Test {
 protected:
  http::Response get(std::string target, std::vector<std::pair<std::string, std::string>> fields = {}) {
    http::RequestHead head;
    head.target = std::move(target);
    for (const auto& [name, value] : fields) head.fields.add(name, value);
    return assets.answer(head);
  }
  static std::string field(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.fields)
      if (key == name) return value;
    return "";
  }
  sim::SimRandom random{3};
  const EmbeddedFile files[5] = {
      {"index.html", "<meta content=\"__CSP_NONCE__\"><i nonce=\"__CSP_NONCE__\">"},
      {"assets/a-1.js", "let a = 1; // and more of it"},
      {"assets/a-1.js.gz", "gzip form"},
      {"assets/a-1.js.br", "br form"},
      {"icon.svg", "<svg/>"},
  };
  Assets assets{files, random};
};

TEST_F(AssetsTest, TheSmallestFormThatTheBrowserTakes) {
  const http::Response br = get("/assets/a-1.js", {{"Accept-Encoding", "gzip, deflate, br"}});
  EXPECT_EQ(br.body, "br form");
  EXPECT_EQ(field(br, "Content-Encoding"), "br");
  EXPECT_EQ(br.content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/assets/a-1.js", {{"Accept-Encoding", "gzip"}}).body, "gzip form");
  EXPECT_EQ(get("/assets/a-1.js", {{"Accept-Encoding", "br;q=0, gzip;q=0.5"}}).body, "gzip form");
  const http::Response plain = get("/assets/a-1.js");
  EXPECT_EQ(plain.body, files[1].bytes);
  EXPECT_EQ(field(plain, "Content-Encoding"), "");
  EXPECT_EQ(field(plain, "Vary"), "Accept-Encoding");
}

TEST_F(AssetsTest, KeptForEverUnderAHashedName) {
  const http::Response first = get("/assets/a-1.js", {{"Accept-Encoding", "br"}});
  EXPECT_NE(field(first, "Cache-Control").find("immutable"), std::string::npos);
  EXPECT_EQ(field(get("/icon.svg"), "Cache-Control"), "public, max-age=300");
  const std::string tag = field(first, "ETag");
  const http::Response again = get("/assets/a-1.js", {{"Accept-Encoding", "br"}, {"If-None-Match", tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(get("/assets/a-1.js", {{"If-None-Match", tag}}).status, 200);  // another form
}

TEST_F(AssetsTest, ThePageStandsForTheConsolesAddresses) {
  for (const char* path : {"/", "/index.html", "/?x=1"}) EXPECT_EQ(get(path).status, 200) << path;
  const http::Response deep = get("/alerts/7", {{"Accept", "text/html,application/xhtml+xml"}});
  EXPECT_EQ(deep.status, 200);
  EXPECT_EQ(deep.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(get("/alerts/7").status, 404);
  EXPECT_EQ(get("/v1/decisions", {{"Accept", "*/*"}}).status, 404);
  EXPECT_EQ(get("/assets/a-1.js.gz").status, 404);
  EXPECT_EQ(get("/assets/../index.html").status, 404);
}

TEST_F(AssetsTest, EveryPageHasANonceOfItsOwn) {
  const http::Response one = get("/");
  const http::Response two = get("/");
  EXPECT_NE(one.body, two.body);
  EXPECT_EQ(one.body.find("__CSP_NONCE__"), std::string::npos);
  const std::string policy = field(one, "Content-Security-Policy");
  const std::size_t at = policy.find("'nonce-");
  ASSERT_NE(at, std::string::npos);
  const std::string nonce = policy.substr(at + 7, 32);
  EXPECT_EQ(one.body, "<meta content=\"" + nonce + "\"><i nonce=\"" + nonce + "\">");
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(field(one, "Cache-Control"), "no-store");
}

TEST(Console, SomePageIsAlwaysThere) {
  sim::SimRandom random{3};
  Assets assets(console_files(), random);
  http::RequestHead head;
  head.target = "/";
  EXPECT_NE(assets.answer(head).body.find("Tillwatch"), std::string::npos);
}

}  // namespace
}  // namespace tillwatch::desk
