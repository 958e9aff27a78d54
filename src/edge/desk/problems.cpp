#include "desk/problems.h"

#include "json/writer.h"
#include "payment/card_digits.h"

namespace tillwatch::desk {
namespace {

struct Row {
  std::string_view name;
  std::string_view title;
  int status;
};

const Row& row_of(Problem problem) {
  static constexpr Row rows[problem_count] = {
      {"invalid-request", "The request is not right", 400},
      {"not-signed-in", "Nobody is signed in", 401},
      {"not-permitted", "The account lacks the right", 403},
      {"step-up-needed", "Sign in once more for this", 403},
      {"foreign-origin", "The request does not come from this console", 403},
      {"not-found", "There is nothing of that name", 404},
      {"method-not-allowed", "The resource has no such method", 405},
      {"conflict", "It was changed meanwhile", 409},
      {"too-large", "The request passes a bound", 413},
      {"unsupported-media-type", "The body is of another media type", 415},
      {"rule-broken", "A rule forbids this", 422},
      {"too-many-attempts", "Too many attempts", 429},
      {"internal", "The server failed", 500},
      {"unavailable", "Not now", 503},
  };
  return rows[static_cast<std::size_t>(problem)];
}

}  // namespace

std::string type_of(Problem problem) {
  return "urn:tillwatch:problem:" + std::string(row_of(problem).name);
}

int status_of(Problem problem) {
  return row_of(problem).status;
}

http::Response refuse(Problem problem, std::string_view detail, const std::vector<Fault>& faults) {
  http::Response response;
  response.status = row_of(problem).status;
  response.content_type = "application/problem+json";
  json::Writer out(response.body);
  out.begin_object();
  out.member("type", std::string_view(type_of(problem)));
  out.member("title", row_of(problem).title);
  out.member("status", row_of(problem).status);
  if (!detail.empty()) out.member("detail", std::string_view(payment::masked_digit_runs(detail)));
  if (!faults.empty()) {
    out.key("errors").begin_array();
    for (const Fault& fault : faults) {
      out.begin_object();
      out.member("pointer", std::string_view(payment::masked_digit_runs(fault.pointer)));
      out.member("detail", std::string_view(payment::masked_digit_runs(fault.detail)));
      out.end_object();
    }
    out.end_array();
  }
  out.end_object();
  if (response.status == 503) response.with("Retry-After", "1");
  return response;
}

http::Response refuse(const core::Error& error) {
  switch (error.code) {
    case core::ErrorCode::invalid:
    case core::ErrorCode::limit:
    case core::ErrorCode::unsupported: {
      std::vector<Fault> faults;
      if (error.where.starts_with('/') || error.where.starts_with('?'))
        faults.push_back({error.where, error.detail});
      return refuse(Problem::rule_broken, error.detail, faults);
    }
    case core::ErrorCode::not_found:
      return refuse(Problem::not_found, error.detail);
    case core::ErrorCode::conflict:
      return refuse(Problem::conflict, error.detail);
    case core::ErrorCode::denied:
      return refuse(error.where == "step-up-needed" ? Problem::step_up_needed : Problem::not_permitted,
                    error.detail);
    case core::ErrorCode::unavailable:
    case core::ErrorCode::cancelled:
      return refuse(Problem::unavailable, "the server is busy with this; try again");
    case core::ErrorCode::io:
    case core::ErrorCode::corrupt:
      break;
  }
  return refuse(Problem::internal, "the server could not do this; its log says why");
}

}  // namespace tillwatch::desk
