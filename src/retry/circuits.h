// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Which hosts are left alone because they only fail. Arithmetic on a passed time.
#pragma once

#include <penstock/retry.h>
#include <penstock/time.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace penstock::retry {

/// How a call ended, as far as its host's health goes.
enum class Contact : std::uint8_t {
  good,  ///< It answered with anything but a 5xx, also to refuse.
  bad,   ///< No connection, no answer in time, or a 5xx.
  none,  ///< Nothing was learned: the call was not sent or was cancelled.
};

/// One circuit a host.
///
///     closed --failures in a row--> open --rest--> probing --good--> closed
///                                    ^                |
///                                    +------ bad -----+   (rest doubles)
///
/// Calls for one host must match: (ask started ended)*, any number at a time.
/// Hosts without a recent failure cost no memory.
/// Threads: owner only. REQUIRES: `now` never before an earlier `now`.
class Circuits {
 public:
  explicit Circuits(const CircuitOptions& options) noexcept : options_(options) {}

  /// When a call to this host may start: `now`, the end of its rest, or TimePoint::max() while a
  /// probe is out and only its end can tell.
  [[nodiscard]] TimePoint ask(std::string_view host, TimePoint now) const;

  /// A call was given out. If the circuit is open, this is the probe.
  void started(std::string_view host);

  void ended(std::string_view host, Contact contact, TimePoint now);

  std::size_t hosts_held() const noexcept { return circuits_.size(); }

 private:
  struct Circuit {
    int failures = 0;  // In a row.
    bool is_open = false;
    bool is_probing = false;
    Duration rest{0};
    TimePoint rests_until{};
    TimePoint failed_at{};
  };

  void fail(Circuit& circuit, TimePoint now) const;
  void sweep(TimePoint now);

  CircuitOptions options_;
  std::unordered_map<std::string, Circuit> circuits_;
  std::size_t sweep_at_ = 64;
};

}  // namespace penstock::retry
