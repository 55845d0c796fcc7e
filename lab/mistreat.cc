// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Each step leaves the answer alone unless its behaviour is set.
#include "mistreat.h"

#include "chance.h"
#include "gzip.h"
#include "http_date.h"

#include <fmt/format.h>

#include <algorithm>

namespace penstock::lab {
namespace {

// Values are part of what a seed means: append only, never renumber.
enum Purpose : std::uint64_t { kWhether = 1, kWhich = 2, kJitter = 3 };

const std::vector<std::string>& default_kinds() {
  static const auto kinds = [] {
    const auto parsed = with_params({}, {{"fail_kinds", std::string(kDefaultFailKinds)}});
    return parsed->failing.kinds;
  }();
  return kinds;
}

Answer redirect_answer(int status, const std::string& location) {
  Answer answer;
  answer.status = status;
  answer.body = "moved to " + location + "\n";
  add_header(answer, "Location", location);
  return answer;
}

// Characters above U+00FF become '?', bytes that are no UTF-8 stay.
std::string to_latin1(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    const bool two = (byte & 0xE0) == 0xC0 && i + 1 < utf8.size();
    if (two) {
      const auto code = ((byte & 0x1Fu) << 6) | (static_cast<unsigned char>(utf8[++i]) & 0x3Fu);
      out.push_back(code < 256 ? static_cast<char>(code) : '?');
    } else if (byte >= 0xE0) {
      out.push_back('?');
      i += byte >= 0xF0 ? 3 : 2;
    } else {
      out.push_back(static_cast<char>(byte));
    }
  }
  return out;
}

/// The bytes first: `charset` may then contradict them on purpose.
void dress_type(Answer& answer, const Payload& payload) {
  if (payload.latin1 && body_bytes(answer.body) != kEndless) {
    answer.body = to_latin1(body_text(answer.body));
  }
  const std::string charset =
      payload.latin1 && payload.charset.empty() ? "iso-8859-1" : payload.charset;
  if (!payload.type.empty()) answer.type = payload.type;
  if (charset.empty()) return;
  answer.type = answer.type.substr(0, answer.type.find(';')) + "; charset=" + charset;
}

/// Weights ("gzip;q=0") are not looked at: no client asks so.
bool accepts_gzip(const Request& request) {
  return request.header("Accept-Encoding").find("gzip") != std::string_view::npos;
}

/// Bodies too large to hold are sent as they are.
void dress_coding(Answer& answer, const Behaviour& behaviour, const Request& request) {
  if (behaviour.payload.bomb_bytes || !behaviour.framing.gzip) return;
  add_header(answer, "Vary", "Accept-Encoding");
  if (!accepts_gzip(request) || body_bytes(answer.body) > (64u << 20)) return;
  answer.body = gzip_text(body_text(answer.body));
  add_header(answer, "Content-Encoding", "gzip");
}

void dress_headers(Answer& answer, const Framing& framing) {
  if (!framing.encoding.empty()) add_header(answer, "Content-Encoding", framing.encoding);
  answer.interim = framing.interim;
  for (std::uint64_t i = 1; i <= framing.headers; ++i) {
    add_header(answer, fmt::format("X-Lab-{:06}", i), "filler");
  }
  if (framing.big_header_bytes == 0) return;
  add_header(answer, "X-Lab-Big",
             std::string(static_cast<std::size_t>(framing.big_header_bytes), 'x'));
}

void dress_delivery(Answer& answer, const Behaviour& behaviour, const Request& request) {
  auto& delivery = answer.delivery;
  const bool first = request.origin.nth_on_connection == 1;
  delivery.delay = behaviour.pace.delay + (first ? behaviour.pace.connect_delay : Duration{});
  delivery.body_delay = behaviour.pace.first_byte;
  delivery.drip_bytes_per_s = behaviour.pace.drip_bytes_per_s;
  const bool endless = body_bytes(answer.body) == kEndless;
  delivery.chunked = (behaviour.framing.chunked || endless) && !request.is_http_1_0;
  delivery.head_only = request.method == "HEAD" || answer.status == 204 || answer.status == 304;
  delivery.trailing.assign(static_cast<std::size_t>(behaviour.framing.extra_bytes), '#');
  if (behaviour.framing.close || endless) delivery.ending = Ending::close;
}

void break_off(Answer& answer, Breakage breakage) {
  auto& delivery = answer.delivery;
  switch (breakage) {
    case Breakage::none:
      return;
    case Breakage::truncate:
      delivery.cut_at = body_bytes(answer.body) / 2;
      delivery.ending = Ending::close;
      return;
    case Breakage::reset:
      delivery.ending = Ending::reset;
      return;
    case Breakage::hang:
      delivery.ending = Ending::hang;
      return;
    case Breakage::garbage:
      answer.is_raw = true;
      answer.body = std::string("\x16\x03\x01 this is not HTTP\r\n\r\n\0\xff\xfe", 26);
      delivery.chunked = false;
      delivery.ending = Ending::close;
      return;
  }
}

}  // namespace

