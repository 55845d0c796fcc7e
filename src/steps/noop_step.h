// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A step that does nothing, to measure and to test everything else.
#pragma once

#include <penstock/step.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace penstock::steps {

/// All of them but `batch` are for tests. Which items fail or crash follows from the seed and the
/// item alone, so it is the same in every run and attempt.
struct NoopOptions {
  std::size_t batch = 512;            ///< Items in one call.
  std::chrono::nanoseconds sleep{0};  ///< How long each call takes.
  double fail = 0;                    ///< Share of items that are rejected ("noop.failed").
  double crash = 0;                   ///< Share of items that kill their worker (SIGKILL).
  std::uint64_t seed = 0;
};

/// Answers "all done, no output".
std::shared_ptr<const Step> make_noop_step(NoopOptions options);

}  // namespace penstock::steps
