// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What the lab has seen: counts by host and in all. Time is an argument; it decides nothing.
#pragma once

#include "arrivals.h"
#include "pauses.h"
#include "units.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

namespace penstock::lab {

/// Counts of one host, or of all.
struct Tally {
  std::uint64_t requests = 0;
  std::uint64_t in_flight = 0;  ///< Received and not yet answered.
  std::uint64_t peak_in_flight = 0;
  std::uint64_t abandoned = 0;  ///< The client left before the answer was out.
  std::uint64_t early = 0;      ///< Came before a Retry-After had passed.
  std::uint64_t in_grace = 0;   ///< The same, but within the grace after that answer.
  std::uint64_t bytes_out = 0;
  std::map<std::string, std::uint64_t> outcomes{};  ///< By status, or reset, hang, garbage.
  Arrivals arrivals{};
};

struct ConnectionCount {
  std::uint64_t accepted = 0;
  std::uint64_t open = 0;
  std::uint64_t peak = 0;
};

/// How often URLs were asked for, and answered in full with a status below 300.
struct Repeats {
  std::uint64_t distinct = 0;
  std::uint64_t requested_again = 0;  ///< URLs asked for more than once.
  std::uint64_t requests_max = 0;
  std::uint64_t answered_again = 0;  ///< URLs answered well more than once.
  std::uint64_t answers_max = 0;
};

/// Threads: owner only.
class Stats {
 public:
  /// One request being counted; from begin() to end().
  struct Visit {
    Tally* host = nullptr;
    std::uint64_t url = 0;
    std::uint64_t nth = 0;  ///< Which request for its URL: 1, 2, ...
  };
  struct End {
    std::string outcome;
    std::uint64_t bytes_out = 0;
    bool answered_well = false;  ///< A status below 300, sent in full.
    bool abandoned = false;
  };

  [[nodiscard]] Visit begin(const std::string& host, std::uint64_t url, TimePoint arrival);
  /// Notes whether it came before the end of a pause.
  void mark(const Visit& visit, Pauses::Call call);
  /// REQUIRES: once for every begin().
  void end(const Visit& visit, const End& end);

  void connected();
  void disconnected() { --connections_.open; }

  /// Everything to zero but what is in flight and open now; peaks begin from there.
  void clear();

  /// Linear in the number of URLs seen.
  [[nodiscard]] Repeats repeats() const;
  [[nodiscard]] Tally& total() noexcept { return total_; }
  [[nodiscard]] std::map<std::string, Tally>& hosts() noexcept { return hosts_; }
  [[nodiscard]] const ConnectionCount& connections() const noexcept { return connections_; }

 private:
  struct UrlCount {
    std::uint32_t requests = 0;
    std::uint32_t answers = 0;
  };
  Tally total_;
  std::map<std::string, Tally> hosts_;
  std::unordered_map<std::uint64_t, UrlCount> urls_;
  ConnectionCount connections_;
};

}  // namespace penstock::lab
