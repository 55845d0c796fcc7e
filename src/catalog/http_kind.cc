// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Keys in four groups, as http_options.h has them: what is asked, what is taken, manners, and the
// connection.
#include "catalog/http_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "catalog/setting_json.h"
#include "core/json.h"
#include "net/url.h"
#include "steps/http_request.h"
#include "steps/http_step.h"

namespace penstock::catalog {
namespace {

using steps::HttpAs;
using steps::HttpOptions;
using steps::NamedTemplate;

/// One step while it is read. `keys` is the step itself, or its `http` table.
struct Reading {
  SettingReader& keys;
  const StepSite& site;
  TemplateReader& templates;
  std::string_view url_key;
};

std::optional<placeholders::Template> read_template(Reading& reading, std::string_view key,
                                                    placeholders::Place place) {
  const std::optional<std::string> text = reading.keys.text(key);
  if (!text) return std::nullopt;
  return reading.templates.parse(*text, place, reading.keys.place_of(key),
                                 reading.keys.path_of(key));
}

std::vector<NamedTemplate> read_named(Reading& reading, std::string_view key,
                                      placeholders::Place place) {
  std::vector<NamedTemplate> named;
  const auto pairs = reading.keys.pairs(key);
  if (!pairs) return named;
  for (const auto& [name, text] : *pairs) {
    const Place at = reading.keys.tree().find(key)->find(name)->at;
    auto parsed = reading.templates.parse(text, place, at, reading.keys.path_of(key) + "." + name);
    if (parsed) named.emplace_back(name, std::move(*parsed));
  }
  return named;
}

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

/// What RFC 9110 5.6.2 lets a header be called.
bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kTokenMarks.find(c) != kTokenMarks.npos;
  });
}

void read_headers(Reading& reading, HttpOptions& options) {
  options.ask.headers = read_named(reading, "headers", placeholders::Place::header);
  for (const NamedTemplate& header : options.ask.headers)
    if (!is_token(header.first))
      reading.keys.problem("headers", fmt::format("\"{}\" is no header name", header.first));
}

void read_json_body(Reading& reading, HttpOptions& options) {
  const Setting* json = reading.keys.any("json");
  if (json == nullptr) return;
  const std::size_t errors_before = reading.keys.problems().errors();
  reading.templates.note_strings(*json, reading.keys.path_of("json"));
  if (reading.keys.problems().errors() > errors_before) return;
  Result<placeholders::JsonTemplate> parsed = placeholders::JsonTemplate::parse(to_json(*json));
  if (parsed)
    options.ask.body = std::move(*parsed);
  else
    reading.keys.problem("json", parsed.error().message);
}

/// One of json, form and body.
void read_body(Reading& reading, HttpOptions& options) {
  read_json_body(reading, options);
  auto form = read_named(reading, "form", placeholders::Place::form);
  auto raw = read_template(reading, "body", placeholders::Place::plain);
  const auto type = reading.keys.text("body_type");
  int bodies = 0;
  for (const std::string_view key : {"json", "form", "body"})
    bodies += reading.keys.tree().find(key) != nullptr ? 1 : 0;
  if (bodies > 1) reading.keys.problem("", "one body is enough: json, form or body");
  if (!form.empty()) options.ask.body = steps::FormBody{std::move(form)};
  if (raw) options.ask.body = steps::RawBody{std::move(*raw)};
  if (type && raw) std::get<steps::RawBody>(options.ask.body).type = *type;
  if (type && !raw) reading.keys.problem("body_type", "is for body; json and form have theirs");
}

void read_ask(Reading& reading, HttpOptions& options) {
  if (auto url = read_template(reading, reading.url_key, placeholders::Place::url))
    options.ask.url = std::move(*url);
  options.ask.query = read_named(reading, "query", placeholders::Place::query);
  read_headers(reading, options);
  read_body(reading, options);
  const bool has_body = !std::holds_alternative<std::monostate>(options.ask.body);
  options.ask.method = has_body ? "POST" : "GET";
  if (reading.keys.choice("method", {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}))
    options.ask.method = *reading.keys.text("method");
  if (has_body && (options.ask.method == "GET" || options.ask.method == "HEAD"))
    reading.keys.problem("method", fmt::format("{} sends no body", options.ask.method));
  options.ask.resolve = reading.site.resolve;
}

