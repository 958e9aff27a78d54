#include "notify/mail_text.h"

#include <fmt/format.h>

#include <array>

#include "notify/signature.h"

namespace tillwatch::notify {
namespace {

constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string date_of(core::TimeMs at) {
  const std::int64_t number = core::floor_div(at, core::day_ms);
  const core::CivilDate date = core::civil_from_days(number);
  const std::int64_t second = core::floor_mod(at, core::day_ms) / 1000;
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                     days[static_cast<std::size_t>(core::weekday_of_days(number))], date.day,
                     months[static_cast<std::size_t>(date.month - 1)], date.year, second / 3600,
                     second / 60 % 60, second % 60);
}

// RFC 2047: words of at most 75 characters, cut between characters.
std::string encoded_words(std::string_view text) {
  constexpr std::size_t octets_max = 39;  // the first word stands behind "Subject: "
  std::string out;
  while (!text.empty()) {
    std::size_t end = std::min(octets_max, text.size());
    while (end > 1 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(text.substr(0, end)) + "?=";
    text.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::string mail_content(const MailText& mail) {
  std::string out;
  out += fmt::format("Date: {}\r\n", date_of(mail.at));
  out += fmt::format("From: <{}>\r\nTo: <{}>\r\n", mail.from, mail.to);
  out += fmt::format("Message-ID: <{}@{}>\r\n", mail.id, mail.from.substr(mail.from.rfind('@') + 1));
  out += "Subject: " + encoded_words(mail.subject) + "\r\n";
  out += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
  out += "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n";
  const std::string packed = base64(mail.body);
  for (std::size_t at = 0; at < packed.size(); at += 76) out += packed.substr(at, 76) + "\r\n";
  return out;
}

}  // namespace tillwatch::notify
