#include "outgoing/sender.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "core/check.h"
#include "outgoing/reach.h"

namespace tillwatch::outgoing {
namespace {

using ports::OutgoingMail;
using ports::OutgoingPost;
using ports::OutgoingResult;
using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Lines = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

constexpr std::size_t addresses_tried_max = 3;

OutgoingResult refused(std::string words) {
  OutgoingResult result;
  result.trouble = std::move(words);
  return result;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

void add_line(Lines& lines, const std::string& line) {
  curl_slist* longer = curl_slist_append(lines.get(), line.c_str());
  CHECK(longer != nullptr);
  (void)lines.release();
  lines.reset(longer);
}

// The answer is of no use: it is counted, and broken off where it does not end.
std::size_t take_answer(char*, std::size_t size, std::size_t count, void* counter) {
  auto& bytes = *static_cast<std::size_t*>(counter);
  bytes += size * count;
  return bytes > answer_bytes_max ? 0 : size * count;
}

int look_for_stop(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

std::size_t give_mail(char* into, std::size_t size, std::size_t count, void* rest) {
  auto& left = *static_cast<std::string_view*>(rest);
  const std::size_t bytes = std::min(size * count, left.size());
  std::ranges::copy(left.substr(0, bytes), into);
  left.remove_prefix(bytes);
  return bytes;
}

std::string words_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return "nobody answers at the receiver's address";
    case CURLE_OPERATION_TIMEDOUT:
      return "the receiver took too long";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return "the receiver's certificate is not trusted, or is another's";
    case CURLE_SSL_CONNECT_ERROR:
      return "the receiver does not speak TLS 1.2 or newer";
    case CURLE_USE_SSL_FAILED:
      return "the mail server does not offer TLS";
    case CURLE_LOGIN_DENIED:
      return "the mail server refuses the log-in";
    case CURLE_ABORTED_BY_CALLBACK:
      return "broken off: the program stops";
    default:
      return std::string("the transfer failed: ") + curl_easy_strerror(code);
  }
}

struct Bounds {
  long whole_ms;
  const std::string& ca_file;
  const std::atomic<bool>& stopping;
};

// What holds for every transfer: no proxy, no redirect, no other protocol, no connection that stays.
void set_bounds(CURL* curl, const std::string& url, const std::string& pin, const char* protocols,
                Lines& pins, const Bounds& bounds, std::size_t& answer) {
  add_line(pins, pin);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECT_TO, pins.get());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, bounds.whole_ms);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_ms_max);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!bounds.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, bounds.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_stop);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&bounds.stopping));
}

OutgoingResult result_of(CURL* curl, CURLcode code, std::size_t answer, bool http) {
  OutgoingResult result;
  long status = 0;
  curl_off_t took_us = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &took_us);
  result.status = static_cast<int>(status);
  result.took_ms = took_us / 1000;
  // An answer that was too long is one whose head was read.
  const bool whole = code == CURLE_OK || (code == CURLE_WRITE_ERROR && answer > answer_bytes_max);
  result.good = whole && status >= 200 && status < 300;
  if (result.good) return result;
  if (!whole)
    result.trouble = words_of(code);
  else if (http && status >= 300 && status < 400)
    result.trouble = "the receiver redirects, which is not followed: write the address it leads to";
  else
    result.trouble = "the receiver answered " + std::to_string(status);
  return result;
}

OutgoingResult try_post(const OutgoingPost& post, const posix::NetworkAddress& address,
                        const Bounds& bounds) {
  const Handle curl(curl_easy_init(), curl_easy_cleanup);
  CHECK(curl != nullptr);
  Lines pins(nullptr, curl_slist_free_all), fields(nullptr, curl_slist_free_all);
  const std::string port = std::to_string(post.port);
  const std::string url =
      (post.tls ? "https://" : "http://") + bracketed(post.host) + ":" + port + post.target;
  std::size_t answer = 0;
  set_bounds(curl.get(), url, "::" + bracketed(address.text) + ":" + port, post.tls ? "https" : "http", pins,
             bounds, answer);
  for (const auto& [name, value] : post.fields) add_line(fields, name + ": " + value);
  add_line(fields, "Expect:");
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(curl.get(), CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl.get(), CURLOPT_POST, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, post.body.data());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
  const CURLcode code = curl_easy_perform(curl.get());
  return result_of(curl.get(), code, answer, true);
}

