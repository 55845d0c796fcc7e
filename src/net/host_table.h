// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What is known of hosts: where their idle connections are, which protocol they speak, and whether
// their name was resolved lately. Bookkeeping only: it starts nothing.
#pragma once

#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/address_guard.h"

namespace penstock::net {

class Exchange;

/// One origin ("https://example.org:8443").
///
/// Of a host that is new, one request (the probe) goes ahead, and the others wait until it has
/// resolved the name, and for https until the protocol is known. Else 500 requests would start 500
/// resolver threads, and 500 connections to a server that wants them in one.
struct Host {
  enum class Protocol : std::uint8_t { unknown, http1, http2 };

  std::string origin;
  Protocol protocol = Protocol::http1;
  bool has_name = true;                     ///< To resolve; an address needs nothing.
  std::optional<IpAddress> address;         ///< Its own, or where libcurl has reached it.
  TimePoint address_until{};                ///< A name is asked for again then.
  bool is_malformed = false;                ///< Its answers are for libcurl to understand.
  bool is_proven = false;                   ///< We have understood one ourselves.
  TimePoint distrusted_until{};             ///< It closes kept connections without a word.
  TimePoint resolved_until{};               ///< libcurl's cache has the answer until then.
  Exchange* probe = nullptr;                ///< The request that goes ahead.
  bool is_resolving = false;                ///< The probe counts among those that may resolve.
  std::deque<Exchange*> waiting;            ///< For the probe.
  std::vector<std::uint32_t> lanes;         ///< Of probably idle connections, the latest last.
  std::size_t active = 0;                   ///< Requests that hold this host.
  std::list<Host*>::iterator idle_place{};  ///< While active == 0.

  /// A new connection would not have to resolve the name, or none is needed.
  bool is_resolved(TimePoint now) const noexcept {
    return !has_name || !lanes.empty() || now < resolved_until;
  }

  /// A connection of our own may go to `address`.
  bool has_address(TimePoint now) const noexcept { return address && now < address_until; }

  /// A request may start without waiting for what a probe would find out.
  bool is_open(TimePoint now) const noexcept {
    return is_resolved(now) && protocol != Protocol::unknown;
  }
};

/// Hosts by origin; of those without requests, the longest unused are forgotten.
///
/// Invariant: idle_ holds exactly the hosts with active == 0, the latest last.
/// Threads: owner only.
class HostTable {
 public:
  static constexpr std::size_t kIdleMax = 4096;

  /// The host of this origin, which then has one more active request. Stays in place until
  /// leave().
  Host& enter(std::string_view origin);
  void leave(Host& host);

  std::size_t size() const noexcept { return hosts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, Host, Hash, std::equal_to<>> hosts_;
  std::list<Host*> idle_;
};

}  // namespace penstock::net
