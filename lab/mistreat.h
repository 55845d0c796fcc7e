// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Applies a behaviour to an answer. Pure: chance comes in as numbers, time as an instant.
#pragma once

#include "answer.h"
#include "behaviour.h"
#include "request.h"
#include "target.h"

#include <optional>
#include <string>

namespace penstock::lab {

/// The behaviour of a request's one draw: as it was, or one failure if the draw says so.
/// `nth` counts the requests for this URL from 1. The same arguments give the same failure.
[[nodiscard]] Behaviour with_chance(Behaviour behaviour, std::uint64_t seed, std::uint64_t url,
                                    std::uint64_t nth);

/// The answer that takes the place of the route's: a redirect, an error status, a body of bytes.
/// nullopt: the route shall answer.
[[nodiscard]] std::optional<Answer> instead_of_route(const Behaviour& behaviour,
                                                     const Target& target);

/// Type, coding, headers, pace and breakage put on an answer.
/// REQUIRES: target is that of the request.
[[nodiscard]] Answer mistreated(Answer answer, const Behaviour& behaviour, const Request& request);

/// What a peer is told to wait, and for how long that holds from the answer on.
struct RetryAfter {
  std::string header;
  std::string value;
  Duration holds;
};
[[nodiscard]] RetryAfter retry_after_seconds(Duration wait);
[[nodiscard]] RetryAfter retry_after_date(Duration wait, WallTime now);
[[nodiscard]] RetryAfter retry_after_ms(Duration wait);

/// Those that a behaviour asks for; none for answers below 300.
[[nodiscard]] std::vector<RetryAfter> retry_afters(const Behaviour& behaviour, int status,
                                                   WallTime now);

}  // namespace penstock::lab
