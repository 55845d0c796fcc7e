// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Any robots.txt and any path: an answer, the same for every spelling of both.
//
//     input := target, LF, the file
#include "net/robots.h"

#include <algorithm>
#include <string>

#include "check.h"

namespace penstock {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Escapes every letter that is not part of an escape.
std::string escaped_letters(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      out += text.substr(i, 3);
      i += 2;
    } else if (c >= 'a' && c <= 'z') {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace
}  // namespace penstock

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace penstock;
  std::string_view rest = fuzz::as_text(bytes, size);
  const std::string target(fuzz::take_until(rest, '\n'));
  const net::Robots robots = net::Robots::parse(rest, "penstock");
  const bool allowed = robots.allows(target);
  PENSTOCK_ASSERT(robots.allows("/robots.txt"));
  PENSTOCK_ASSERT(robots.allows(escaped_letters(target)) == allowed);
  std::string carriage_returns(rest);
  std::replace(carriage_returns.begin(), carriage_returns.end(), '\n', '\r');
  PENSTOCK_ASSERT(net::Robots::parse(carriage_returns, "PENSTOCK").allows(target) == allowed);
  return 0;
}
