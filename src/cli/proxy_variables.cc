// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The first name that is set and not empty counts.
#include "cli/proxy_variables.h"

#include <initializer_list>

namespace penstock::cli {

catalog::Proxy proxy_of(
    const std::function<std::optional<std::string>(std::string_view name)>& variable) {
  const auto first_of = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      auto text = variable(name);
      if (text && !text->empty()) return std::move(*text);
    }
    return std::string();
  };
  catalog::Proxy proxy{.http = first_of({"http_proxy", "all_proxy", "ALL_PROXY"}),
                       .https = first_of({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}),
                       .bypass = "localhost,127.0.0.0/8,::1"};
  const std::string direct = first_of({"no_proxy", "NO_PROXY"});
  if (!direct.empty()) proxy.bypass += "," + direct;
  return proxy;
}

}  // namespace penstock::cli
