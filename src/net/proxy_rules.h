// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which proxy a URL goes through, if any. Text only: it resolves nothing and asks no environment.
// Ours and not libcurl's, since whoever guards addresses must know which connections are direct.
#pragma once

#include <string>
#include <string_view>

#include "net/url.h"

namespace penstock::net {

/// Proxies as libcurl takes them ("http://proxy.example:3128", "socks5://..."); empty: none.
struct ProxyRules {
  std::string http;    ///< For http URLs.
  std::string https;   ///< For https URLs.
  std::string bypass;  ///< Hosts that are called directly, with commas or blanks between them.
};

/// Empty: none.
///
/// A bypass is a domain with all below it ("example.org", ".example.org"), an address, a range of
/// addresses ("10.0.0.0/8"), or "*" for everything. Names are not resolved, so a range is for URLs
/// that hold an address.
std::string_view proxy_for(const ProxyRules& rules, const Url& url);

}  // namespace penstock::net
