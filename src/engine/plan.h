// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A validated job: what the engine may believe without looking again. Made by job/, or by hand in
// tests. It knows steps as interfaces only.
#pragma once

#include <penstock/limit.h>
#include <penstock/retry.h>
#include <penstock/step.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "placeholders/comparison.h"
#include "placeholders/template.h"

namespace penstock::engine {

/// What stays in the ledger of a step's outputs once their rows are rendered and their children
/// enrolled.
enum class Keep : std::uint8_t { all, none };

struct PlannedStep {
  std::string name;
  std::shared_ptr<const Step> step;
  std::vector<std::size_t> limits;  ///< Indices into Plan::limits; all must grant.
  RetryOptions retry;
  std::optional<placeholders::Template> unique;  ///< Equal values are one call.
  std::optional<placeholders::Comparison> when;  ///< False: the value passes through.
  Keep keep = Keep::all;
  bool paid = false;                 ///< Every answer is committed before more are asked for.
  std::uint32_t pages_max = 1000;    ///< Of a `next` chain.
  std::uint32_t redirects_max = 10;  ///< Hops of one attempt.
};

/// When a run gives up. Zero: never.
struct FailureBudget {
  std::uint64_t count_max = 0;
  double fraction_max = 0;  ///< Of settled items, once 20 are settled.
};

/// Which worker gets an item.
enum class Distribution : std::uint8_t {
  dynamic,        ///< Whoever is free.
  static_ranges,  ///< Each worker has one range of the source, and what comes of it.
};

struct Plan {
  std::string name;
  std::vector<PlannedStep> steps;  ///< At least one.
  std::vector<LimitOptions> limits;
  FailureBudget failures;
  std::size_t workers = 1;
  std::size_t concurrency = 100;  ///< Calls in flight per worker.
  std::size_t at_once = 0;        ///< Cap over all workers; 0: workers x concurrency.
  Distribution distribution = Distribution::dynamic;
  std::uint64_t items_max = 0;  ///< `--limit`: only the first of the source; 0: all.
  bool unknown_total = false;   ///< The source cannot say how many there are.
};

}  // namespace penstock::engine
