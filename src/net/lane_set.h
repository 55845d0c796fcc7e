// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// All lanes of a client: which one a request gets, and how many connections they may keep between
// them. libcurl 7.88 slows down with the connections of a multi handle, so there are several.
#pragma once

#include <penstock/time.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "net/host_table.h"
#include "net/lane.h"

namespace penstock::net {

/// Threads: the loop's only.
class LaneSet {
 public:
  explicit LaneSet(SocketSet& sockets);

  std::size_t size() const noexcept { return lanes_.size(); }
  Lane& http2() noexcept { return *lanes_[kHttp2Lane]; }

  /// One with room; where this host has an idle connection, if it has one.
  Lane& http1(Host& host);

  /// Half as many idle connections from here on, and those that idle now go.
  void relieve();

  void run_socket(const SocketSet::Ready& ready);

  /// Run the timers that are due; append what has ended by them or before.
  void run_due(TimePoint now, std::vector<Lane::Ended>& ended);
  TimePoint due() const noexcept;

 private:
  static constexpr std::size_t kHttp2Lane = 0;

  Lane& add(LaneKind kind);
  std::size_t idle_max_of(std::size_t lane) const noexcept;

  SocketSet& sockets_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::size_t idle_max_;  // Over all lanes.
};

}  // namespace penstock::net
