// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One libcurl multi handle with its own pool of connections. It never calls back into the client:
// whoever drives it asks for what has ended.
#pragma once

#include <curl/curl.h>
#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "net/socket_set.h"
#include "net/transfer.h"

namespace penstock::net {

/// What the lane is for. Separate lanes, because libcurl's limit of connections per host counts in
/// one multi handle: few for HTTP/2, hundreds for HTTP/1.1.
enum class LaneKind : std::uint8_t { http1, http2 };

/// Threads: the loop's only.
class Lane {
 public:
  using Ended = std::pair<Transfer*, CURLcode>;

  Lane(std::uint32_t index, LaneKind kind, SocketSet& sockets);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  std::uint32_t index() const noexcept { return index_; }
  std::size_t in_flight() const noexcept { return in_flight_; }

  /// When run_timers() is wanted; TimePoint::max(): never.
  TimePoint due() const noexcept { return due_; }

  /// How many connections it may have beside those in use: from now on the oldest idle ones are
  /// closed for new ones.
  void keep(std::size_t idle_max);

  /// Close idle connections: at once if nothing is in flight, else with the next requests.
  void drop_idle();

  /// Run it in the next run_timers(). REQUIRES: prepared.
  void add(Transfer& transfer);

  /// Take it back, finished or not; unfinished, its connection is closed.
  void remove(Transfer& transfer);

  void run_socket(int fd, std::uint32_t events);
  void run_timers();

  /// Append what has ended; remove() each of them.
  void take_ended(std::vector<Ended>& ended);

 private:
  void open();
  void bound();
  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void*);
  static int on_timer(CURLM* multi, long wait_ms, void* self);

  // Constant after construction.
  std::uint32_t index_;
  LaneKind kind_;
  SocketSet& sockets_;

  CURLM* multi_ = nullptr;
  std::size_t idle_max_ = 0;
  std::size_t in_flight_ = 0;
  TimePoint due_ = TimePoint::max();
};

}  // namespace penstock::net
