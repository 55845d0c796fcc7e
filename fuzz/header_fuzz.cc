// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The headers of an answer, as a peer sends them: waits and quotas stay within their bounds, dates
// within their years, a media type reads back as itself, a link's target is a piece of its header.
//
//     input := (name, ":", value, LF)*
#include <penstock/limit.h>

#include <string>
#include <utility>
#include <vector>

#include "check.h"
#include "limits/header_date.h"
#include "steps/link_header.h"
#include "steps/media_type.h"

namespace penstock {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr WallTime kNow{std::chrono::seconds(1'700'000'000)};
constexpr WallTime kYear2262 = std::chrono::sys_days(std::chrono::year(2262) / 1 / 1);

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return text;
}

void check_wait(const std::optional<std::chrono::milliseconds>& wait) {
  if (wait) PENSTOCK_ASSERT(wait->count() >= 0 && *wait <= kHintWaitMax);
}

void check_quota(const QuotaHint& quota) {
  if (quota.limit) PENSTOCK_ASSERT(*quota.limit >= 0);
  if (quota.remaining) PENSTOCK_ASSERT(*quota.remaining >= 0);
  check_wait(quota.reset_after);
}

void check_rates(Headers headers) {
  const RateHint hint = parse_rate_headers(headers, kNow);
  check_wait(hint.retry_after);
  check_quota(hint.requests);
  check_quota(hint.tokens);
  for (auto& header : headers) header.first = upper(header.first);
  PENSTOCK_ASSERT(parse_rate_headers(headers, kNow) == hint);
}

void check_value(std::string_view value) {
  const auto date = limits::parse_header_date(value, kNow);
  if (date) PENSTOCK_ASSERT(*date >= WallTime{} && *date < kYear2262);
  const auto next = steps::next_link(value);
  if (next) PENSTOCK_ASSERT(value.find("<" + *next + ">") != std::string_view::npos);
  const steps::MediaType media = steps::parse_media_type(value);
  PENSTOCK_ASSERT(steps::parse_media_type(media.type).type == media.type);
  PENSTOCK_ASSERT(steps::parse_media_type(upper(std::string(value))).type == media.type);
  if (!media.type.empty()) PENSTOCK_ASSERT(steps::is_accepted(media, {media.type}));
  PENSTOCK_ASSERT(steps::is_accepted(media, {"*/*"}));
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view rest = fuzz::as_text(bytes, size);
  Headers headers;
  while (!rest.empty()) {
    std::string_view line = fuzz::take_until(rest, '\n');
    const std::string name(fuzz::take_until(line, ':'));
    check_value(line);
    headers.emplace_back(name, line);
  }
  check_rates(std::move(headers));
  return 0;
}
