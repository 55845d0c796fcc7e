// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Asks hosts for their robots.txt, once for many requests, and answers whether a URL may be
// fetched. One for each worker; it decides nothing about retries.
#pragma once

#include <penstock/error.h>
#include <penstock/time.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/http_client.h"
#include "net/robots.h"

namespace penstock::os {
class EpollLoop;
}

namespace penstock::steps {

/// How robots.txt is asked for: as the step that wants to know would ask.
struct RobotsQuery {
  net::Url url;
  std::string user_agent;
  std::shared_ptr<const net::HttpProfile> profile;
  std::shared_ptr<const net::AddressGuard> guard;
};

/// Invariant: what is kept takes about kKeptBytesMax at most; the oldest go first.
/// Source: RFC 9309 2.3 (redirects, statuses) and 2.4 (caching).
///
/// Threads: the loop's only.
class RobotsGate {
 public:
  static constexpr std::size_t kKeptBytesMax = 16 << 20;
  static constexpr std::chrono::hours kKept{12};
  static constexpr std::chrono::seconds kFailureKept{60};

  /// Called once: ok, or rejected "robots.refused", or unavailable "robots.unavailable" when the
  /// host's rules cannot be had (then nobody may fetch, but it is worth another try). What no try
  /// can cure (an address that is refused, a bad certificate) is passed on as it is.
  using Answer = std::function<void(Status)>;

  RobotsGate(net::HttpClient& client, os::EpollLoop& loop) : client_(client), loop_(loop) {}
  RobotsGate(const RobotsGate&) = delete;
  RobotsGate& operator=(const RobotsGate&) = delete;

  /// May call `answer` before it returns.
  void ask(const RobotsQuery& query, Answer answer);

  std::size_t kept_bytes() const noexcept { return kept_bytes_; }

 private:
  struct Question {
    std::string target;
    Answer answer;
  };
  struct Host {
    std::optional<net::Robots> rules;  // None while asking, and after a failure.
    Error failure{};
    std::size_t bytes = 0;
    TimePoint until{};  // Zero: being asked.
    std::vector<Question> waiting;
    // Held, since the key has their addresses.
    std::shared_ptr<const net::HttpProfile> profile;
    std::shared_ptr<const net::AddressGuard> guard;
  };

  void fetch(const std::string& key, const RobotsQuery& query, net::Url url, int hops_left);
  void judge(const std::string& key, const RobotsQuery& query, const net::Url& url, int hops_left,
             const net::HttpResponse& response);
  void settle(const std::string& key, Result<net::Robots> rules, std::size_t bytes);
  void forget_oldest();
  static Status verdict(const Host& host, const std::string& target);

  net::HttpClient& client_;
  os::EpollLoop& loop_;
  std::unordered_map<std::string, Host> hosts_;  // By origin, product and way.
  std::size_t kept_bytes_ = 0;
};

}  // namespace penstock::steps
