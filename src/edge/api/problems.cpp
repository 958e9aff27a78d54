#include "api/problems.h"

#include "json/writer.h"
#include "payment/card_digits.h"

namespace tillwatch::api {
namespace {

struct Row {
  std::string_view name;
  std::string_view title;
  int status;
};

const Row& row_of(ProblemType type) {
  static constexpr Row rows[problem_type_count] = {
      {"invalid-event", "The event cannot be taken", 400},
      {"invalid-parameter", "A parameter or header is not right", 400},
      {"not-authenticated", "No valid API key", 401},
      {"not-permitted", "The API key lacks the scope", 403},
      {"not-found", "There is nothing of that name", 404},
      {"method-not-allowed", "The resource has no such method", 405},
      {"conflict", "The id was used for other content", 409},
      {"too-large", "The request passes a bound", 413},
      {"unsupported-media-type", "The body is of another media type", 415},
      {"refused", "The engine cannot take the event", 422},
      {"deadline-passed", "The deadline passed before the decision", 503},
      {"unavailable", "Not now", 503},
      {"outcome-unknown", "The outcome is unknown", 500},
      {"internal", "The server failed", 500},
  };
  return rows[static_cast<std::size_t>(type)];
}

}  // namespace

std::string type_of(ProblemType type) {
  return "urn:tillwatch:problem:" + std::string(row_of(type).name);
}

int status_of(ProblemType type) {
  return row_of(type).status;
}

http::Response problem(ProblemType type, std::string_view detail, std::span<const door::Fault> faults) {
  http::Response response;
  response.status = row_of(type).status;
  response.content_type = "application/problem+json";
  json::Writer out(response.body);
  out.begin_object();
  out.member("type", std::string_view(type_of(type)));
  out.member("title", row_of(type).title);
  out.member("status", row_of(type).status);
  if (!detail.empty()) out.member("detail", std::string_view(payment::masked_digit_runs(detail)));
  if (!faults.empty()) {
    out.key("errors").begin_array();
    for (const door::Fault& fault : faults) {
      out.begin_object();
      out.member("pointer", std::string_view(fault.pointer));
      out.member("code", core::name_of(fault.code));
      out.member("detail", std::string_view(fault.detail));
      if (!fault.remedy.empty()) out.member("remedy", std::string_view(fault.remedy));
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
  if (response.status == 503) response.with("Retry-After", "1");
  if (response.status == 401) response.with("WWW-Authenticate", "Bearer realm=\"tillwatch\"");
  return response;
}

http::Response refusal(const core::Error& error) {
  switch (error.code) {
    case core::ErrorCode::unavailable:
    case core::ErrorCode::cancelled:
      return problem(ProblemType::unavailable, error.detail);
    case core::ErrorCode::conflict:
      return problem(ProblemType::conflict, error.detail);
    case core::ErrorCode::io:
    case core::ErrorCode::corrupt:
      return problem(ProblemType::internal, "the server could not do this; its log says why");
    default:
      return problem(ProblemType::refused, error.to_string());
  }
}

}  // namespace tillwatch::api