Behaviour with_chance(Behaviour behaviour, std::uint64_t seed, std::uint64_t url,
                      std::uint64_t nth) {
  auto& pace = behaviour.pace;
  const double jitter = draw_share({seed, url, nth, kJitter});
  pace.delay +=
      Duration(static_cast<std::int64_t>(jitter * static_cast<double>(pace.delay_jitter.count())));
  const auto& failing = behaviour.failing;
  const bool fails = nth <= failing.first || draw_share({seed, url, nth, kWhether}) < failing.share;
  if (!fails) return behaviour;
  const auto& kinds = failing.kinds.empty() ? default_kinds() : failing.kinds;
  const std::string kind = kinds[draw_bits({seed, url, nth, kWhich}) % kinds.size()];
  return with_failure(std::move(behaviour), kind);
}

std::optional<Answer> instead_of_route(const Behaviour& behaviour, const Target& target) {
  const auto& redirecting = behaviour.redirecting;
  if (behaviour.refusal.status >= 300) {
    return error_answer(behaviour.refusal.status, "lab_status", reason(behaviour.refusal.status));
  }
  if (!redirecting.to.empty()) return redirect_answer(redirecting.status, redirecting.to);
  if (redirecting.loop) return redirect_answer(redirecting.status, target.raw);
  if (redirecting.hops > 0) {
    const auto left = std::to_string(redirecting.hops - 1);
    return redirect_answer(redirecting.status, with_param(target, "redirect", left));
  }
  const auto& payload = behaviour.payload;
  Answer answer;
  if (payload.bomb_bytes) {
    answer.body = gzip_zeros(*payload.bomb_bytes);
    add_header(answer, "Content-Encoding", "gzip");
  } else if (payload.flood) {
    answer.body = Pattern{kEndless};
  } else if (payload.bytes) {
    answer.body = Pattern{*payload.bytes};
  } else {
    return std::nullopt;
  }
  return answer;
}

Answer mistreated(Answer answer, const Behaviour& behaviour, const Request& request) {
  const int status = behaviour.refusal.status;
  if (status != 0 && status < 300) answer.status = status;
  answer.reason = behaviour.refusal.reason;
  dress_type(answer, behaviour.payload);
  dress_coding(answer, behaviour, request);
  dress_headers(answer, behaviour.framing);
  for (const auto& retry : retry_afters(behaviour, answer.status, request.origin.wall)) {
    add_header(answer, retry.header, retry.value);
  }
  dress_delivery(answer, behaviour, request);
  break_off(answer, behaviour.breakage);
  return answer;
}

RetryAfter retry_after_seconds(Duration wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  return {"Retry-After", std::to_string(seconds.count()), seconds};
}

RetryAfter retry_after_date(Duration wait, WallTime now) {
  const auto when = std::chrono::ceil<std::chrono::seconds>(now + wait);
  return {"Retry-After", http_date(when), when - now};
}

RetryAfter retry_after_ms(Duration wait) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait);
  return {"retry-after-ms", std::to_string(ms.count()), ms};
}

std::vector<RetryAfter> retry_afters(const Behaviour& behaviour, int status, WallTime now) {
  std::vector<RetryAfter> all;
  if (status < 300) return all;
  const auto& refusal = behaviour.refusal;
  if (refusal.retry_after) all.push_back(retry_after_seconds(*refusal.retry_after));
  if (refusal.retry_after_date) all.push_back(retry_after_date(*refusal.retry_after_date, now));
  if (refusal.retry_after_ms) all.push_back(retry_after_ms(*refusal.retry_after_ms));
  return all;
}

}  // namespace penstock::lab
