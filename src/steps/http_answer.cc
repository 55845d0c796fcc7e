// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One function by kind of answer; verdict_of() chooses.
#include "steps/http_answer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "core/base64.h"
#include "core/json.h"
#include "core/json_text.h"
#include "core/utf8.h"
#include "steps/charset.h"
#include "steps/fan_out.h"
#include "steps/html_text.h"
#include "steps/http_request.h"
#include "steps/link_header.h"
#include "steps/media_type.h"

namespace penstock::steps {
namespace {

// The names, quotes and small members around what an output holds.
constexpr std::size_t kOutputFrameBytes = 128;

MediaType media_of(const net::HeaderList& headers) {
  return parse_media_type(headers.find("content-type").value_or(""));
}

bool is_success(int status) { return status >= 200 && status < 300 && status != 206; }

ItemVerdict failed(Error error) {
  ItemVerdict verdict;
  verdict.outcome = Outcome::failed;
  verdict.error = std::move(error);
  return verdict;
}

Error answered(const Exchange& exchange, Errc code, std::string kind, const std::string& what) {
  return {code, exchange.url.host_key() + ": " + what, std::move(kind), Sent::yes};
}

/// Whether an API names its used-up quota, which no waiting cures: by a code, in the place for
/// codes. Not in its messages, which may repeat what an item said.
bool speaks_of_quota(std::string_view body) {
  constexpr std::array<std::string_view, 5> kCodes = {
      "insufficient_quota", "billing_hard_limit_reached", "insufficient_balance",
      "quota_exceeded_error", "billing_error"};
  const auto document = json::Document::parse(body);
  if (!document) return false;
  constexpr std::array<std::string_view, 4> kPlaces = {"/error/code", "/error/type", "/code",
                                                       "/type"};
  return std::any_of(kPlaces.begin(), kPlaces.end(), [&](std::string_view place) {
    const auto code = document->root().at(std::string(place));
    return code && code->is(json::Kind::string) &&
           std::find(kCodes.begin(), kCodes.end(), code->text()) != kCodes.end();
  });
}

ItemVerdict verdict_of_error(const Exchange& exchange) {
  const int status = exchange.response.status;
  const std::string number = std::to_string(status);
  const bool may_say_quota = status == 429 || status == 403 || status == 400;
  const bool says_quota =
      status == 402 || (may_say_quota && speaks_of_quota(exchange.response.body));
  if (!exchange.from_response && says_quota) {
    return failed(answered(exchange, Errc::exhausted, "quota", number + ", the quota is used up"));
  }
  Errc code = Errc::rejected;
  if (status == 429) code = Errc::throttled;
  if (status == 408 || status == 425 || status >= 500) code = Errc::unavailable;
  return failed(answered(exchange, code, "http." + number, "answered " + number));
}

ItemVerdict verdict_of_redirect(const Exchange& exchange, std::string_view location) {
  auto target = net::resolve_url(exchange.url, location);
  if (!target) {
    Error error = std::move(target.error());
    error.sent = Sent::yes;
    error.code = Errc::rejected;
    if (error.kind == "url.scheme") error.kind = "redirect.scheme";
    return failed(std::move(error));
  }
  ItemVerdict verdict;
  verdict.outcome = Outcome::moved;
  verdict.link = target->text;
  // The next hop knows only this status: what a 303 has made a GET stays one behind a later 307.
  verdict.moved_status =
      exchange.became_get ? 303 : static_cast<std::uint16_t>(exchange.response.status);
  if (!exchange.trusted) verdict.moved_status |= kStrangersHop;
  return verdict;
}

/// Where the next page is, absolute; empty if this is the last.
Result<std::string> next_page(const HttpTake& take, const Exchange& exchange,
                              std::optional<json::Node> root) {
  std::optional<std::string> link;
  if (take.next == "link") {
    const net::HeaderList& headers = exchange.response.headers;
    for (std::size_t i = 0; i < headers.size() && !link; ++i) {
      if (headers.name(i) == "link") link = next_link(headers.value(i));
    }
  } else if (!take.next.empty() && root) {
    const auto node = root->at(take.next);
    const bool has_text = node && node->is(json::Kind::string);
    if (node && !has_text && !node->is(json::Kind::null) && !node->is(json::Kind::boolean)) {
      return answered(exchange, Errc::rejected, "next.type", take.next + " is not a link");
    }
    if (has_text) link = std::string(node->text());
  }
  if (!link || link->empty()) return std::string();
  PENSTOCK_TRY(target, net::resolve_url(exchange.url, *link));
  if (!exchange.trusted) target.text += kStrangersMark;
  return target.text;
}

Result<ItemVerdict> take_json(const HttpTake& take, const Exchange& exchange) {
  // No body, such as with 204, is no value.
  const std::string_view body =
      exchange.response.body.empty() ? std::string_view("null") : exchange.response.body;
  PENSTOCK_TRY(document, json::Document::parse(body));
  const json::Node root = document.root();
  ItemVerdict verdict;
  verdict.outcome = Outcome::done;
  PENSTOCK_TRY(link, next_page(take, exchange, root));
  verdict.link = std::move(link);
  if (!take.each) {
    verdict.output = document.text();
    return verdict;
  }
  auto fanned = fan_out(root, *take.each);
  if (!fanned) {
    fanned.error().message = exchange.url.host_key() + ": " + fanned.error().message;
    return fanned;
  }
  fanned->link = std::move(verdict.link);
  return fanned;
}

/// The members that text, bytes and file have in common.
void finish_output(json::ObjectWriter& output, const Exchange& exchange, const MediaType& media) {
  output.string("url", exchange.shown_url)
      .string("type", media.type)
      .unsigned_integer("bytes", exchange.response.body_bytes)
      .close();
}

/// `{"body":"..."` and the rest, for a body that is known to be UTF-8. By hand, so that the body
/// is neither checked again nor copied twice.
std::string body_output(const Exchange& exchange, const MediaType& media) {
  std::string rest;
  json::ObjectWriter writer(rest);
  finish_output(writer, exchange, media);
  std::string output;
  output.reserve(exchange.response.body.size() + rest.size() + kOutputFrameBytes);
  output = "{\"body\":\"";
  json::escape_valid(exchange.response.body, output);
  output += "\",";
  output.append(rest, 1);
  return output;
}

Result<std::string> text_output(const HttpTake& take, const Exchange& exchange) {
  const std::string& body = exchange.response.body;
  const MediaType media = media_of(exchange.response.headers);
  const bool is_untyped = media.type.empty() || media.type == "application/octet-stream";
  const bool is_html = media.is_html() || (is_untyped && looks_like_html(body));
  const bool is_text = is_html || media.is_text() || (is_untyped && utf8::is_valid(body));
  if (!is_text) {
    return answered(exchange, Errc::rejected, "text.binary", "not a text: " + media.type);
  }
  const std::string charset =
      charset_of(body, media.charset, is_html ? Markup::html : Markup::none);
  PENSTOCK_TRY(text, to_utf8(body, charset));
  std::string output;
  json::ObjectWriter writer(output);
  if (is_html) {
    PENSTOCK_TRY(page, html_to_text(text, take.furniture));
    writer.string("text", page.text).string("title", page.title);
  } else {
    writer.string("text", text).string("title", "");
  }
  finish_output(writer, exchange, media);
  return output;
}

Result<std::string> plain_output(const HttpTake& take, const Exchange& exchange) {
  const MediaType media = media_of(exchange.response.headers);
  const std::string& body = exchange.response.body;
  if (take.as == HttpAs::bytes && utf8::is_valid(body)) return body_output(exchange, media);
  std::string output;
  json::ObjectWriter writer(output);
  if (take.as == HttpAs::file) {
    writer.string("file", exchange.file);
  } else {
    writer.string("base64", base64(body));
  }
  finish_output(writer, exchange, media);
  return output;
}

Result<ItemVerdict> take_body(const HttpTake& take, const Exchange& exchange) {
  if (take.as == HttpAs::json) return take_json(take, exchange);
  ItemVerdict verdict;
  verdict.outcome = Outcome::done;
  PENSTOCK_TRY(link, next_page(take, exchange, std::nullopt));
  verdict.link = std::move(link);
  PENSTOCK_TRY(
      output, take.as == HttpAs::text ? text_output(take, exchange) : plain_output(take, exchange));
  verdict.output = std::move(output);
  return verdict;
}

}  // namespace

bool is_wanted(const HttpTake& take, int status, const net::HeaderList& headers) {
  if (take.accept.empty() || !is_success(status) || status == 204) return true;
  return is_accepted(media_of(headers), take.accept);
}

ItemVerdict verdict_of(const HttpTake& take, const Exchange& exchange) {
  const net::HttpResponse& response = exchange.response;
  if (response.error) return failed(*response.error);
  if (!is_wanted(take, response.status, response.headers)) {
    ItemVerdict verdict;
    verdict.outcome = Outcome::skipped;
    verdict.error = answered(exchange, Errc::rejected, "skipped.type",
                             "not wanted: " + media_of(response.headers).type);
    return verdict;
  }
  const auto location = response.headers.find("location");
  constexpr std::array kMoved = {301, 302, 303, 307, 308};
  if (location && std::find(kMoved.begin(), kMoved.end(), response.status) != kMoved.end()) {
    return verdict_of_redirect(exchange, *location);
  }
  if (!is_success(response.status)) return verdict_of_error(exchange);
  auto verdict = take_body(take, exchange);
  if (verdict) return std::move(*verdict);
  verdict.error().sent = Sent::yes;
  return failed(std::move(verdict.error()));
}

std::vector<std::pair<std::string, std::string>> rate_headers_of(int status,
                                                                 const net::HeaderList& headers) {
  constexpr std::array<std::string_view, 6> kBeginnings = {"retry-after", "x-retry-after",
                                                           "x-ratelimit", "x-rate-limit",
                                                           "ratelimit",   "anthropic-ratelimit"};
  constexpr std::size_t kAboutQuotas = 2;  // From here on.
  const std::size_t first = status == 429 || status == 503 ? 0 : kAboutQuotas;
  std::vector<std::pair<std::string, std::string>> found;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const std::string_view name = headers.name(i);
    const bool is_one = std::any_of(kBeginnings.begin() + first, kBeginnings.end(),
                                    [&](auto beginning) { return name.starts_with(beginning); });
    if (is_one) found.emplace_back(name, headers.value(i));
  }
  // Only to read the others by.
  const auto date = headers.find("date");
  if (!found.empty() && date) found.emplace_back("date", *date);
  return found;
}

}  // namespace penstock::steps
