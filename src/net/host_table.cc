// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A hash table with a list of those that nobody uses.
#include "net/host_table.h"

namespace penstock::net {
namespace {

/// The host part of "https://[::1]:8443".
std::string_view host_of(std::string_view origin) {
  std::string_view host = origin.substr(origin.find("//") + 2);
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

Host& HostTable::enter(std::string_view origin) {
  auto found = hosts_.find(origin);
  if (found == hosts_.end()) {
    found = hosts_.emplace(std::string(origin), Host{}).first;
    Host& host = found->second;
    host.origin = found->first;
    host.address = parse_address(host_of(origin));
    host.has_name = !host.address;
    if (host.address) host.address_until = TimePoint::max();
    if (origin.starts_with("https:")) host.protocol = Host::Protocol::unknown;
  } else if (found->second.active == 0) {
    idle_.erase(found->second.idle_place);
  }
  ++found->second.active;
  return found->second;
}

void HostTable::leave(Host& host) {
  if (--host.active > 0) return;
  host.idle_place = idle_.insert(idle_.end(), &host);
  if (idle_.size() <= kIdleMax) return;
  const Host* oldest = idle_.front();
  idle_.pop_front();
  hosts_.erase(hosts_.find(std::string_view(oldest->origin)));
}

}  // namespace penstock::net