OutgoingResult try_mail(const OutgoingMail& mail, const posix::NetworkAddress& address,
                        const Bounds& bounds) {
  const Handle curl(curl_easy_init(), curl_easy_cleanup);
  CHECK(curl != nullptr);
  Lines pins(nullptr, curl_slist_free_all), receivers(nullptr, curl_slist_free_all);
  const std::string port = std::to_string(mail.port);
  const bool tls = mail.security == OutgoingMail::Security::tls;
  // The path is what the program calls itself: the sender's domain, never the machine's name.
  const std::string url = (tls ? "smtps://" : "smtp://") + bracketed(mail.host) + ":" + port + "/" +
                          mail.from.substr(mail.from.rfind('@') + 1);
  std::size_t answer = 0;
  set_bounds(curl.get(), url, "::" + bracketed(address.text) + ":" + port, tls ? "smtps" : "smtp", pins,
             bounds, answer);
  if (mail.security != OutgoingMail::Security::none)
    curl_easy_setopt(curl.get(), CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  if (!mail.user.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_USERNAME, mail.user.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, mail.password.c_str());
  }
  add_line(receivers, "<" + mail.to + ">");
  std::string_view rest = mail.content;
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, receivers.get());
  curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, give_mail);
  curl_easy_setopt(curl.get(), CURLOPT_READDATA, &rest);
  const CURLcode code = curl_easy_perform(curl.get());
  return result_of(curl.get(), code, answer, false);
}

}  // namespace

Sender::Sender(Resolve resolve, std::string ca_file, const std::atomic<bool>& stopping)
    : resolve_(std::move(resolve)), ca_file_(std::move(ca_file)), stopping_(stopping) {
  CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

Sender::~Sender() {
  curl_global_cleanup();
}

OutgoingResult Sender::send(const OutgoingPost& post) const {
  const auto addresses = resolve_(post.host);
  if (!addresses) return refused(addresses.error().detail);
  for (const posix::NetworkAddress& address : *addresses) {
    const Reach reach = reach_of(address.bytes);
    if (reach == Reach::world || (post.near_too && reach != Reach::nowhere)) continue;
    return refused("the receiver's name leads to an address that is not out in the world: refused");
  }
  OutgoingResult result;
  for (std::size_t i = 0; i < std::min(addresses->size(), addresses_tried_max); ++i) {
    result = try_post(post, (*addresses)[i], {post_ms_max, ca_file_, stopping_});
    if (result.good || result.status != 0 || stopping_.load()) break;
  }
  return result;
}

OutgoingResult Sender::send(const OutgoingMail& mail) const {
  const auto addresses = resolve_(mail.host);
  if (!addresses) return refused(addresses.error().detail);
  for (const posix::NetworkAddress& address : *addresses) {
    const Reach reach = reach_of(address.bytes);
    if (reach == Reach::nowhere) return refused("the mail server's name leads to an address that is refused");
    if (mail.security == OutgoingMail::Security::none && reach != Reach::this_machine)
      return refused("a mail server on another machine is spoken to by TLS only");
  }
  OutgoingResult result;
  for (std::size_t i = 0; i < std::min(addresses->size(), addresses_tried_max); ++i) {
    result = try_mail(mail, (*addresses)[i], {mail_ms_max, ca_file_, stopping_});
    if (result.good || result.status != 0 || stopping_.load()) break;
  }
  return result;
}

}  // namespace tillwatch::outgoing
