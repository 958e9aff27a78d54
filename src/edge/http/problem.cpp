#include "http/problem.h"

#include "json/writer.h"

namespace tillwatch::http {

Response problem(const Problem& content) {
  Response response;
  response.status = content.status;
  response.content_type = "application/problem+json";
  json::Writer w(response.body);
  w.begin_object().member("type", content.type);
  w.member("title", content.title.empty() ? reason_of(content.status) : std::string_view(content.title));
  w.member("status", content.status);
  if (!content.detail.empty()) w.member("detail", content.detail);
  if (!content.instance.empty()) w.member("instance", content.instance);
  if (!content.errors.empty()) {
    w.key("errors").begin_array();
    for (const ProblemPointer& fault : content.errors) {
      w.begin_object().member("pointer", fault.pointer).member("detail", fault.detail).end_object();
    }
    w.end_array();
  }
  w.end_object();
  return response;
}

Response problem(int status, std::string detail) {
  Problem content;
  content.status = status;
  content.detail = std::move(detail);
  return problem(content);
}

int status_of(core::ErrorCode code) {
  switch (code) {
    case core::ErrorCode::invalid:
      return 400;
    case core::ErrorCode::not_found:
      return 404;
    case core::ErrorCode::conflict:
      return 409;
    case core::ErrorCode::limit:
      return 413;
    case core::ErrorCode::denied:
      return 403;
    case core::ErrorCode::unavailable:
      return 503;
    case core::ErrorCode::unsupported:
      return 501;
    case core::ErrorCode::cancelled:
      return 503;
    case core::ErrorCode::io:
    case core::ErrorCode::corrupt:
      return 500;
  }
  return 500;
}

Response problem(const core::Error& error) {
  Problem content;
  content.status = status_of(error.code);
  const bool is_pointer = error.where.empty() || error.where.front() == '/';
  if (is_pointer && content.status < 500) {
    content.detail = error.where.empty() ? error.detail : "the content breaks a rule; see errors";
    if (!error.where.empty()) content.errors.push_back({error.where, error.detail});
  } else {
    // A path or an address of ours is nobody's business outside.
    content.detail =
        content.status < 500 ? error.to_string() : "the server could not do this; its log says why";
  }
  return problem(content);
}

}  // namespace tillwatch::http
