// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A URL and a reference to resolve against it: refused, or in a normal form that reads back as
// itself and holds nothing that could end a request line early. The quick look agrees with libcurl.
//
//     input := URL, LF, reference
#include "net/url.h"

#include <algorithm>
#include <string>

#include "check.h"

namespace penstock {
namespace {

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

void check_url(const net::Url& url) {
  PENSTOCK_ASSERT(url.scheme == "http" || url.scheme == "https");
  PENSTOCK_ASSERT(url.port != 0 && !url.host.empty() && url.target.starts_with('/'));
  PENSTOCK_ASSERT(is_plain(url.text) && is_plain(url.target) && is_plain(url.host));
  PENSTOCK_ASSERT(url.text.find('#') == std::string::npos);
  const auto again = net::parse_url(url.text);
  PENSTOCK_ASSERT(again && again->text == url.text && again->target == url.target);
  PENSTOCK_ASSERT(again->same_origin(url) && again->host_key() == url.host_key());
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view rest = fuzz::as_text(bytes, size);
  const std::string_view text = fuzz::take_until(rest, '\n');
  const auto url = net::parse_url(text);
  const auto slowly = net::parse_any_url(text);
  PENSTOCK_ASSERT(url.has_value() == slowly.has_value());
  if (!url) return 0;
  PENSTOCK_ASSERT(url->text == slowly->text && url->target == slowly->target);
  PENSTOCK_ASSERT(url->same_origin(*slowly));
  check_url(*url);
  if (const auto resolved = net::resolve_url(*url, rest)) check_url(*resolved);
  return 0;
}
