// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The list is walked for every request: it is short.
#include "net/proxy_rules.h"

#include <algorithm>

#include "net/address_guard.h"

namespace penstock::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         std::equal(end.rbegin(), end.rend(), text.rbegin(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool matches(std::string_view entry, std::string_view host) {
  if (entry == "*") return true;
  if (const auto address = parse_address(host)) {
    const auto range = parse_range(entry);
    return range && range->contains(*address);
  }
  while (entry.starts_with('.')) entry.remove_prefix(1);
  while (entry.ends_with('.')) entry.remove_suffix(1);
  while (host.ends_with('.')) host.remove_suffix(1);
  if (entry.empty() || !ends_with(host, entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

bool is_bypassed(std::string_view list, std::string_view host) {
  constexpr std::string_view kBetween = ", \t";
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(kBetween), list.size());
    if (end > 0 && matches(list.substr(0, end), host)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

std::string_view proxy_for(const ProxyRules& rules, const Url& url) {
  const std::string& proxy = url.scheme == "https" ? rules.https : rules.http;
  if (proxy.empty() || is_bypassed(rules.bypass, url.host)) return {};
  return proxy;
}

}  // namespace penstock::net
