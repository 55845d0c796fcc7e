// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Ranges are of IPv4 addresses only.
#include "listen_address.h"

#include "units.h"

#include <arpa/inet.h>

namespace penstock::lab {
namespace {

constexpr std::uint32_t kHostsMax = 65'536;
constexpr std::string_view kWhat = "address (127.0.0.1:8080, 127.0.0.1-127.0.0.8:0, [::1]:8080)";

Result<std::uint32_t> parse_v4(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return not_a(kWhat, text);
  return ntohl(address.s_addr);
}

std::string v4_text(std::uint32_t host) {
  const in_addr address{htonl(host)};
  char text[INET_ADDRSTRLEN];
  return inet_ntop(AF_INET, &address, text, sizeof text);
}

Result<std::vector<std::string>> parse_v6(std::string_view text, Reach reach) {
  if (text.size() < 2 || text.back() != ']') return not_a(kWhat, text);
  const std::string host(text.substr(1, text.size() - 2));
  in6_addr address{};
  if (inet_pton(AF_INET6, host.c_str(), &address) != 1) return not_a(kWhat, text);
  if (reach == Reach::loopback && !IN6_IS_ADDR_LOOPBACK(&address)) {
    return not_a("loopback address", text);
  }
  return std::vector<std::string>{host};
}

Result<std::vector<std::string>> parse_hosts(std::string_view text, Reach reach) {
  if (!text.empty() && text.front() == '[') return parse_v6(text, reach);
  const auto dash = text.find('-');
  PENSTOCK_TRY(first, parse_v4(text.substr(0, dash)));
  PENSTOCK_TRY(last, parse_v4(dash == std::string_view::npos ? text : text.substr(dash + 1)));
  if (last < first || last - first >= kHostsMax) return not_a(kWhat, text);
  const bool loopback = first >> 24 == 127 && last >> 24 == 127;
  if (reach == Reach::loopback && !loopback) return not_a("loopback address", text);
  std::vector<std::string> hosts;
  for (auto host = first; host <= last; ++host) hosts.push_back(v4_text(host));
  return hosts;
}

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text, Reach reach) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return not_a(kWhat, text);
  const auto port = parse_whole(text.substr(colon + 1));
  if (!port || *port > UINT16_MAX) return not_a(kWhat, text);
  PENSTOCK_TRY(hosts, parse_hosts(text.substr(0, colon), reach));
  return ListenAddress{std::move(hosts), static_cast<std::uint16_t>(*port)};
}

}  // namespace penstock::lab
