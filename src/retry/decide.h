// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The one table that says what follows a failed attempt. No other file chooses a retry.
#pragma once

#include <penstock/error.h>
#include <penstock/retry.h>
#include <penstock/time.h>

#include <cstdint>
#include <string_view>

namespace penstock::retry {

/// What was tried for one item so far, the failure at hand included.
struct Tried {
  int attempts = 1;     ///< All of them.
  int throttles = 0;    ///< Of these, ended by Errc::throttled.
  int crashes = 0;      ///< Of these, ended by Errc::crashed.
  Duration elapsed{0};  ///< Since the first began.
};

enum class Verdict : std::uint8_t {
  again,   ///< After `wait`; the item holds no slot meanwhile.
  fail,    ///< This item ends here.
  poison,  ///< This item ends here, and its input is set aside: it kills workers.
  park,    ///< Quota, budget or credentials are at their end: the run stops and can go on later.
  stop,    ///< The run cannot go on: disk, ledger, system or a bug.
};

struct Decision {
  Verdict verdict = Verdict::fail;
  Duration wait{0};
  std::string_view reason{};  ///< Why it is not tried again; empty otherwise.
};

/// What follows this error.
///
///   error                     not sent, or repeatable      maybe sent, not repeatable
///   throttled                 again, up to throttles       again, up to throttles
///   unavailable, timeout      again, up to attempts        fail
///   crashed                   again alone, up to crashes   fail
///   invalid, rejected         fail                         fail
///   cancelled                 again at once                again at once
///   exhausted                 park                         park
///   no_space, corrupt,
///   system, internal          stop                         stop
///
/// "Slow down" is no fault of the item, so throttles are counted by themselves. What the peer asks
/// for (retry_after) is the least wait. An item whose deadline would pass while it waits fails now.
[[nodiscard]] Decision decide(const Error& error, Repeatable repeatable, const Tried& tried,
                              const RetryOptions& options, std::uint64_t random) noexcept;

}  // namespace penstock::retry