void read_pointer(Reading& reading, std::string_view key, const std::string& pointer) {
  if (const Status checked = json::check_pointer(pointer); !checked)
    reading.keys.problem(key, checked.error().message);
}

void read_each_and_next(Reading& reading, HttpOptions& options) {
  options.take.each = reading.keys.text("each");
  if (options.take.each) read_pointer(reading, "each", *options.take.each);
  options.take.next = reading.keys.text("next").value_or("");
  if (!options.take.next.empty() && options.take.next != "link")
    read_pointer(reading, "next", options.take.next);
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return text;
}

void read_take(Reading& reading, HttpOptions& options) {
  read_each_and_next(reading, options);
  const bool reads_json =
      options.take.each || (!options.take.next.empty() && options.take.next != "link");
  options.take.as = reads_json ? HttpAs::json : HttpAs::bytes;
  constexpr std::array kAs{HttpAs::bytes, HttpAs::text, HttpAs::json, HttpAs::file};
  if (const auto as = reading.keys.choice("as", {"bytes", "text", "json", "file"}))
    options.take.as = kAs[*as];
  if (reads_json && options.take.as != HttpAs::json)
    reading.keys.problem("as", "each and next point into JSON; leave out `as`");
  for (const std::string& type : reading.keys.texts("accept").value_or(std::vector<std::string>()))
    options.take.accept.push_back(lower_case(type));
  if (const auto furniture = reading.keys.choice("furniture", {"keep", "drop"})) {
    options.take.furniture = *furniture == 0 ? steps::Furniture::keep : steps::Furniture::drop;
    if (options.take.as != HttpAs::text) reading.keys.problem("furniture", "is for as = \"text\"");
  }
}

/// The part of a URL template that names the host, before its first placeholder.
std::string_view before_placeholders(std::string_view url) { return url.substr(0, url.find('{')); }

bool host_is_constant(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return scheme != url.npos && before_placeholders(url).find('/', scheme + 3) != url.npos;
}

/// The private neighbourhood that a job's own first URL is in, if any: it is no secret to it.
std::vector<net::AddressRange> own_neighbourhood(std::string_view url) {
  const Result<net::Url> parsed = net::parse_url(before_placeholders(url));
  if (!parsed) return {};
  const std::string host = parsed->host == "localhost" ? "127.0.0.1" : parsed->host;
  const std::optional<net::IpAddress> address = net::parse_address(host);
  if (!address || net::is_public(*address)) return {};
  std::vector<net::AddressRange> found;
  for (const char* text :
       {"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}) {
    const Result<net::AddressRange> range = net::parse_range(text);
    if (range && range->contains(*address)) found.push_back(*range);
  }
  return found;
}

void read_manners(Reading& reading, const std::string& url, HttpOptions& options) {
  steps::HttpManners& manners = options.manners;
  if (reading.site.index > 0 && !host_is_constant(url))
    manners.url_origin = steps::UrlOrigin::response;
  if (reading.keys.boolean("robots").value_or(false)) manners.robots = steps::RobotsRules::obey;
  if (const auto agent = reading.keys.text("user_agent")) manners.user_agent = *agent;
  std::vector<net::AddressRange> allowed =
      own_neighbourhood(reading.site.first_url.empty() ? url : reading.site.first_url);
  for (const std::string& text : reading.keys.texts("allow").value_or(std::vector<std::string>())) {
    const Result<net::AddressRange> range = net::parse_range(text);
    if (range)
      allowed.push_back(*range);
    else
      reading.keys.problem("allow", range.error().message);
  }
  manners.guard = std::make_shared<const net::AddressGuard>(std::move(allowed));
}

/// Credentials go to hosts that answers name only where the job says so.
void read_credentials(Reading& reading, HttpOptions& options) {
  steps::HttpManners& manners = options.manners;
  manners.credentials_to =
      reading.keys.texts("credentials_to").value_or(std::vector<std::string>());
  for (std::string& host : manners.credentials_to) {
    const Result<net::Url> url = net::parse_url("https://" + host + "/");
    if (!url || url->target != "/")
      reading.keys.problem("credentials_to", fmt::format("\"{}\" is no host", host));
    else
      host = url->host_key();
  }
  const bool are_withheld =
      manners.url_origin == steps::UrlOrigin::response && manners.credentials_to.empty();
  if (are_withheld && steps::has_credentials(options.ask))
    reading.keys.warn(reading.url_key,
                      "hosts that answers name get no credentials; list those that may in "
                      "credentials_to = [\"host\"]");
}

void read_timeouts(Reading& reading, net::HttpTimeouts& timeouts) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const Setting* value = reading.keys.any("timeout");
  if (value == nullptr) return;
  if (value->kind != SettingKind::table) {
    if (const auto total = reading.keys.duration("timeout"))
      timeouts.total = duration_cast<milliseconds>(*total);
    return;
  }
  SettingReader table(*value, reading.keys.path_of("timeout"), reading.keys.problems());
  const auto read_one = [&table](std::string_view key, milliseconds& target) {
    if (const auto wait = table.duration(key)) target = duration_cast<milliseconds>(*wait);
  };
  read_one("connect", timeouts.connect);
  read_one("first_byte", timeouts.first_byte);
  read_one("idle", timeouts.idle);
  read_one("total", timeouts.total);
  table.done();
}

