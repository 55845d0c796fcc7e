// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The desk of the lab: counts a request, asks the limits, draws its luck, and has it answered.
// It owns all state that requests share; it touches no socket and reads no clock.
#pragma once

#include "answer.h"
#include "behaviour.h"
#include "limits.h"
#include "pauses.h"
#include "request.h"
#include "request_log.h"
#include "site.h"
#include "stats.h"

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock::lab {

/// Behaviours for all targets whose path begins with `path`.
struct BehaviourRule {
  std::string path;
  std::vector<Param> params;
};

struct ResponderOptions {
  std::uint64_t seed = 1;
  std::vector<BehaviourRule> behaviours{};  ///< Later ones win; the query wins over all.
  std::vector<LimitRule> limits{};
  std::optional<std::uint64_t> quota{};  ///< Requests until `insufficient_quota`.
  Duration early_grace = std::chrono::milliseconds(100);
};

/// One request from answer() to finish(). Empty `visit.host`: it is not counted.
struct Exchange {
  Stats::Visit visit{};
  Leases leases{};
  std::vector<Standing> standings{};
  std::string outcome{};  ///< A status, or how it was broken off.
  int status = 0;
  bool is_broken = false;
  LogLine log{};
};

/// Threads: any.
class Responder {
 public:
  struct Reply {
    Answer answer;
    Exchange exchange;
  };
  struct Delivered {
    std::uint64_t bytes_out = 0;
    bool abandoned = false;  ///< The client left first.
    WallTime at{};
  };

  Responder(Site site, ResponderOptions options, RequestLog log);

  [[nodiscard]] Reply answer(const Request& request);

  /// Calls must match: answer finish, once each.
  void finish(const Exchange& exchange, const Delivered& delivered);

  void connected();
  void disconnected();

  /// Everything counted so far.
  [[nodiscard]] std::string stats_json();

 private:
  [[nodiscard]] std::optional<Answer> control(const Request& request, const Target& target);
  [[nodiscard]] Result<Behaviour> behaviour_of(const Target& target) const;
  [[nodiscard]] std::optional<Answer> admit(const Request& request, const Target& target,
                                            Exchange& exchange);
  [[nodiscard]] Answer refuse(const Request& request, const Admission& admission);
  [[nodiscard]] Answer compose(const Request& request, const Target& target, Behaviour behaviour,
                               Exchange& exchange);
  [[nodiscard]] Answer quota_answer(const Request& request, const Target& target);

  // Constant after construction.
  const ResponderOptions options_;
  RequestLog log_;

  Site site_;  // Guards itself.

  std::mutex mutex_;
  Stats stats_;                         // Guarded by mutex_.
  Limiter limiter_;                     // Guarded by mutex_.
  Pauses pauses_;                       // Guarded by mutex_.
  std::optional<std::uint64_t> quota_;  // Guarded by mutex_. What is left.
};

}  // namespace penstock::lab
