// Responses as bytes, problem documents, dates.
#include "http/message.h"

#include <gtest/gtest.h>

#include "http/problem.h"
#include "json/reader.h"

namespace tillwatch::http {
namespace {

std::string bytes_of(const Response& response, const Framing& framing = {}) {
  std::string out;
  append_response(out, response, framing);
  return out;
}

TEST(Message, WritesAResponse) {
  Response response;
  response.body = "{}";
  response.with("X-One", "1").with("X-Two", "a\r\nSet-Cookie: b");
  EXPECT_EQ(bytes_of(response, {.head_only = false, .http10 = false, .close = true, .date = "D"}),
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: application/json\r\nX-One: 1\r\nX-Two: a  "
            "Set-Cookie: b\r\n"
            "Content-Length: 2\r\nConnection: close\r\n\r\n{}");
}

TEST(Message, WritesNoLengthWhereThereCanBeNoBody) {
  EXPECT_EQ(bytes_of(Response{.status = 204, .content_type = "x/y", .fields = {}, .body = ""}),
            "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(bytes_of(Response{.status = 202, .content_type = "x/y", .fields = {}, .body = ""}),
            "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
}

TEST(MessageDeath, RefusesWhatNoResponseCanBe) {
  EXPECT_DEATH(bytes_of(Response{.status = 99, .content_type = "", .fields = {}, .body = ""}),
               "CHECK failed");
  EXPECT_DEATH(bytes_of(Response{.status = 204, .content_type = "", .fields = {}, .body = "x"}),
               "CHECK failed");
  EXPECT_DEATH(bytes_of(Response().with("a b", "c")), "CHECK failed");
  EXPECT_DEATH(bytes_of(Response().with("", "c")), "CHECK failed");
}

TEST(Message, KnowsThePhrases) {
  EXPECT_EQ(reason_of(100), "Continue");
  EXPECT_EQ(reason_of(413), "Content Too Large");
  EXPECT_EQ(reason_of(507), "Insufficient Storage");
  for (const int unknown : {0, 99, 299, 418, 508, 599}) EXPECT_EQ(reason_of(unknown), "");
}

TEST(Message, FormatsDates) {
  EXPECT_EQ(format_http_date(784111777000),
            "Sun, 06 Nov 1994 08:49:37 GMT");  // the example of RFC 9110, 5.6.7
  EXPECT_EQ(format_http_date(951782400000), "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST(Message, KeepsFields) {
  Fields fields;
  fields.add("Content-Type", "a/b");
  fields.add("content-type", "c/d");
  fields.add("Empty", "");
  EXPECT_EQ(fields.find("CONTENT-TYPE"), "a/b");
  EXPECT_EQ(fields.count("content-Type"), 2u);
  EXPECT_EQ(fields.find("empty"), "");
  EXPECT_EQ(fields.find("absent"), std::nullopt);
  EXPECT_EQ(fields.name(1), "content-type");
}

TEST(Problem, IsADocumentWithPointers) {
  Problem content;
  content.status = 422;
  content.type = "https://tillwatch.example/problems/content";
  content.detail = "two members are wrong";
  content.instance = "/v1/decisions/7";
  content.errors = {{"/amount", "must be an integer"}, {"/a~1b", "unknown \"name\""}};
  const Response response = problem(content);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(
      response.body,
      R"({"type":"https://tillwatch.example/problems/content","title":"Unprocessable Content","status":422,)"
      R"("detail":"two members are wrong","instance":"/v1/decisions/7","errors":[)"
      R"({"pointer":"/amount","detail":"must be an integer"},{"pointer":"/a~1b","detail":"unknown \"name\""}]})");
}

TEST(Problem, HasAStatusForEveryErrorCode) {
  using core::ErrorCode;
  const std::pair<ErrorCode, int> table[] = {{ErrorCode::invalid, 400},     {ErrorCode::not_found, 404},
                                             {ErrorCode::conflict, 409},    {ErrorCode::limit, 413},
                                             {ErrorCode::denied, 403},      {ErrorCode::unavailable, 503},
                                             {ErrorCode::io, 500},          {ErrorCode::corrupt, 500},
                                             {ErrorCode::unsupported, 501}, {ErrorCode::cancelled, 503}};
  for (const auto& [code, status] : table) EXPECT_EQ(status_of(code), status);
}

TEST(Problem, PointsIntoTheContentAndHidesOurPlaces) {
  using core::Error;
  using core::ErrorCode;
  EXPECT_EQ(
      problem(Error{ErrorCode::invalid, "/a/0", "wrong"}).body,
      R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"the content breaks a rule; see errors",)"
      R"("errors":[{"pointer":"/a/0","detail":"wrong"}]})");
  EXPECT_EQ(
      problem(Error{ErrorCode::invalid, "1:7", "a comma is missing"}).body,
      R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"1:7: a comma is missing"})");
  EXPECT_EQ(problem(Error{ErrorCode::io, "/var/lib/x", "disk"}).body,
            R"({"type":"about:blank","title":"Internal Server Error","status":500,)"
            R"("detail":"the server could not do this; its log says why"})");
}

}  // namespace
}  // namespace tillwatch::http
