// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The robots exclusion protocol: rules in, yes or no out. Pure: it never fetches anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::net {

/// What follows in a longer file is ignored, as RFC 9309 2.5 permits.
inline constexpr std::size_t kRobotsBytesMax = 500 << 10;

/// Further rules are ignored, and so is what follows in a longer path: a file costs at most so
/// many short searches for each URL.
inline constexpr std::size_t kRobotsRulesMax = 2'000;
inline constexpr std::size_t kRobotsTargetBytesMax = 2 << 10;

/// One line of a file: the pattern may hold `*` for any bytes, and `$` last for the end.
struct RobotsRule {
  std::string pattern;
  bool allow;
};

/// The rules of one host for one user agent.
///
/// Invariant: patterns are in normal percent-encoding, so that rules and paths compare by bytes.
/// Source: RFC 9309.
class Robots {
 public:
  /// `product` is the first word of our user agent ("penstock" of "penstock/0.1"). Groups that
  /// name it count together; if there are none, the groups of "*" do. Any bytes are acceptable.
  static Robots parse(std::string_view text, std::string_view product);

  /// No file (4xx): everything is allowed.
  static Robots allow_all() { return Robots(); }

  /// The file cannot be had (5xx, no connection): nothing is allowed.
  static Robots refuse_all();

  /// `target` is the path with its query. The longest matching rule decides, an allow wins a tie.
  bool allows(std::string_view target) const;

 private:
  std::vector<RobotsRule> rules_;
};

}  // namespace penstock::net
