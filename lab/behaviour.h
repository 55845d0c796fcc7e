// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// How a request is to be mistreated: one struct, filled from options and from the query by the
// same table. It says what shall happen and never does it.
#pragma once

#include "target.h"
#include "units.h"

#include <penstock/error.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::lab {

/// When bytes leave.
struct Pace {
  Duration delay{};          ///< Before the first byte of the answer.
  Duration delay_jitter{};   ///< A seeded share of this on top.
  Duration connect_delay{};  ///< On top for the first request of a connection.
  Duration first_byte{};     ///< Between the head and the first byte of the body.
  std::uint64_t drip_bytes_per_s = 0;
};

/// A status of choice, and when to come back. Retry-After stands on answers >= 300 only.
struct Refusal {
  int status = 0;
  std::string reason{};                   ///< Stands in the status line instead of the usual words.
  std::optional<Duration> retry_after{};  ///< Written in seconds.
  std::optional<Duration> retry_after_date{};  ///< Written as an HTTP date.
  std::optional<Duration> retry_after_ms{};    ///< Written as `retry-after-ms`.
};

/// Failures by seeded chance. An empty `kinds` stands for kDefaultFailKinds.
struct Failing {
  double share = 0;
  std::uint64_t first = 0;  ///< The first requests for a URL fail, whatever the share.
  std::vector<std::string> kinds{};
};

struct Redirecting {
  std::uint64_t hops = 0;
  std::string to{};
  bool loop = false;
  int status = 302;
};

/// What stands in the body and how its type is named.
struct Payload {
  std::optional<std::uint64_t> bytes{};
  std::optional<std::uint64_t> bomb_bytes{};
  bool flood = false;
  bool latin1 = false;
  std::string type{};
  std::string charset{};
};

/// How the answer is put on the wire.
struct Framing {
  bool gzip = false;
  std::string encoding{};  ///< What Content-Encoding says; the bytes stay as they are.
  std::uint64_t interim = 0;
  bool chunked = false;
  bool close = false;
  std::uint64_t extra_bytes = 0;
  std::uint64_t headers = 0;
  std::uint64_t big_header_bytes = 0;
};

/// How an exchange is broken off.
enum class Breakage : std::uint8_t { none, truncate, reset, hang, garbage };

struct Behaviour {
  Pace pace{};
  Refusal refusal{};
  Failing failing{};
  Redirecting redirecting{};
  Payload payload{};
  Framing framing{};
  Breakage breakage = Breakage::none;
};

inline constexpr std::string_view kDefaultFailKinds = "500,502,503,reset,truncate";
inline constexpr std::uint64_t kFailDripBytesPerS = 64;

/// One behaviour: its name in a query (in options with '-' for '_'), the name of its value (empty
/// for a switch), one sentence for --help, and how it is set.
struct Knob {
  std::string_view name;
  std::string_view value;
  std::string_view help;
  Status (*set)(Behaviour&, std::string_view value);
};

[[nodiscard]] std::span<const Knob> knobs() noexcept;

/// nullptr if `name` is no behaviour (then it is the route's own parameter).
[[nodiscard]] const Knob* find_knob(std::string_view name) noexcept;

/// Every behaviour among the parameters set on top; other parameters are left alone.
/// Errors: invalid, with the behaviour's name.
[[nodiscard]] Result<Behaviour> with_params(Behaviour behaviour, const std::vector<Param>& params);

/// A behaviour turned into one failure. REQUIRES: a kind that fail_kinds accepts.
[[nodiscard]] Behaviour with_failure(Behaviour behaviour, std::string_view kind);

}  // namespace penstock::lab
