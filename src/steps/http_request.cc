// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Rendering in the order of the wire: method, URL, headers, body.
#include "steps/http_request.h"

#include <algorithm>
#include <array>

#include "steps/ascii.h"

namespace penstock::steps {
namespace {

bool needs_secret(const std::vector<std::string>& reserved_names) {
  return std::any_of(reserved_names.begin(), reserved_names.end(), [](std::string_view name) {
    return name.starts_with("secret.") || name.starts_with("env.");
  });
}

bool is_credential(const NamedTemplate& header) {
  constexpr std::array<std::string_view, 6> kNames = {
      "authorization", "cookie", "proxy-authorization", "x-api-key", "api-key", "apikey"};
  const std::string name = ascii_lower(header.first);
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         name.ends_with("-token") || needs_secret(header.second.reserved_names());
}

/// Headers that say what the body is, and are nothing without it.
bool is_about_body(const NamedTemplate& header) {
  const std::string name = ascii_lower(header.first);
  return name.starts_with("content-") || name == "transfer-encoding" || name == "digest";
}

/// What is known of where a request goes.
struct Way {
  bool same_origin;  ///< As the step's own URL.
  bool trusted;      ///< Credentials may go there.
  bool became_get;   ///< Without its body.
};

/// Whether a header stays behind.
bool stays_behind(const NamedTemplate& header, const Way& way) {
  if (way.became_get && is_about_body(header)) return true;
  if (!way.same_origin && ascii_lower(header.first) == "host") return true;
  return !way.trusted && is_credential(header);
}

bool is_listed(const HttpManners& manners, const net::Url& url) {
  const auto& hosts = manners.credentials_to;
  return std::find(hosts.begin(), hosts.end(), url.host_key()) != hosts.end();
}

Result<bool> is_same_origin(const HttpAsk& ask, json::Node value, const Hop& hop,
                            const net::Url& url, const placeholders::Resolver& resolve) {
  if (hop.link.empty()) return true;
  PENSTOCK_TRY(own, url_for(ask, value, "", resolve));
  return own.same_origin(url);
}

std::vector<std::string> names_in(const std::vector<NamedTemplate>& templates) {
  std::vector<std::string> names;
  for (const NamedTemplate& one : templates) {
    for (std::string& name : one.second.reserved_names()) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> names_in(const HttpBody& body) {
  if (const auto* json = std::get_if<placeholders::JsonTemplate>(&body)) {
    return json->reserved_names();
  }
  if (const auto* raw = std::get_if<RawBody>(&body)) return raw->text.reserved_names();
  const auto* form = std::get_if<FormBody>(&body);
  return form != nullptr ? names_in(form->fields) : std::vector<std::string>();
}

bool url_needs_secret(const HttpAsk& ask) {
  return needs_secret(ask.url.reserved_names()) || needs_secret(names_in(ask.query));
}

Error misplaced_secret(std::string_view part) {
  return {Errc::rejected,
          "a secret in the " + std::string(part) +
              " would go to a host that an answer has named (see credentials_to)",
          "redirect.credentials"};
}

/// What stands for a secret was escaped for its place; for the eye it is three stars.
std::string with_stars(std::string text) {
  constexpr std::string_view kEscapedStars = "%2A%2A%2A";
  for (std::size_t at = text.find(kEscapedStars); at != std::string::npos;
       at = text.find(kEscapedStars)) {
    text.replace(at, kEscapedStars.size(), "***");
  }
  return text;
}

/// What a redirect makes of a method.
std::string redirected_method(const std::string& method, std::uint16_t status) {
  if (status == 303 && method != "HEAD") return "GET";
  if ((status == 301 || status == 302) && method == "POST") return "GET";
  return method;
}

/// "a=b&c=d"
Result<std::string> render_pairs(const std::vector<NamedTemplate>& pairs, json::Node value,
                                 const placeholders::Resolver& resolve) {
  std::string out;
  for (const auto& [name, text] : pairs) {
    PENSTOCK_TRY(rendered, text.render(value, resolve));
    if (!out.empty()) out += '&';
    out += placeholders::percent_encoded(name) + "=" + rendered;
  }
  return out;
}

struct RenderedBody {
  std::string bytes;
  std::string type;
};

Result<RenderedBody> render_body(const HttpBody& body, json::Node value,
                                 const placeholders::Resolver& resolve) {
  if (const auto* json = std::get_if<placeholders::JsonTemplate>(&body)) {
    PENSTOCK_TRY(bytes, json->render(value, resolve));
    return RenderedBody{std::move(bytes), "application/json"};
  }
  if (const auto* form = std::get_if<FormBody>(&body)) {
    PENSTOCK_TRY(bytes, render_pairs(form->fields, value, resolve));
    return RenderedBody{std::move(bytes), "application/x-www-form-urlencoded"};
  }
  const auto& raw = std::get<RawBody>(body);
  PENSTOCK_TRY(bytes, raw.text.render(value, resolve));
  return RenderedBody{std::move(bytes), raw.type};
}

bool has_header(const std::vector<net::Header>& headers, std::string_view wanted) {
  return std::any_of(headers.begin(), headers.end(), [&](const net::Header& header) {
    return ascii_lower(header.first) == wanted;
  });
}

void add_default(std::vector<net::Header>& headers, std::string_view name, std::string value) {
  if (value.empty() || has_header(headers, ascii_lower(name))) return;
  headers.emplace_back(name, std::move(value));
}

std::string accept_header(const HttpTake& take) {
  if (take.accept.empty()) return take.as == HttpAs::json ? "application/json" : "";
  std::string joined;
  for (const std::string& type : take.accept) joined += (joined.empty() ? "" : ", ") + type;
  return joined;
}

}  // namespace

Result<net::Url> url_for(const HttpAsk& ask, json::Node value, std::string_view hop,
                         const placeholders::Resolver& resolve) {
  if (!hop.empty()) return net::parse_url(hop);
  PENSTOCK_TRY(text, ask.url.render(value, resolve));
  if (ask.query.empty()) return net::parse_url(text);
  PENSTOCK_TRY(query, render_pairs(ask.query, value, resolve));
  text.resize(std::min(text.size(), text.find('#')));
  text += text.find('?') == std::string::npos ? '?' : '&';
  return net::parse_url(text + query);
}

std::string shown_url_for(const HttpAsk& ask, json::Node value, std::string_view hop,
                          const net::Url& url) {
  if (!hop.empty()) return std::string(hop.substr(0, hop.find('#')));
  if (!url_needs_secret(ask)) return url.text;
  const auto shown = url_for(ask, value, "", placeholders::preview_resolver);
  // A template whose host comes from the environment has no preview that is a URL.
  return shown ? with_stars(shown->text) : "***";
}

std::vector<std::string> reserved_names_of(const HttpAsk& ask) {
  std::vector<std::string> names = ask.url.reserved_names();
  for (const auto& more : {names_in(ask.query), names_in(ask.headers), names_in(ask.body)}) {
    names.insert(names.end(), more.begin(), more.end());
  }
  return names;
}

bool has_credentials(const HttpAsk& ask) {
  return url_needs_secret(ask) || needs_secret(names_in(ask.body)) ||
         std::any_of(ask.headers.begin(), ask.headers.end(), is_credential);
}

Result<bool> is_trusted(const HttpOptions& options, json::Node value, const Hop& hop,
                        const net::Url& url, const placeholders::Resolver& resolve) {
  if ((hop.status & kStrangersHop) != 0 || hop.link.ends_with(kStrangersMark)) return false;
  if (is_listed(options.manners, url)) return true;
  if (options.manners.url_origin == UrlOrigin::response) return false;
  return is_same_origin(options.ask, value, hop, url, resolve);
}

bool is_from_response(const HttpManners& manners, const Hop& hop) noexcept {
  return manners.url_origin == UrlOrigin::response || !hop.link.empty();
}

Result<net::HttpRequest> request_for(const HttpOptions& options, json::Node value, const Hop& hop,
                                     const placeholders::Resolver& resolve,
                                     const SecretMask& mask) {
  const HttpAsk& ask = options.ask;
  net::HttpRequest request;
  PENSTOCK_TRY(url, url_for(ask, value, hop.link, resolve));
  request.url = std::move(url);
  request.profile = options.profile;
  if (is_from_response(options.manners, hop)) request.guard = options.manners.guard;
  const auto status = static_cast<std::uint16_t>(hop.status & ~kStrangersHop);
  request.method = redirected_method(ask.method, status);

  PENSTOCK_TRY(trusted, is_trusted(options, value, hop, request.url, resolve));
  PENSTOCK_TRY(same_origin, is_same_origin(ask, value, hop, request.url, resolve));
  const Way way{same_origin, trusted, request.method != ask.method};
  if (hop.link.empty() && !trusted && url_needs_secret(ask)) return misplaced_secret("URL");
  if (!hop.link.empty() && trusted) {
    PENSTOCK_TRY(revealed, net::parse_url(mask.reveal(request.url.text)));
    request.url = std::move(revealed);
  }
  request.headers.reserve(ask.headers.size() + 3);
  for (const NamedTemplate& header : ask.headers) {
    if (stays_behind(header, way)) continue;
    PENSTOCK_TRY(text, header.second.render(value, resolve));
    request.headers.emplace_back(header.first, std::move(text));
  }
  add_default(request.headers, "User-Agent", options.manners.user_agent);
  add_default(request.headers, "Accept", accept_header(options.take));

  const bool sends_body =
      !std::holds_alternative<std::monostate>(ask.body) && (request.method == ask.method);
  if (!sends_body) return request;
  if (!trusted && needs_secret(names_in(ask.body))) return misplaced_secret("body");
  PENSTOCK_TRY(body, render_body(ask.body, value, resolve));
  request.body = std::move(body.bytes);
  add_default(request.headers, "Content-Type", std::move(body.type));
  return request;
}

Result<std::string> preview_of(const HttpOptions& options, json::Node value) {
  PENSTOCK_TRY(request, request_for(options, value, Hop{}, placeholders::preview_resolver, {}));
  std::string out = request.method + " " + request.url.text;
  for (const auto& [name, text] : request.headers) out += "\n" + name + ": " + text;
  if (request.body) out += "\n\n" + *request.body;
  return with_stars(std::move(out));
}

}  // namespace penstock::steps
