// Problem documents (RFC 9457): the one form in which the HTTP door says no.
// Called by the connection (malformed requests), edge/api and its handlers. Never tells more than its caller
// put in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "http/message.h"

namespace tillwatch::http {

// One fault inside the request's content.
struct ProblemPointer {
  std::string pointer;  // RFC 6901, into the request body; "" for the whole
  std::string detail;
};

struct Problem {
  int status = 400;
  std::string type = "about:blank";  // a URI that names the kind; about:blank: the status says it all
  std::string title;                 // "": the status's phrase
  std::string detail;                // what is wrong and what to do
  std::string instance;              // this occurrence; left out where empty
  std::vector<ProblemPointer> errors;
};

// Content type application/problem+json.
Response problem(const Problem& content);
Response problem(int status, std::string detail);

// The status that a caller should see for an error code.
int status_of(core::ErrorCode code);
// The error as a problem; `where` becomes a pointer where it is one ("" or "/...").
Response problem(const core::Error& error);

}  // namespace tillwatch::http
