// Mail as bytes (RFC 5322, RFC 2045): one plain text in UTF-8. Whatever a subject or a text holds, it cannot
// become a header: both travel in base64. Called by courier.cpp. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/time.h"

namespace tillwatch::notify {

struct MailText {
  std::string_view from, to;  // checked addresses
  std::string_view id;        // of the message
  std::string_view subject, body;
  core::TimeMs at = 0;
};
// Lines end with CRLF, none is longer than 78 characters but those of addresses.
std::string mail_content(const MailText& mail);

}  // namespace tillwatch::notify