void read_connection(Reading& reading, net::HttpProfile& profile) {
  read_timeouts(reading, profile.timeouts);
  if (const auto bytes = reading.keys.bytes("body_max")) profile.limits.body_bytes = *bytes;
  profile.proxy = reading.site.proxy;
  if (const auto proxy = reading.keys.text("proxy")) profile.proxy = {*proxy, *proxy, ""};
  if (const auto file = reading.keys.text("ca_file"))
    profile.ca_file = (reading.site.folder / *file).lexically_normal().string();
  if (!reading.keys.boolean("tls_verify").value_or(true)) {
    profile.tls_check = net::TlsCheck::off;
    reading.keys.warn("tls_verify", "anybody on the way can read and change what is sent");
  }
  if (const auto version = reading.keys.choice("http_version", {"auto", "1.1"}))
    profile.version = *version == 0 ? net::HttpVersion::automatic : net::HttpVersion::http1;
}

std::optional<StepSpec> read_keys(Reading& reading) {
  StepSpec spec{.kind = "http"};
  spec.url = reading.keys.text(reading.url_key).value_or("");
  if (spec.url.empty()) reading.keys.problem(reading.url_key, "expected a URL");
  HttpOptions options;
  const auto profile = std::make_shared<net::HttpProfile>();
  const std::size_t errors_before = reading.keys.problems().errors();
  read_ask(reading, options);
  read_take(reading, options);
  read_manners(reading, spec.url, options);
  read_credentials(reading, options);
  read_connection(reading, *profile);
  if (const auto repeatable = reading.keys.boolean("repeatable"))
    options.repeatable = *repeatable ? Repeatable::yes : Repeatable::no;
  if (spec.url.empty() || reading.keys.problems().errors() > errors_before) return std::nullopt;
  options.profile = profile;
  spec.fans_out = options.take.each.has_value();
  spec.has_pages = !options.take.next.empty();
  spec.step = steps::make_http_step(std::move(options));
  spec.uses = reading.templates.take();
  return spec;
}

}  // namespace

std::optional<StepSpec> read_http_step(SettingReader& step, const StepSite& site) {
  TemplateReader templates(step.problems());
  const Setting* http = step.any("http");
  if (http->kind != SettingKind::table) {
    Reading reading{step, site, templates, "http"};
    return read_keys(reading);
  }
  SettingReader table(*http, step.path_of("http"), step.problems());
  Reading reading{table, site, templates, "url"};
  std::optional<StepSpec> spec = read_keys(reading);
  table.done();
  return spec;
}

}  // namespace penstock::catalog
