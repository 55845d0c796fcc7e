// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The plain connections of a client: which one a request gets, and how many stay open. It never
// calls back: whoever drives it asks for what has ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/plain_connection.h"

namespace penstock::net {

/// What a request may be carried over.
enum class Reuse : std::uint8_t { kept_or_new, only_new };

/// Invariant: a connection is idle exactly if it is in idle_ and in its origin's idle list.
///
/// Threads: the loop's only.
class PlainPool {
 public:
  /// What the socket set calls sockets of this pool.
  static constexpr std::uint32_t kLane = ~std::uint32_t{0};

  explicit PlainPool(ClientShared& shared);

  /// Above so many connections, the oldest idle ones are closed for new ones.
  void keep(std::size_t connections_max) { connections_max_ = connections_max; }
  void drop_idle();
  void drop_old();  ///< Those that were idle for too long.

  /// Carry a request to the host at this address. Returns what remove() wants; an end may come at
  /// once.
  int start(Exchange& exchange, std::string_view origin, const IpAddress& address,
            std::uint16_t port, Reuse reuse);

  /// Take a request back whose end was not taken: unfinished, its connection is closed.
  void remove(const Exchange& exchange, int connection);

  void run_socket(int fd, std::uint32_t events);

  /// Some end is to be taken.
  bool has_ended() const noexcept { return !ended_.empty(); }
  std::vector<PlainEnd> take_ended() { return std::exchange(ended_, {}); }

 private:
  using Idle = std::list<PlainConnection*>;  // Ended longest ago first.

  struct Entry {
    std::unique_ptr<PlainConnection> connection;
    Idle::iterator place;  // While it is idle.
  };

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using ByOrigin =
      std::unordered_map<std::string, std::vector<PlainConnection*>, Hash, std::equal_to<>>;

  PlainConnection* take_idle(std::string_view origin);
  void put_idle(PlainConnection& connection);
  bool has_too_many() const noexcept;
  void take_out(PlainConnection& connection);
  void make_room();
  void close(int fd);
  void came_to(PlainConnection& connection, std::optional<PlainEnd> end);

  ClientShared& shared_;
  std::size_t connections_max_ = 0;
  std::size_t connections_ = 0;
  std::vector<Entry> by_fd_;
  Idle idle_;
  ByOrigin idle_by_origin_;
  std::vector<PlainEnd> ended_;
  std::vector<char> room_;
};

}  // namespace penstock::net
