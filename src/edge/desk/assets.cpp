#include "desk/assets.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/check.h"
#include "crypto/hash.h"
#include "desk/problems.h"

namespace tillwatch::desk {
namespace {

constexpr std::string_view index_path = "index.html";
// Nothing from elsewhere, no code but our files, no style but our files and those that carry the nonce.
constexpr std::string_view policy_of_page =
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'";
constexpr std::string_view policy_of_file = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

struct Type {
  std::string_view ending;
  std::string_view media_type;
};
constexpr auto types = std::to_array<Type>({
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
});

std::string_view type_of_path(std::string_view path) {
  const auto* found =
      std::ranges::find_if(types, [path](const Type& type) { return path.ends_with(type.ending); });
  return found == types.end() ? "application/octet-stream" : found->media_type;
}

// "gzip, deflate, br;q=0" takes gzip.
bool takes(const http::RequestHead& head, std::string_view coding) {
  std::string_view rest = head.fields.find("Accept-Encoding").value_or("");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, end);
    while (one.starts_with(' ')) one.remove_prefix(1);
    const std::string_view name = one.substr(0, one.find(';'));
    if (http::equal_without_case(name, coding)) return !one.ends_with(";q=0") && !one.ends_with(";q=0.0");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

// Whether a person's browser wants to show it: the console has addresses of its own, which are no files.
bool wants_page(const http::RequestHead& head) {
  return head.fields.find("Accept").value_or("").find("text/html") != std::string_view::npos;
}

std::string_view without(std::string_view path, std::string_view ending) {
  return path.ends_with(ending) ? path.substr(0, path.size() - ending.size()) : std::string_view();
}

}  // namespace

Assets::Assets(std::span<const EmbeddedFile> files, ports::Random& random) : random_(random) {
  for (const EmbeddedFile& file : files) {
    if (!without(file.path, ".gz").empty() || !without(file.path, ".br").empty()) continue;
    Asset& asset = assets_[std::string(file.path)];
    asset.forms.push_back({file.bytes, ""});
    asset.etag = "\"" + crypto::to_hex(crypto::sha256(file.bytes)).substr(0, 32) + "\"";
  }
  for (const EmbeddedFile& file : files) {
    for (const auto& [ending, coding] : {std::pair(".gz", "gzip"), std::pair(".br", "br")}) {
      const auto found = assets_.find(without(file.path, ending));
      if (found != assets_.end()) found->second.forms.push_back({file.bytes, coding});
    }
  }
  for (auto& [path, asset] : assets_)
    std::ranges::stable_sort(asset.forms, {}, [](const Form& form) { return form.bytes.size(); });
  CHECK(assets_.contains(index_path));
}

http::Response Assets::answer(const http::RequestHead& head) {
  const std::string_view path = head.path().substr(1);
  if (path.empty() || path == index_path) return page();
  if (const auto found = assets_.find(path); found != assets_.end()) return file(head, path, found->second);
  if (wants_page(head)) return page();
  http::Response missing = refuse(Problem::not_found, "there is nothing at this path");
  return std::move(
      missing.with("Content-Security-Policy", std::string(policy_of_file)).with("Cache-Control", "no-store"));
}

// The page gets a nonce of its own each time, so it is neither packed nor kept.
http::Response Assets::page() {
  std::array<std::byte, 16> bytes{};
  random_.fill(bytes);
  std::array<unsigned char, 16> octets{};
  std::ranges::transform(bytes, octets.begin(),
                         [](std::byte b) { return std::to_integer<unsigned char>(b); });
  const std::string nonce = crypto::to_hex(octets);
  http::Response response;
  response.content_type = "text/html; charset=utf-8";
  const Asset& asset = assets_.find(index_path)->second;
  const auto plain = std::ranges::find(asset.forms, "", &Form::coding);
  response.body = plain->bytes;
  for (std::size_t at = response.body.find(nonce_mark); at != std::string::npos;
       at = response.body.find(nonce_mark, at + nonce.size()))
    response.body.replace(at, nonce_mark.size(), nonce);
  std::string policy(policy_of_page);
  policy.replace(policy.find("{}"), 2, nonce);
  response.with("Content-Security-Policy", std::move(policy));
  response.with("Cache-Control", "no-store");
  return response;
}

http::Response Assets::file(const http::RequestHead& head, std::string_view path, const Asset& asset) {
  http::Response response;
  response.content_type = type_of_path(path);
  response.with("Content-Security-Policy", std::string(policy_of_file));
  // Vite puts a hash of the content into the names below assets/.
  response.with("Cache-Control",
                path.starts_with("assets/") ? "public, max-age=31536000, immutable" : "public, max-age=300");
  response.with("Vary", "Accept-Encoding");
  const auto form = std::ranges::find_if(
      asset.forms, [&head](const Form& one) { return one.coding.empty() || takes(head, one.coding); });
  // The tag names bytes as they are sent.
  std::string etag = asset.etag;
  if (!form->coding.empty()) etag.insert(etag.size() - 1, "-" + std::string(form->coding));
  response.with("ETag", etag);
  const std::string_view known = head.fields.find("If-None-Match").value_or("");
  if (known == etag || known == "*") {
    response.status = 304;
    return response;
  }
  if (!form->coding.empty()) response.with("Content-Encoding", std::string(form->coding));
  response.body = form->bytes;
  return response;
}

}  // namespace tillwatch::desk
