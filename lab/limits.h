// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Limits as services have them: rate in a sliding window, concurrency, by key. Time is an
// argument; a refusal says how long to wait and never waits itself.
#pragma once

#include "request.h"
#include "target.h"
#include "units.h"

#include <penstock/error.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace penstock::lab {

enum class KeyBy : std::uint8_t { global, host, path, ip, header };
enum class RetryForm : std::uint8_t { seconds, date, ms, none };

/// One limit. The options --limit-* and the parameters of --limit set it by the same names.
struct LimitRule {
  std::string path = "/";  ///< Holds for targets whose path begins so.
  double rate_per_s = 0;   ///< Zero: no limit of rate.
  Duration window = std::chrono::seconds(1);
  std::uint64_t concurrency = 0;  ///< Zero: no limit of concurrency.
  KeyBy key_by = KeyBy::global;
  std::string header{};  ///< With KeyBy::header.
  RetryForm retry_form = RetryForm::seconds;
  std::string announce{};  ///< Comma list of x, ietf, openai: headers that state the limit.
};

/// Set one property: rate, window, concurrency, key, path, retry, announce.
/// Errors: invalid, for an unknown name or a bad value.
[[nodiscard]] Status set_limit(LimitRule& rule, std::string_view name, std::string_view value);

/// Shape: "/search?rate=50/s&key=host". Errors: invalid, also for a rule that limits nothing.
[[nodiscard]] Result<LimitRule> parse_limit(std::string_view spec);

/// How full one limit is for one caller; what headers announce.
struct Standing {
  const LimitRule* rule = nullptr;
  std::uint64_t allowed = 0;    ///< Per window.
  std::uint64_t remaining = 0;  ///< Now.
  Duration reset{};             ///< Until one more is allowed.
};

/// Places taken in limits of concurrency, to be given back by release().
using Leases = std::vector<std::pair<std::size_t, std::string>>;

struct Admission {
  bool admitted = true;
  Duration retry_after{};             ///< When refused.
  std::string refused_by{};           ///< The key of the limit that refused,
  std::size_t refusing_rule = 0;      ///< and its number; the one with the longest wait.
  std::vector<Standing> standings{};  ///< Of each limit that concerns this request.
  std::vector<std::string> keys{};    ///< Its key in each of them.
  Leases leases{};
};

/// Threads: owner only.
class Limiter {
 public:
  struct Count {
    std::uint64_t admitted = 0;
    std::uint64_t refused = 0;
  };

  explicit Limiter(std::vector<LimitRule> rules);

  /// Take one request into every limit that concerns it, or into none.
  /// REQUIRES: target is that of the request.
  [[nodiscard]] Admission admit(const Request& request, const Target& target, TimePoint now);
  void release(const Leases& leases);

  [[nodiscard]] const std::vector<LimitRule>& rules() const noexcept { return rules_; }
  [[nodiscard]] const Count& count(std::size_t rule) const { return counts_[rule]; }
  void clear_counts();

 private:
  struct Gate {
    std::deque<TimePoint> admitted;  // Within the window.
    std::uint64_t in_flight = 0;
  };
  using Gates = std::unordered_map<std::string, Gate>;

  void ask(std::size_t number, const std::string& key, TimePoint now, Admission& admission);
  void take(std::size_t number, const std::string& key, TimePoint now);

  std::vector<LimitRule> rules_;
  std::vector<Gates> gates_;   // One per rule.
  std::vector<Count> counts_;  // One per rule.
};

}  // namespace penstock::lab
