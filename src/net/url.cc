// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// libcurl's URL parser behind the checks that a response's URL needs, and before it a quick look:
// most URLs are in normal form already, and libcurl takes 3 us to say so.
#include "net/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

namespace penstock::net {
namespace {

struct FreeUrl {
  void operator()(CURLU* handle) const noexcept { ::curl_url_cleanup(handle); }
};
using Handle = std::unique_ptr<CURLU, FreeUrl>;

constexpr unsigned kParseFlags = CURLU_URLENCODE | CURLU_ALLOW_SPACE;

/// A part of the URL, or empty if it has none.
std::string part(CURLU* handle, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (::curl_url_get(handle, which, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  ::curl_free(text);
  return copy;
}

Error url_error(const char* kind, const char* what, std::string_view text) {
  constexpr std::size_t kShownBytes = 200;
  std::string shown(text.substr(0, kShownBytes));
  // Messages are one line of printable characters, whatever a stranger wrote.
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return {Errc::invalid, std::string(what) + ": " + shown, kind};
}

Status set_url(CURLU* handle, std::string_view text) {
  if (text.size() > kUrlBytesMax || text.find('\0') != std::string_view::npos) {
    return url_error("url.syntax", "too long or not text", text);
  }
  switch (::curl_url_set(handle, CURLUPART_URL, std::string(text).c_str(), kParseFlags)) {
    case CURLUE_OK:
      return ok();
    case CURLUE_UNSUPPORTED_SCHEME:
      return url_error("url.scheme", "not http or https", text);
    default:
      return url_error("url.syntax", "not an absolute URL", text);
  }
}

/// What libcurl's check leaves to be judged. Letters beyond ASCII have a form within it (xn--):
/// converting them would depend on the locale, and one host must have one key. A `%` would be
/// decoded again by the next reader.
bool is_host_byte(unsigned char byte) { return byte > 0x20 && byte < 0x7F && byte != '%'; }

Result<Url> take_apart(CURLU* handle, std::string_view text) {
  Url url;
  url.scheme = part(handle, CURLUPART_SCHEME);
  if (url.scheme != "http" && url.scheme != "https") {
    return url_error("url.scheme", "not http or https", text);
  }
  if (!part(handle, CURLUPART_USER).empty() || !part(handle, CURLUPART_PASSWORD).empty()) {
    // The text is not repeated: it holds a password.
    return url_error("url.userinfo", "a user or password in a URL, use headers", url.scheme);
  }
  url.host = part(handle, CURLUPART_HOST);
  if (!std::all_of(url.host.begin(), url.host.end(), is_host_byte)) {
    return url_error("url.syntax", "a host that is not plain ASCII", text);
  }
  std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : char(c); });
  const std::string port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (url.host.empty() || url.port == 0) return url_error("url.syntax", "no host or port", text);

  ::curl_url_set(handle, CURLUPART_HOST, url.host.c_str(), 0);
  ::curl_url_set(handle, CURLUPART_FRAGMENT, nullptr, 0);
  url.text = part(handle, CURLUPART_URL, CURLU_NO_DEFAULT_PORT);
  url.target = part(handle, CURLUPART_PATH);
  const std::string query = part(handle, CURLUPART_QUERY);
  if (!query.empty()) url.target += "?" + query;
  return url;
}

/// Lower-case letters, digits, and `others`.
constexpr std::array<bool, 256> table_of(std::string_view others) {
  std::array<bool, 256> table{};
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (const char c : others) table[static_cast<unsigned char>(c)] = true;
  return table;
}

bool has_only(std::string_view text, const std::array<bool, 256>& table) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return table[static_cast<unsigned char>(c)]; });
}

/// A name whose last label begins with a letter, so that it can be no odd spelling of an address;
/// or an address of four decimals, which is the usual one.
bool is_plain_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  constexpr auto kHostTable = table_of(".-");
  if (!has_only(host, kHostTable)) return false;
  const std::size_t dot = host.rfind('.');
  const char last_label = dot == host.npos ? host[0] : dot + 1 < host.size() ? host[dot + 1] : '.';
  in_addr address;
  return (last_label >= 'a' && last_label <= 'z') ||
         ::inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
}

/// A host may be an address only once its escapes are read ("%32" is 2, which is 0.0.0.2), and
/// libcurl reads them last.
Result<Url> take_apart_settled(CURLU* handle, std::string_view text) {
  PENSTOCK_TRY(url, take_apart(handle, text));
  if (is_plain_host(url.host)) return std::move(url);
  PENSTOCK_CHECK(set_url(handle, url.text));
  return take_apart(handle, text);
}

/// A path and query that no parser changes.
bool is_plain_target(std::string_view target) {
  constexpr auto kTargetTable = table_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ-._~%!$&'()*+,;=:@/?");
  return has_only(target, kTargetTable) &&
         target.substr(0, target.find('?')).find("/.") == target.npos &&
         target.find('?') != target.size() - 1;  // An empty query is dropped.
}

/// The URL, if it is one that libcurl would give back unchanged; else nothing is said about it.
std::optional<Url> already_normal(std::string_view text) {
  Url url;
  url.scheme = text.starts_with("https:") ? "https" : "http";
  const std::string beginning = url.scheme + "://";
  if (text.size() > kUrlBytesMax || !text.starts_with(beginning)) return {};
  const std::size_t host_at = beginning.size();
  const std::size_t path_at = text.find('/', host_at);
  if (path_at == text.npos) return {};

  const std::string_view authority = text.substr(host_at, path_at - host_at);
  const std::string_view host = authority.substr(0, authority.find(':'));
  const std::uint16_t usual_port = url.scheme == "https" ? 443 : 80;
  url.port = usual_port;
  if (host.size() < authority.size()) {
    const std::string_view port = authority.substr(host.size() + 1);
    const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    const bool is_whole = code == std::errc{} && end == port.data() + port.size();
    if (!is_whole || port.starts_with('0') || url.port == usual_port) return {};
  }
  const std::string_view target = text.substr(path_at);
  if (!is_plain_host(host) || !is_plain_target(target)) return {};
  url.text = text;
  url.host = host;
  url.target = target;
  return url;
}

}  // namespace

std::string Url::host_key() const {
  std::string_view name = host;
  // "example.org." is the same machine, and must not get a second allowance.
  if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  std::string key(name);
  if (port != (scheme == "https" ? 443 : 80)) key += ":" + std::to_string(port);
  return key;
}

bool Url::same_origin(const Url& other) const noexcept {
  return port == other.port && scheme == other.scheme && host == other.host;
}

Result<Url> parse_url(std::string_view text) {
  if (auto normal = already_normal(text)) return std::move(*normal);
  return parse_any_url(text);
}

Result<Url> parse_any_url(std::string_view text) {
  const Handle handle(::curl_url());
  PENSTOCK_CHECK(set_url(handle.get(), text));
  return take_apart_settled(handle.get(), text);
}

Result<Url> resolve_url(const Url& base, std::string_view reference) {
  const Handle handle(::curl_url());
  PENSTOCK_CHECK(set_url(handle.get(), base.text));
  PENSTOCK_CHECK(set_url(handle.get(), reference));
  return take_apart_settled(handle.get(), reference);
}

}  // namespace penstock::net
