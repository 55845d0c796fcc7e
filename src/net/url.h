// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// URLs as the HTTP step may use them: absolute, http or https, in one normal form. Parsing is
// libcurl's own, so that what is judged here is what is connected to. Never touches the network.
#pragma once

#include <penstock/error.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::net {

inline constexpr std::size_t kUrlBytesMax = 64 << 10;

/// One http or https URL, taken apart.
struct Url {
  std::string text;        ///< Normal form: no fragment, no user, no default port, no dot segments.
  std::string scheme;      ///< "http" or "https".
  std::string host;        ///< Lower case; IPv6 in brackets; odd IPv4 spellings as four decimals.
  std::uint16_t port = 0;  ///< Never 0 in a parsed URL.
  std::string target;      ///< Path and query, as robots.txt rules see them: "/a?b=c".

  /// "host", or "host:port" where the port is not the scheme's own.
  std::string host_key() const;

  /// Scheme, host and port are the same: credentials may be sent to both.
  bool same_origin(const Url& other) const noexcept;
};

/// Parse an absolute URL. Spaces and non-ASCII bytes are percent-encoded; control characters, and a
/// host that is not ASCII (it has a form that is: xn--), are refused.
/// Errors: invalid ("url.syntax", "url.scheme" for anything but http and https, "url.userinfo"
/// when it carries a user or password).
Result<Url> parse_url(std::string_view text);

/// The same by libcurl alone, without the quick look at URLs that are in normal form already; for
/// the test that compares the two.
Result<Url> parse_any_url(std::string_view text);

/// Resolve a reference (a Location, a link) against the URL of the response that held it.
/// Errors: as parse_url().
Result<Url> resolve_url(const Url& base, std::string_view reference);

}  // namespace penstock::net
